"""Whether p of the words of vectors holds: `python -m tests.bench.lens --draws 200`.

Each row is a planted world: states of 24 topics × 21 conditions whose noise has few strong directions, and an
unembedding whose rows differ in length, as those of rare tokens do. Without a signal p <= .05 should be found in 5% of
conditions; with one, conditions lie along the rows of tokens of their own, which should be the first of a list.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from emogeo.geometry.options import Centring, Directions
from emogeo.geometry.readout import Labelled, random_directions, unit_length, weights_of
from emogeo.models.lens import extremes
from emogeo.models.unembedding import Unembedding
from tests.bench.resumed import concluded, markdown, options, resumed

N_TOPICS, N_CONDITIONS, D, TOKENS, RELABELLED, SPREAD = 24, 21, 48, 3_000, 200, 250
MOST = 0.07
"""What is promised: the share of p <= .05 without a signal."""


@dataclass(frozen=True)
class World:
    """What is planted: the variance of conditions over that of the noise of one text."""

    signal: float


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed: shares of conditions with p <= .05, and of own tokens found."""

    design: World
    draws: int
    p_up: float
    p_down: float
    p_telling: float
    found: float
    found_up: float


def _one(world: World, seed: int) -> list[float]:
    generator = np.random.default_rng([seed, 7])
    weight = generator.normal(size=(TOKENS, D)) * generator.lognormal(0, 0.4, size=(TOKENS, 1))
    strengths = 1 / np.sqrt(np.arange(1, D + 1))
    noise = generator.normal(size=(N_TOPICS, N_CONDITIONS, D)) * strengths
    own = generator.choice(TOKENS, N_CONDITIONS, replace=False)
    code = unit_length(weight[own]) * np.sqrt((strengths**2).sum())
    states = (noise + np.sqrt(world.signal) * code).reshape(-1, D)
    names = tuple(f"c{number:02}" for number in range(N_CONDITIONS))
    units = [f"u{unit:02}" for unit in range(N_TOPICS) for _ in names]
    source = Labelled(states, names * N_TOPICS, units, names, Centring.grand_mean)
    vectors = unit_length(weights_of(source, source.emotions)[0] @ states)
    null = random_directions(source, Directions.relabelled, RELABELLED + SPREAD, seed)
    head = Unembedding(torch.tensor(weight), None, False, torch.device("cpu"))
    found = extremes(head, np.concatenate([vectors, null]), slice(N_CONDITIONS + RELABELLED, None), 1)
    p = [_share(each[:, 0]) for each in (found.up_logits, -found.down_logits, found.telling_z)]
    right = [float((each[:N_CONDITIONS, 0] == own).mean()) for each in (found.telling, found.up)]
    return [*p, *right]


def _share(largest: Any) -> float:
    """Gives the share of conditions with p <= .05."""
    reached = (largest[N_CONDITIONS : N_CONDITIONS + RELABELLED] >= largest[:N_CONDITIONS, None]).sum(axis=1)
    return float(((1 + reached) / (1 + RELABELLED) <= 0.05).mean())


def measure(world: World, draws: int) -> Row:
    """Draws data sets and sums them up."""
    torch.set_num_threads(1)
    return Row(world, draws, *(float(own) for own in np.mean([_one(world, number) for number in range(draws)], axis=0)))


def promises(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """What is promised, and whether it holds."""
    none = [max(row.p_up, row.p_down, row.p_telling) for row in rows if row.design.signal == 0]
    return [(f"p ≤ .05 without a signal, most {max(none):.3f}, at most {MOST}", max(none) <= MOST)] if none else []


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    header = ["signal", "p up", "p down", "p telling", "own token most telling", "own token first up"]
    shares = [(row.p_up, row.p_down, row.p_telling, row.found, row.found_up) for row in rows]
    return markdown(
        header,
        [[f"{r.design.signal:g}", *(f"{own:.1%}" for own in each)] for r, each in zip(rows, shares, strict=True)],
    )


def row_of(words: dict[str, Any]) -> Row:
    return Row(**{**words, "design": World(**words["design"])})


def main(words: Sequence[str] | None = None) -> int:
    designs = [World(0.0), World(0.05), World(0.3)]
    return concluded(resumed(options(__doc__, "results/lens.jsonl", words), designs, measure, row_of), table, promises)


if __name__ == "__main__":
    sys.exit(main())
