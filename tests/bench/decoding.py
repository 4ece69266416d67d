"""Whether the p and the interval of decoding hold: `python -m tests.bench.decoding --draws 200`.

Texts of 21 conditions in topics, of which each has an effect of its own, are decoded at blocks that resemble each
other. Where states say nothing of conditions, `alone` is the share of data sets in which the p of a block named
beforehand is up to .05, `best` that in which the smallest p of all blocks is, and `adjusted` that in which the smallest
p adjusted for the search is. Where they do, `covered` is the share of intervals at one block that hold the mean
accuracy of all data sets.

Finished designs are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from emogeo.geometry.decoding import Decoded, decode
from emogeo.geometry.left_out import Design
from emogeo.geometry.options import Centring
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.bench.resumed import concluded, markdown, options, resumed
from tests.planted import labels

Array = NDArray[np.float64]
LEVEL, RELABELLINGS, WIDTH = 0.05, 99, 40
NEVER_ABOVE, NEVER_BELOW = 0.09, 0.9


@dataclass(frozen=True)
class Cell:
    """Topics, blocks, how alike these are, and the variance of conditions and topics over that of a text.

    Uneven topics show conditions, and have noise, by factors whose logarithms have this standard deviation.
    """

    n_topics: int
    n_blocks: int
    alike: float
    signal: float
    topic: float
    uneven: float = 0.0


@dataclass(frozen=True)
class Row:
    """The shares of data sets; NaN where they mean nothing."""

    design: Cell
    draws: int
    alone: float
    best: float
    adjusted: float
    accuracy: float
    covered: float


def designs() -> list[Cell]:
    null = [
        Cell(8, 12, 0.5, 0.0, 1.0),
        Cell(24, 12, 0.0, 0.0, 0.0),
        Cell(24, 12, 0.5, 0.0, 1.0),
        Cell(24, 12, 0.9, 0.0, 1.0),
    ]
    worlds = [(0.05, 0.0), (0.2, 0.0), (1.0, 0.0), (0.05, 0.7), (0.2, 0.7), (1.0, 0.7)]
    return [*null, *(Cell(n, 1, 0.0, signal, 1.0, uneven) for n in (8, 24) for signal, uneven in worlds)]


def measure(design: Cell, draws: int) -> Row:
    with threadpool_limits(1):
        found = [_one(design, seed) for seed in range(draws)]
    values = np.array([own.accuracy[0].value for own in found])
    if design.signal:
        held = [own.accuracy[0].low <= values.mean() <= own.accuracy[0].high for own in found]
        return Row(design, draws, np.nan, np.nan, np.nan, float(values.mean()), float(np.mean(held)))
    p, largest = (np.array([getattr(own, name) for own in found]) for name in ("p", "p_largest"))
    alone, best, adjusted = (float((own <= LEVEL).mean()) for own in (p[:, 0], p.min(axis=1), largest.min(axis=1)))
    return Row(design, draws, alone, best, adjusted, float(values.mean()), np.nan)


def _one(design: Cell, seed: int) -> Decoded:
    generator = np.random.default_rng([seed, design.n_topics])
    emotions, topics = labels(design.n_topics)
    codes = np.random.default_rng(1).normal(size=(len(CONDITIONS), WIDTH)) * np.sqrt(design.signal)
    shown, loud = np.exp(design.uneven * generator.normal(size=(2, design.n_topics, 1, 1)))
    common = _noise(design, loud, generator)
    blocks = []
    for _ in range(design.n_blocks):
        own = _noise(design, loud, generator)
        states = shown * codes + np.sqrt(design.alike) * common + np.sqrt(1 - design.alike) * own
        blocks.append(states.reshape(-1, WIDTH))
    texts = Design(emotions, topics, tuple(sorted(CONDITIONS)), Centring.grand_mean)
    return decode(blocks, texts, 0 if design.signal else RELABELLINGS, seed)


def _noise(design: Cell, loud: Array, generator: np.random.Generator) -> Array:
    """[topic, condition, dimension]"""
    topics = np.sqrt(design.topic) * generator.normal(size=(design.n_topics, 1, WIDTH))
    return np.asarray(topics + loud * generator.normal(size=(design.n_topics, len(CONDITIONS), WIDTH)))


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    header = [
        "topics",
        "blocks",
        "alike",
        "signal",
        "topics' own",
        "uneven",
        "p ≤ .05 at one block",
        "best of all",
        "adjusted",
        "accuracy",
        "interval holds the mean",
    ]
    cells = [
        [
            *(str(r.design.n_topics), str(r.design.n_blocks), f"{r.design.alike:g}", f"{r.design.signal:g}"),
            *(f"{r.design.topic:g}", f"{r.design.uneven:g}"),
            *("–" if np.isnan(share) else f"{share:.3f}" for share in (r.alone, r.best, r.adjusted)),
            f"{r.accuracy:.2f}",
            "–" if np.isnan(r.covered) else f"{r.covered:.3f}",
        ]
        for r in rows
    ]
    return markdown(header, cells)


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised of p and of intervals."""
    null, planted = ([row for row in rows if bool(row.design.signal) is own] for own in (False, True))
    said = []
    if null:
        worst = max(max(row.alone, row.adjusted) for row in null)
        said.append((f"where nothing is to be found, p ≤ .05 in at most {worst:.3f}", worst <= NEVER_ABOVE))
    if planted:
        least = min(row.covered for row in planted)
        said.append((f"intervals hold the mean accuracy in at least {least:.3f}", least >= NEVER_BELOW))
    return said


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": Cell(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    rows = resumed(options(__doc__, "results/decoding.jsonl", words), designs(), measure, row_of)
    return concluded(rows, table, promises)


if __name__ == "__main__":
    sys.exit(main())
