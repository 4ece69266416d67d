"""The `variance` table: which factors account for the distances between runs.

Outcome: 1 - rho* of every two runs that have one. A factor's share is the drop in R
squared when it leaves a regression on whether the two runs differ in each factor. Its
p permutes the factor's levels among runs that are equal in everything else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from emogeo.analysis.comparing.levels import Parameter, levels
from emogeo.analysis.comparing.matching import without_echoes
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.inference import compare, identifiable, interval
from emogeo.geometry.sharing import over_shared

VARIANCE_COLUMNS = ["factor", "share", "ci_low", "ci_high", "p", "p_min", "n_relabellings", "aliased_with", "note"]
MIN_MODELS = 6
"""The fewest models for an interval of a share, by leaving out one model at a time."""
_TIE = 1e-12
_AT_ONCE = 500
"""The most relabellings that are in memory at a time."""


@dataclass(frozen=True)
class Cells:
    """Runs with their levels, and the distance of every two of them."""

    levels: list[dict[str, str]]
    """The levels of each run, by factor."""
    pairs: NDArray[np.int64]
    """The places of both runs in `levels` [pair, 2]."""
    apart: Array
    """Their distance, 1 - rho* [pair]."""

    def differ(self, labels: Sequence[str]) -> Array:
        """Gives 1 where two runs have different labels [pair]; a factor without meaning for one of them makes 0."""
        own = np.array(labels)
        a, b = own[self.pairs[:, 0]], own[self.pairs[:, 1]]
        return np.asarray((a != b) & (a != "") & (b != ""), dtype=float)

    def without_model(self, model: str) -> Cells:
        """Gives the same runs, and only the pairs without a model."""
        kept = [
            i for i, (a, b) in enumerate(self.pairs) if model not in {self.levels[a]["model"], self.levels[b]["model"]}
        ]
        return Cells(self.levels, self.pairs[kept], self.apart[kept])


def cells_of(prepared: Sequence[PreparedRun]) -> Cells:
    """Gives every run that is reliable enough, and every two of them."""
    kept = {run.key for run in without_echoes([each.run for each in prepared])}
    usual = [each for each in prepared if each.run.key in kept and identifiable(each.halves)]
    pairs, apart = [], []
    both = list(combinations(range(len(usual)), 2))
    for a, b in tqdm(both, desc="variance", unit="pair", disable=len(both) < 100):
        try:
            first, second = over_shared(usual[a], usual[b]).halves
        except GeometryError:
            continue
        result = compare(first, second)
        if result.rho_star is not None:
            pairs.append((a, b))
            apart.append(1 - result.rho_star.value)
    named = [{"model": " ".join(each.run.reader[:2]), **levels(each.run).labels()} for each in usual]
    return Cells(named, np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(apart))


def variance_table(cells: Cells, permutations: int, seed: int) -> Table:
    """Makes one row per factor, or per factors that always change together.

    Args:
        permutations: relabellings that are drawn where there are more; else all of them are counted.
    """
    groups = aliases(cells)
    rows = [_row(cells, groups, group, permutations, seed) for group in groups]
    return typed(rows, VARIANCE_COLUMNS, words=["factor", "aliased_with", "note"])


def aliases(cells: Cells) -> list[list[str]]:
    """Groups the factors that differ for some pairs and not for all, by the pairs for which they differ."""
    columns: dict[bytes, list[str]] = {}
    for name in ("model", *(name.value for name in Parameter)):
        column = cells.differ([own[name] for own in cells.levels])
        if 0 < column.sum() < len(column):
            columns.setdefault(column.tobytes(), []).append(name)
    return list(columns.values())


def share(cells: Cells, groups: Sequence[Sequence[str]], group: Sequence[str]) -> float:
    """Gives the unique drop in R squared; NaN where the others leave nothing of the factor or of the outcome."""
    residual, basis, total = _others(cells, groups, group)
    return float(_shares(cells.differ(_labels(cells, group))[None], residual, basis, total)[0])


def relabellings(cells: Cells, groups: Sequence[Sequence[str]], group: Sequence[str]) -> tuple[int, list[list[int]]]:
    """Counts the distinct ways to permute a factor among runs equal in all others, and gives the sets of those."""
    strata: dict[tuple[str, ...], list[int]] = {}
    used = sorted(set(cells.pairs.ravel().tolist()))
    others = [name for other in groups if list(other) != list(group) for name in other]
    for cell in used:
        strata.setdefault(tuple(cells.levels[cell][name] for name in others), []).append(cell)
    labels, ways = _labels(cells, group), 1
    for stratum in strata.values():
        ways *= math.factorial(len(stratum))
        for count in Counter(labels[cell] for cell in stratum).values():
            ways //= math.factorial(count)
    mixed = [stratum for stratum in strata.values() if len({labels[cell] for cell in stratum}) > 1]
    return ways, mixed


def _row(cells: Cells, groups: Sequence[Sequence[str]], group: Sequence[str], permutations: int, seed: int) -> Row:
    text = ["text, and what has a meaning in one method only"] if "method" in group else []
    row: Row = {"factor": group[0], "aliased_with": ", ".join([*group[1:], *text])}
    observed = share(cells, groups, group)
    if np.isnan(observed):
        why = "not identifiable: the other factors together change wherever this one does"
        return {**row, "note": [Note(why, NoteKind.not_identifiable)]}
    row["share"] = observed
    ways, strata = relabellings(cells, groups, group)
    notes: list[Note] = []
    row["n_relabellings"] = float(ways)
    if ways > 1:
        row.update(_p(cells, groups, group, ways, strata, permutations, seed))
    else:
        notes.append(Note("p: no two cells differ in this factor alone"))
    notes += _put_interval(row, cells, groups, group)
    return {**row, "note": notes}


def _p(
    cells: Cells,
    groups: Sequence[Sequence[str]],
    group: Sequence[str],
    ways: int,
    strata: list[list[int]],
    permutations: int,
    seed: int,
) -> dict[str, float]:
    """Gives p, exact where every relabelling can be counted; p_min is that of the largest share among them."""
    labels, exact = _labels(cells, group), ways <= permutations
    moved = _every(labels, strata) if exact else _drawn(labels, strata, permutations, seed)
    others, parts = _others(cells, groups, group), []
    while some := list(islice(moved, _AT_ONCE)):
        parts.append(np.nan_to_num(_shares(np.stack([cells.differ(own) for own in some]), *others)))
    observed = share(cells, groups, group)
    shares = np.concatenate(parts if exact else [*parts, np.array([observed])])
    reached = [(shares >= wanted - _TIE).mean() for wanted in (observed, shares.max())]
    return {"p": float(reached[0]), "p_min": float(reached[1])}


def _put_interval(row: Row, cells: Cells, groups: Sequence[Sequence[str]], group: Sequence[str]) -> list[Note]:
    models = sorted({own["model"] for own in cells.levels})
    if len(models) < MIN_MODELS:
        return [Note(f"no interval ({len(models)} models, {MIN_MODELS} needed)")]
    deleted = np.array([share(cells.without_model(model), groups, group) for model in models])
    if np.isnan(deleted).any():
        return [Note("no interval (not identifiable without one of the models)")]
    estimate = interval(row["share"], [deleted], fisher=False)
    row.update(ci_low=estimate.low, ci_high=estimate.high)
    return []


def _labels(cells: Cells, group: Sequence[str]) -> list[str]:
    return [own[group[0]] for own in cells.levels]


def _others(cells: Cells, groups: Sequence[Sequence[str]], group: Sequence[str]) -> tuple[Array, Array, float]:
    """Gives the outcome's residual on the other factors [pair], their basis [pair, dimension], its sum of squares."""
    columns = [cells.differ(_labels(cells, other)) for other in groups if list(other) != list(group)]
    design = np.stack([np.ones(len(cells.apart)), *columns], axis=1)
    left, sizes, _ = np.linalg.svd(design, full_matrices=False)
    basis = left[:, sizes > 1e-9 * sizes[0]]
    centred = cells.apart - cells.apart.mean()
    return cells.apart - basis @ (basis.T @ cells.apart), basis, float(centred @ centred)


def _shares(draws: Array, residual: Array, basis: Array, total: float) -> Array:
    """Gives squared semipartial correlations of draws [draw, pair] with the outcome, by Frisch, Waugh and Lovell."""
    left = draws - (draws @ basis) @ basis.T
    length = (left**2).sum(axis=1)
    if total < _TIE:
        return np.full(len(draws), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > 1e-9 * draws.shape[1], (left @ residual) ** 2 / (length * total), np.nan)


def _every(labels: list[str], strata: list[list[int]]) -> Iterator[list[str]]:
    """Gives each distinct relabelling once."""
    if not strata:
        yield labels
        return
    first, *rest = strata
    for order in _arrangements(Counter(labels[cell] for cell in first)):
        moved = list(labels)
        for cell, label in zip(first, order, strict=True):
            moved[cell] = label
        yield from _every(moved, rest)


def _arrangements(counts: Mapping[str, int]) -> Iterator[list[str]]:
    """Gives each distinct order of a multiset."""
    if not sum(counts.values()):
        yield []
        return
    for label in sorted(name for name, count in counts.items() if count):
        for rest in _arrangements({**counts, label: counts[label] - 1}):
            yield [label, *rest]


def _drawn(labels: list[str], strata: list[list[int]], permutations: int, seed: int) -> Iterator[list[str]]:
    generator = np.random.default_rng(seed)
    for _ in range(permutations):
        moved = list(labels)
        for stratum in strata:
            for cell, source in zip(stratum, generator.permutation(stratum), strict=True):
                moved[cell] = labels[source]
        yield moved
