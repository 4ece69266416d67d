"""Maps of runs, turned onto one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.branches import Tree, supported_tree, tree_of
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.procrustes import consensus, onto, procrustes
from emogeo.geometry.rdm import MIN_CONDITIONS, upper
from emogeo.geometry.regions import Regions, Shifts, map_of, regions_of, shifts, square, without_each
from emogeo.geometry.sharing import over_shared
from emogeo.geometry.units import deletion_weights, plain_rdms


@dataclass(frozen=True, eq=False)
class RunMap:
    """The conditions of a run in two dimensions."""

    of: Compared
    conditions: tuple[str, ...]
    regions: Regions
    rdms: Array
    """[1 + deleted unit, pair]; [1, pair] where there are no regions"""
    tree: Tree
    reason: str | None = None
    """Why there are no regions; None where there are."""
    aligned: bool = True
    """Whether it is turned onto the consensus of all."""

    def nearest(self, row: int) -> tuple[str, Estimate]:
        """Finds the nearest condition of another, with the interval of their dissimilarity over units."""
        full = np.stack([square(rdm, len(self.conditions)) for rdm in self.rdms])[:, row]
        other = int(np.where(np.arange(len(self.conditions)) == row, np.inf, full[0]).argmin())
        value, *deleted = full[:, other]
        name = self.conditions[other]
        if not deleted:
            return name, Estimate(float(value), np.nan, np.nan)
        return name, interval(float(value), [np.array(deleted)], fisher=False)


def maps_of(compared: Sequence[Compared], seed: int) -> tuple[list[RunMap], list[tuple[Compared, str]]]:
    """Makes the maps of runs, turned onto their consensus over the conditions that all of them have.

    Where these are too few, each map keeps axes of its own.

    Returns:
        The maps, and the runs that have none with the reason.
    """
    found, absent = list[RunMap](), []
    for each in compared:
        try:
            found.append(_of_bare(each) if isinstance(each, PreparedBare) else _of_run(each, seed))
        except GeometryError as error:
            absent.append((each, str(error)))
    return _aligned(found), absent


def _of_run(each: PreparedRun, seed: int) -> RunMap:
    products = each.halves.products
    n, values = len(products.units), products.values
    if n < MIN_JACKKNIFE:
        rdm = square(plain_rdms(values, deletion_weights(n)[:1])[0], len(products.conditions))
        return _without_regions(each, products.conditions, rdm, f"{n} units, {MIN_JACKKNIFE} are needed")
    rdms, tree = without_each(values), supported_tree(values, seed)
    return RunMap(each, products.conditions, regions_of(values), rdms, tree)


def _of_bare(each: PreparedBare) -> RunMap:
    rdm = np.asarray(each.run.rdm, dtype=np.float64)
    return _without_regions(each, each.run.conditions, rdm, "imported without texts")


def _without_regions(each: Compared, conditions: Sequence[str], rdm: Array, reason: str) -> RunMap:
    return RunMap(each, tuple(conditions), map_of(rdm), upper(rdm)[None], tree_of(rdm), reason)


def _aligned(maps: Sequence[RunMap]) -> list[RunMap]:
    shared = sorted(set.intersection(*(set(own.conditions) for own in maps))) if maps else []
    if len(shared) < MIN_CONDITIONS:
        return [replace(own, aligned=False) for own in maps]
    parts = [own.regions.points[[own.conditions.index(name) for name in shared]] for own in maps]
    mean = consensus(parts)
    pairs = zip(maps, parts, strict=True)
    return [replace(own, regions=own.regions.moved(onto(mean, part))) for own, part in pairs]


@dataclass(frozen=True, eq=False)
class MapShifts:
    """Two maps over the conditions of both, one over the other."""

    conditions: tuple[str, ...]
    a: Regions
    b: Regions
    shifts: Shifts


def shifts_of(a: RunMap, b: RunMap) -> MapShifts:
    """Lays the maps of two runs over each other, on the units that they share, and tests each condition's shift.

    Raises:
        GeometryError: runs without texts, too few units or conditions in common, or no map over these.
    """
    if isinstance(a.of, PreparedBare) or isinstance(b.of, PreparedBare):
        raise GeometryError("imported without texts")
    both = over_shared(a.of, b.of)
    first, second = (regions_of(own.products.values) for own in both.halves)
    names = both.halves[0].products.conditions
    shown = a.regions.points[[a.conditions.index(name) for name in names]]
    first = first.moved(procrustes(shown - shown.mean(axis=0), first.points))
    second = second.moved(procrustes(first.points, second.points))
    return MapShifts(names, first, second, shifts(first, second, both.paired))
