"""Which runs are compared over all pairs of blocks, and which block each way of choosing takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.arrays import Array
from emogeo.geometry.layers import resolve_layer
from emogeo.geometry.options import LayerRule, Selection
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.triangle import above
from emogeo.record.run import BareRun, Run
from emogeo.record.types import BareResult, GeometryResult

MOST_PAIRS = 10
"""The most pairs of runs that are compared over depth: all of five models."""
SELECTED = "selected"
_NAMED = {
    "middle": LayerRule(Selection.middle),
    "two_thirds": LayerRule(Selection.depth, depth=0.6667),
    "upper": LayerRule(Selection.depth, depth=0.85),
}
"""Ways that need the number of blocks alone, by the names of `layer_selection`."""
WAYS = (SELECTED, *_NAMED, "min_mean_cosine", "separation", "reliability")
"""The ways of choosing a block, in the order of the tables."""


@dataclass(frozen=True)
class OverGrid:
    """Two runs, or one with itself, that are compared at all pairs of blocks."""

    first: Compared
    second: Compared

    @property
    def within(self) -> bool:
        """Whether both are one run."""
        return self.first.run.key == self.second.run.key

    @property
    def conditions(self) -> list[str]:
        """The conditions of both, in the order of the first."""
        own = set(self.second.run.conditions)
        return [condition for condition in self.first.run.conditions if condition in own]


def grids_of(groups: Sequence[Sequence[Compared]]) -> tuple[list[OverGrid], int]:
    """Pairs the runs of each group of comparable ones, and takes each run that is paired with itself, too.

    Without any pair each run stands for itself. Runs of one known block, and pairs of fewer than four conditions in
    common, are left out.

    Returns:
        The grids, pairs first, at most `MOST_PAIRS` of these; and how many pairs there are in all.
    """
    deep = [[each for each in group if len(blocks_of(each.run)) > 1] for group in groups]
    pairs = [
        pair
        for group in deep
        for pair in (OverGrid(a, b) for a, b in combinations(group, 2))
        if len(pair.conditions) >= MIN_CONDITIONS
    ]
    taken = pairs[:MOST_PAIRS]
    runs = [each for pair in taken for each in (pair.first, pair.second)] or [each for group in deep for each in group]
    own = {each.run.key: OverGrid(each, each) for each in runs[: 2 * MOST_PAIRS]}
    return [*taken, *own.values()], len(pairs)


def imported_alike(prepared: Sequence[PreparedRun], bare: Sequence[PreparedBare]) -> list[list[Compared]]:
    """Groups what was measured elsewhere: states by the texts that they are of, and all that has no texts."""
    groups: dict[str, list[Compared]] = {}
    for each in prepared:
        if each.run.record.imported is not None and each.run.reread_of is None and not each.run.untrained:
            groups.setdefault(each.run.text_digest, []).append(each)
    return [*groups.values(), list(bare)]


def blocks_of(run: Run | BareRun) -> list[int]:
    """Lists the blocks that a run has RDMs of."""
    return list(run.result.layer.layers)


def rdms_over(run: Run | BareRun, conditions: Sequence[str]) -> Array:
    """Gives a run's RDMs over some of its conditions, in their order: [block, pair]."""
    own, rows = run.conditions, above(len(run.conditions))
    position = np.zeros((len(own), len(own)), dtype=np.int64)
    position[rows] = np.arange(len(rows[0]))
    places = np.array([own.index(condition) for condition in conditions])
    wanted = (position + position.T)[np.ix_(places, places)][above(len(places))]
    return np.asarray(run.rdm_by_layer[:, wanted], dtype=np.float64)


def chosen_blocks(run: Run | BareRun) -> dict[str, int]:
    """Gives the block that each way of choosing takes, as far as it can be told, in the order of `WAYS`.

    Criteria choose by the recorded curves, over all units; a run's own choice (`selected`) may have been made on one
    half of them.
    """
    found = {**dict(_by_name(run)), **best_blocks(run.result)}
    if run.layer is not None:
        found[SELECTED] = run.layer
    return {way: found[way] for way in WAYS if way in found}


def _by_name(run: Run | BareRun) -> Iterator[tuple[str, int]]:
    """Yields the blocks that follow from the number of blocks; none that was not run, or is not finite."""
    n_layers, blocks = run.record.model.n_layers, blocks_of(run)
    for way, rule in _NAMED.items():
        block = resolve_layer(rule, n_layers, n_layers)
        if block is not None and block in blocks:
            yield way, block


def best_blocks(result: GeometryResult | BareResult) -> dict[str, int]:
    """Finds the block that each criterion would choose, on all units."""
    curves, layers = result.by_layer, result.layer.layers
    found = {}
    if "mean_cosine" in curves:
        found["min_mean_cosine"] = layers[int(np.argmin(curves["mean_cosine"]))]
    for name in ("separation", "reliability"):
        if name in curves:
            found[name] = layers[int(np.argmax(curves[name]))]
    return found
