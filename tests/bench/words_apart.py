"""Planted worlds of emotion and words: what agreement is left on halves of least overlap, and without common words.

`python -m tests.bench.words_apart --draws 2000`. Texts are made of words that return with a condition, words that
belong to a group of conditions, and words of their own. Two models have embeddings of the words that are at right
angles to one another, and share nothing else but for a planted emotion geometry of six dimensions. With `families`,
topics come in families whose words are others, and the same conditions are kept together by them.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.apart import ApartHalves
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Estimate, compare
from emogeo.geometry.options import Centring
from emogeo.geometry.overlap import least_overlap
from emogeo.geometry.rdm import cosine_rdm, spearman
from emogeo.geometry.shared_words import SharedWords, shared_words
from emogeo.geometry.units import unit_products
from tests.bench.resumed import concluded, markdown, options, resumed

CONDITIONS = tuple(f"c{i:02}" for i in range(21))
UNITS = tuple(f"u{i:02}" for i in range(24))
D, EMOTION_D, N_CUES, N_GROUP_WORDS, N_OWN, N_GROUPS, NOISE = 1000, 6, 8, 4, 6, 5, 2.0


@dataclass(frozen=True)
class World:
    """What is planted."""

    emotion: float
    """The strength of the emotion geometry against that of a word, which is 1."""
    returns: float
    """The probability with which a word of a condition is in a topic."""
    mix: float = 0.0
    """1 where both models have one emotion geometry, 0 where theirs are unrelated."""
    families: int = 1


WORLDS = {
    "words alone": World(0.0, 0.2),
    "words alone, two families": World(0.0, 0.5, families=2),
    "unrelated emotions": World(0.15, 0.2),
    "unrelated emotions, two families": World(0.15, 0.5, families=2),
    "alike emotions": World(0.15, 0.2, mix=0.8),
    "the same emotions": World(0.15, 0.2, mix=1.0),
}
KEPT_APART = "without common words"
COVERED, MOST, OFTEN = 0.9, 0.05, 0.5
"""What is promised without common words: coverage where rho* is given so often; rho* above 0 where none is shared."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed, by kind of halves; NaN where no rho* is given."""

    design: World
    draws: int
    truth: float
    given: dict[str, float]
    mean: dict[str, float]
    covers: dict[str, float]
    above: dict[str, float]
    """The share of the given intervals that are above 0."""


def drawn(world: World, seed: int) -> tuple[list[Halves], SharedWords, float]:
    """Gives two models' runs, the words that texts share, and the true rho of their emotion geometries."""
    rng = np.random.default_rng(seed)
    labels = [(u, c) for u in range(len(UNITS)) for c in range(len(CONDITIONS))]
    texts = _texts(world, rng, labels)
    emotions, units = [CONDITIONS[c] for _, c in labels], [UNITS[u] for u, _ in labels]
    vocabulary = sorted({word for text in texts for word in text})
    place = {word: i for i, word in enumerate(vocabulary)}
    counts = np.zeros((len(texts), len(vocabulary)))
    for row, text in enumerate(texts):
        counts[row, [place[word] for word in text]] = 1
    first, other = rng.normal(size=(2, len(CONDITIONS), EMOTION_D))
    geometries = [first, world.mix * first + np.sqrt(1 - world.mix**2) * other]
    runs = [_run(geometry * world.emotion, counts, labels, rng) for geometry in geometries]
    truth = spearman(*(cosine_rdm(own - own.mean(axis=0), CONDITIONS) for own in geometries))
    return runs, shared_words([" ".join(text) for text in texts], emotions, units, UNITS, CONDITIONS), truth


def _run(geometry: Array, counts: Array, labels: Sequence[tuple[int, int]], rng: np.random.Generator) -> Halves:
    """A model's run: words that return, and emotions, have directions of their own, at right angles to one another."""
    returning = np.flatnonzero(counts.sum(axis=0) > 1)
    axes = np.linalg.qr(rng.normal(size=(D, len(returning) + EMOTION_D)))[0].T
    words = rng.normal(size=(counts.shape[1], D)) / np.sqrt(D)
    words[returning] = axes[EMOTION_D:]
    emotions = geometry[[condition for _, condition in labels]] @ axes[:EMOTION_D]
    states = counts @ words + emotions + rng.normal(size=emotions.shape) * NOISE / np.sqrt(D)
    columns = [CONDITIONS[c] for _, c in labels], [UNITS[u] for u, _ in labels]
    return Halves(unit_products(states, *columns, CONDITIONS, Centring.grand_mean), 0)


def _texts(world: World, rng: np.random.Generator, labels: Sequence[tuple[int, int]]) -> list[list[str]]:
    groups = rng.integers(0, N_GROUPS, len(CONDITIONS))
    texts = []
    for unit, condition in labels:
        family = unit % world.families
        known = [("cue", condition, k) for k in range(N_CUES)] + [
            ("group", groups[condition], k) for k in range(N_GROUP_WORDS)
        ]
        own = [_word(*word, family) for word in known if rng.random() < world.returns]
        texts.append([*own, *(_word("own", unit, condition, k) for k in range(N_OWN)), "the", "and"])
    return texts


def _word(kind: str, *numbers: int) -> str:
    """A word of letters alone, without an ending."""
    return kind + "".join(chr(ord("a") + digit) for number in numbers for digit in divmod(int(number), 10)) + "x"


def _apart(runs: Sequence[Halves], words: SharedWords) -> Estimate | None:
    try:
        return compare(*(ApartHalves(run.products, run.seed, words.apart(0)) for run in runs)).rho_star
    except GeometryError:
        return None


def _least(runs: Sequence[Halves], words: SharedWords) -> Estimate | None:
    return compare(*(least_overlap(run, words.overlap.mean(axis=2)) for run in runs)).rho_star


KINDS: dict[str, Callable[[Sequence[Halves], SharedWords], Estimate | None]] = {
    "drawn halves": lambda runs, words: compare(*runs).rho_star,
    "halves of least overlap": _least,
    KEPT_APART: _apart,
}


def designs() -> list[World]:
    return list(WORLDS.values())


def measure(world: World, draws: int) -> Row:
    """Draws data sets and asks how often rho* is given, its mean, coverage, and how often it is above 0."""
    with threadpool_limits(1):
        sets = [_estimates(*drawn(world, seed)) for seed in range(draws)]
    truths = [truth for truth, _ in sets]
    found = {kind: [(truth, own) for truth, by in sets if (own := by[kind]) is not None] for kind in KINDS}
    return Row(
        world,
        draws,
        float(np.mean(truths)),
        {kind: len(given) / draws for kind, given in found.items()},
        {kind: _share([own.value for _, own in given]) for kind, given in found.items()},
        {kind: _share([own.low <= truth <= own.high for truth, own in given]) for kind, given in found.items()},
        {kind: _share([own.low > 0 for _, own in given]) for kind, given in found.items()},
    )


def _estimates(runs: Sequence[Halves], words: SharedWords, truth: float) -> tuple[float, dict[str, Estimate | None]]:
    return truth, {kind: estimate(runs, words) for kind, estimate in KINDS.items()}


def _share(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    names = {world: name for name, world in WORLDS.items()}
    cells = [
        [names.get(row.design, str(row.design)), f"{row.truth:.2f}", kind, f"{row.given[kind]:.0%}", *_shown(row, kind)]
        for row in rows
        for kind in KINDS
    ]
    return markdown(["world", "true ρ", "ρ* over", "given", "mean", "covers", "above 0"], cells)


def _shown(row: Row, kind: str) -> list[str]:
    if not row.given[kind]:
        return ["–", "–", "–"]
    return [f"{row.mean[kind]:.2f}", f"{row.covers[kind]:.0%}", f"{row.above[kind]:.0%}"]


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised without common words, and whether it holds."""
    covers = [row.covers[KEPT_APART] for row in rows if row.given[KEPT_APART] >= OFTEN]
    wrong = [
        row.given[KEPT_APART] * row.above[KEPT_APART] if row.given[KEPT_APART] else 0.0
        for row in rows
        if not row.design.mix
    ]
    if not covers or not wrong:
        return []
    return [
        (f"{KEPT_APART} ρ* covers it, least {min(covers):.3f}", min(covers) >= COVERED),
        (f"{KEPT_APART} ρ* above 0 where no emotion is shared, most {max(wrong):.3f}", max(wrong) <= MOST),
    ]


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": World(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/words_apart.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
