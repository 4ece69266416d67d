"""The `variance` table: which factors account for the distances between runs.

Outcome: 1 - rho* of every two runs that have one. A factor's share is the drop in R
squared when it leaves a regression on whether the two runs differ in each factor. Its
p permutes the factor's levels among runs that are equal in everything else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

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
from emogeo.geometry.inference import identifiable, interval, rho_star_of, rho_stars
from emogeo.geometry.sharing import over_shared

VARIANCE_COLUMNS = ["factor", "share", "ci_low", "ci_high", "p", "p_min", "n_relabellings", "aliased_with", "note"]
MIN_MODELS = 6
"""The fewest models for an interval of a share, by leaving out one model at a time."""
_TIE = 1e-12
_MOST_WAYS = 10**300
"""The largest number of relabellings that is written down: hundreds of runs have more than a float can hold."""
_AT_ONCE, _HELD = 500, 160_000
"""The most relabellings that are looked at together, and the most of their differences, which fit a cache."""
_LEAST, _ENTRIES = 999, 400_000_000
"""The relabellings that every factor has at least, where so many are asked for; and the differences looked at."""


@dataclass(frozen=True)
class RunDistances:
    """Runs with their levels, and the distance of every two of them."""

    levels: list[dict[str, str]]
    """The levels of each run, by factor."""
    pairs: NDArray[np.int64]
    """The places of both runs in `levels` [pair, 2]."""
    apart: Array
    """Their distance, 1 - rho* [pair]."""

    def differ(self, labels: Sequence[str]) -> Array:
        """Gives 1 where two runs have different labels [pair]; a factor without meaning for one of them makes 0."""
        return self.differing(_numbered(labels))

    def differing(self, numbers: NDArray[np.unsignedinteger]) -> Array:
        """Gives the same of labels as numbers [..., run], where 0 is no meaning: [..., pair]."""
        a, b = (np.take(numbers, side, axis=-1) for side in self._sides)
        found = a != b
        if not numbers.all():
            found &= (a != 0) & (b != 0)
        return np.asarray(found, dtype=float)

    @cached_property
    def _sides(self) -> NDArray[np.int64]:
        return np.ascontiguousarray(self.pairs.T)

    def without_model(self, model: str) -> RunDistances:
        """Gives the same runs, and only the pairs without a model."""
        kept = [
            i for i, (a, b) in enumerate(self.pairs) if model not in {self.levels[a]["model"], self.levels[b]["model"]}
        ]
        return RunDistances(self.levels, self.pairs[kept], self.apart[kept])


def distances_of(prepared: Sequence[PreparedRun]) -> RunDistances:
    """Gives every run that is reliable enough, and every two of them."""
    kept = {run.key for run in without_echoes([each.run for each in prepared])}
    usual = [each for each in prepared if each.run.key in kept and identifiable(each.halves)]
    stars = _stars_at_once(usual)
    pairs, apart = [], []
    both = list(combinations(range(len(usual)), 2))
    for a, b in tqdm(both, desc="variance", unit="pair", disable=len(both) < 100 or None):
        star = stars[a, b] if not np.isnan(stars[a, b]) else _star(usual[a], usual[b])
        if star is not None:
            pairs.append((a, b))
            apart.append(1 - star)
    named = [{"model": " ".join(each.run.weights), **levels(each.run).labels()} for each in usual]
    return RunDistances(named, np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(apart))


def _star(a: PreparedRun, b: PreparedRun) -> float | None:
    try:
        return rho_star_of(*over_shared(a, b).halves)
    except GeometryError:
        return None


def _stars_at_once(usual: Sequence[PreparedRun]) -> Array:
    """Gives rho* [run, run] of the runs that have read the same texts in the same units; NaN for any other two."""
    groups: dict[tuple[Hashable, ...], list[int]] = {}
    for place, each in enumerate(usual):
        products = each.halves.products
        groups.setdefault((each.labels, products.units, products.conditions), []).append(place)
    found = np.full((len(usual), len(usual)), np.nan)
    for places in groups.values():
        found[np.ix_(places, places)] = rho_stars([usual[place].halves for place in places])
    return found


def variance_table(runs: RunDistances, permutations: int, seed: int) -> Table:
    """Makes one row per factor, or per factors that always change together.

    Args:
        permutations: relabellings that are drawn where there are more; else all of them are counted.
    """
    groups = aliases(runs)
    rows = [_row(runs, groups, group, permutations, seed) for group in groups]
    return typed(rows, VARIANCE_COLUMNS, words=["factor", "aliased_with", "note"])


def aliases(runs: RunDistances) -> list[list[str]]:
    """Groups the factors that differ for some pairs and not for all, by the pairs for which they differ."""
    columns: dict[bytes, list[str]] = {}
    for name in ("model", *(name.value for name in Parameter)):
        column = runs.differ([own[name] for own in runs.levels])
        if 0 < column.sum() < len(column):
            columns.setdefault(column.tobytes(), []).append(name)
    return list(columns.values())


def share(runs: RunDistances, groups: Sequence[Sequence[str]], group: Sequence[str]) -> float:
    """Gives the unique drop in R squared; NaN where the others leave nothing of the factor or of the outcome."""
    residual, basis, total = _others(runs, groups, group)
    return float(_shares(runs.differ(_labels(runs, group))[None], residual, basis, total)[0])


def relabellings(
    runs: RunDistances, groups: Sequence[Sequence[str]], group: Sequence[str]
) -> tuple[int, list[list[int]]]:
    """Counts the distinct ways to permute a factor among runs equal in all others, and gives the sets of those."""
    strata: dict[tuple[str, ...], list[int]] = {}
    used = sorted(set(runs.pairs.ravel().tolist()))
    others = [name for other in groups if list(other) != list(group) for name in other]
    for run in used:
        strata.setdefault(tuple(runs.levels[run][name] for name in others), []).append(run)
    labels, ways = _labels(runs, group), 1
    for stratum in strata.values():
        ways *= math.factorial(len(stratum))
        for count in Counter(labels[run] for run in stratum).values():
            ways //= math.factorial(count)
    mixed = [stratum for stratum in strata.values() if len({labels[run] for run in stratum}) > 1]
    return ways, mixed


def _row(
    runs: RunDistances, groups: Sequence[Sequence[str]], group: Sequence[str], permutations: int, seed: int
) -> Row:
    text = ["text, and what has a meaning in one method only"] if "method" in group else []
    row: Row = {"factor": group[0], "aliased_with": ", ".join([*group[1:], *text])}
    observed = share(runs, groups, group)
    if np.isnan(observed):
        why = "not identifiable: the other factors together change wherever this one does"
        return {**row, "note": [Note(why, NoteKind.not_identifiable)]}
    row["share"] = observed
    ways, strata = relabellings(runs, groups, group)
    notes: list[Note] = []
    row["n_relabellings"] = float(min(ways, _MOST_WAYS))
    if ways > _MOST_WAYS:
        notes.append(Note("n_relabellings: more than 10³⁰⁰"))
    if ways > (drawn := _most(runs, permutations)) and drawn < permutations:
        notes.append(Note(f"p is of {drawn:,} relabellings: runs are many"))
    if ways > 1:
        row.update(_p(runs, groups, group, ways, strata, permutations, seed))
    else:
        notes.append(Note("p: no two runs differ in this factor alone"))
    notes += _put_interval(row, runs, groups, group)
    return {**row, "note": notes}


def _most(runs: RunDistances, permutations: int) -> int:
    """Gives how many relabellings are drawn: those that are asked for, or fewer where runs are many."""
    return min(permutations, max(_LEAST, _ENTRIES // len(runs.apart)))


def _p(
    runs: RunDistances,
    groups: Sequence[Sequence[str]],
    group: Sequence[str],
    ways: int,
    strata: list[list[int]],
    permutations: int,
    seed: int,
) -> dict[str, float]:
    """Gives p, exact where every relabelling can be counted; p_min is that of the largest share among them."""
    permutations = _most(runs, permutations)
    labels, exact = _numbered(_labels(runs, group)), ways <= permutations
    moved = np.array(list(_every(labels, strata))) if exact else _drawn(labels, strata, permutations, seed)
    others, parts = _others(runs, groups, group), []
    at_once = max(1, min(_AT_ONCE, _HELD // len(runs.apart)))
    for first in range(0, len(moved), at_once):
        parts.append(np.nan_to_num(_shares(runs.differing(moved[first : first + at_once]), *others)))
    observed = share(runs, groups, group)
    shares = np.concatenate(parts if exact else [*parts, np.array([observed])])
    reached = [(shares >= wanted - _TIE).mean() for wanted in (observed, shares.max())]
    return {"p": float(reached[0]), "p_min": float(reached[1])}


def _put_interval(row: Row, runs: RunDistances, groups: Sequence[Sequence[str]], group: Sequence[str]) -> list[Note]:
    models = sorted({own["model"] for own in runs.levels})
    if len(models) < MIN_MODELS:
        return [Note(f"no interval ({len(models)} models, {MIN_MODELS} needed)")]
    deleted = np.array([share(runs.without_model(model), groups, group) for model in models])
    if np.isnan(deleted).any():
        return [Note("no interval (not identifiable without one of the models)")]
    estimate = interval(row["share"], [deleted], fisher=False)
    row.update(ci_low=estimate.low, ci_high=estimate.high)
    return []


def _labels(runs: RunDistances, group: Sequence[str]) -> list[str]:
    return [own[group[0]] for own in runs.levels]


def _others(runs: RunDistances, groups: Sequence[Sequence[str]], group: Sequence[str]) -> tuple[Array, Array, float]:
    """Gives the outcome's residual on the other factors [pair], their basis [pair, dimension], its sum of squares."""
    columns = [runs.differ(_labels(runs, other)) for other in groups if list(other) != list(group)]
    design = np.stack([np.ones(len(runs.apart)), *columns], axis=1)
    left, sizes, _ = np.linalg.svd(design, full_matrices=False)
    basis = left[:, sizes > 1e-9 * sizes[0]]
    centred = runs.apart - runs.apart.mean()
    return runs.apart - basis @ (basis.T @ runs.apart), basis, float(centred @ centred)


def _shares(draws: Array, residual: Array, basis: Array, total: float) -> Array:
    """Gives squared semipartial correlations of draws [draw, pair] with the outcome, by Frisch, Waugh and Lovell."""
    left = (draws @ basis) @ basis.T  # not by differences of squares, which tell equal draws apart
    np.subtract(draws, left, out=left)
    length = np.einsum("dp,dp->d", left, left)
    if total < _TIE:
        return np.full(len(draws), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > 1e-9 * draws.shape[1], (left @ residual) ** 2 / (length * total), np.nan)


def _numbered(labels: Sequence[str]) -> NDArray[np.unsignedinteger]:
    """Gives labels as small whole numbers [run], which are faster to look up; 0 for none."""
    known = {label: number for number, label in enumerate(dict.fromkeys(["", *labels]))}
    return np.array([known[label] for label in labels], dtype=np.min_scalar_type(len(known)))


def _every(labels: NDArray[np.unsignedinteger], strata: list[list[int]]) -> Iterator[NDArray[np.unsignedinteger]]:
    """Gives each distinct relabelling once."""
    if not strata:
        yield labels
        return
    first, *rest = strata
    for order in _arrangements(Counter(labels[first].tolist())):
        moved = labels.copy()
        moved[first] = order
        yield from _every(moved, rest)


def _arrangements(counts: Mapping[int, int]) -> Iterator[list[int]]:
    """Gives each distinct order of a multiset."""
    if not sum(counts.values()):
        yield []
        return
    for label in sorted(own for own, count in counts.items() if count):
        for rest in _arrangements({**counts, label: counts[label] - 1}):
            yield [label, *rest]


def _drawn(
    labels: NDArray[np.unsignedinteger], strata: list[list[int]], permutations: int, seed: int
) -> NDArray[np.unsignedinteger]:
    """Gives random relabellings [relabelling, run]."""
    generator, moved = np.random.default_rng(seed), np.tile(labels, (permutations, 1))
    for stratum in strata:
        moved[:, stratum] = generator.permuted(moved[:, stratum], axis=1)
    return moved
