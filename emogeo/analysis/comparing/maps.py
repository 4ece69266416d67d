"""Maps of runs, turned onto one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from emogeo.analysis.comparing.order import deciding
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.branches import Tree, supported_tree, tree_of
from emogeo.geometry.halves import MIN_JACKKNIFE, Halves
from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.options import Axes, Norm
from emogeo.geometry.procrustes import consensus, onto, procrustes
from emogeo.geometry.rdm import MIN_CONDITIONS, upper
from emogeo.geometry.regions import (
    Regions,
    Shifts,
    map_of,
    regions_of,
    shifts,
    square,
    squared_distances,
    without_each,
)
from emogeo.geometry.sharing import over_shared
from emogeo.geometry.units import deletion_weights, plain_rdms

Once: TypeAlias = Callable[[PreparedRun, Callable[[], Tree]], Tree]
"""Gives the tree of a run, which its second argument makes where it is not known."""


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
    """Whether it is turned onto the consensus."""
    axes: Axes = Axes.scaling

    def nearest(self, row: int, n: int = 1) -> list[tuple[str, Estimate]]:
        """Finds the n nearest conditions of another, each with the interval of the dissimilarity over units."""
        full = self._squares[:, row]
        order = np.where(np.arange(len(self.conditions)) == row, np.inf, full[0]).argsort(kind="stable")
        return [(self.conditions[other], _over_units(full[:, other])) for other in order[: min(n, len(order) - 1)]]

    @cached_property
    def _squares(self) -> Array:
        return np.stack([square(rdm, len(self.conditions)) for rdm in self.rdms])


def _over_units(values: Array) -> Estimate:
    """Gives a number with its interval: of all units, then without each."""
    whole, deleted = float(values[0]), values[1:]
    return interval(whole, [deleted], fisher=False) if len(deleted) else Estimate(whole, np.nan, np.nan)


def maps_of(
    compared: Sequence[Compared], seed: int, axes: Axes = Axes.scaling, once: Once = lambda _, make: make()
) -> tuple[list[RunMap], list[tuple[Compared, str]]]:
    """Makes the maps of runs, turned onto a consensus over the conditions that all of them have.

    It is that of the maps of `order.deciding`. Where conditions are too few, each map keeps axes of its own.

    Args:
        once: gives trees that are known already.

    Returns:
        The maps, and the runs that have none with the reason.
    """
    found, absent = list[RunMap](), []
    for each in compared:
        try:
            found.append(_of_bare(each, axes) if isinstance(each, PreparedBare) else _of_run(each, seed, axes, once))
        except GeometryError as error:
            absent.append((each, str(error)))
    return _aligned(found), absent


def _of_run(each: PreparedRun, seed: int, axes: Axes, once: Once) -> RunMap:
    products = each.halves.products
    n, values = len(products.units), products.values
    if each.run.options.norm is Norm.unit:
        axes = Axes.scaling  # of vectors of one length both are the same
    if n < MIN_JACKKNIFE:
        rdm = square(plain_rdms(values, deletion_weights(n)[:1])[0], len(products.conditions))
        squared = 2 * rdm if axes is Axes.scaling else squared_distances(values.mean(axis=(0, 1)))
        plain = RunMap(each, products.conditions, map_of(squared), upper(rdm)[None], tree_of(rdm))
        return replace(plain, reason=f"{n} units, {MIN_JACKKNIFE} are needed", axes=axes)
    tree = once(each, lambda: supported_tree(values, seed))
    return RunMap(each, products.conditions, _regions(each.halves, axes), without_each(values), tree, axes=axes)


def _regions(halves: Halves, axes: Axes) -> Regions:
    return halves.once(("regions", axes), lambda: regions_of(halves.products.values, axes))


def _of_bare(each: PreparedBare, axes: Axes) -> RunMap:
    rdm = np.asarray(each.run.rdm, dtype=np.float64)
    squared = 2 * rdm if axes is Axes.scaling else _squared_of_vectors(each)
    plain = RunMap(each, tuple(each.run.conditions), map_of(squared), upper(rdm)[None], tree_of(rdm))
    return replace(plain, reason="imported without texts", axes=axes)


def _squared_of_vectors(each: PreparedBare) -> Array:
    """Gives the squared distances of the vectors at the selected block, or of all blocks in one."""
    vectors, layer = each.run.vectors, each.run.layer
    if vectors is None:
        raise GeometryError("imported without vectors, of which the axes of the map would be")
    own = vectors if layer is None else vectors[:, [each.run.result.layer.layers.index(layer)]]
    flat = own.reshape(len(own), -1).astype(np.float64)
    return squared_distances(flat @ flat.T)


def _aligned(maps: Sequence[RunMap]) -> list[RunMap]:
    shared = sorted(set.intersection(*(set(own.conditions) for own in maps))) if maps else []
    if len(shared) < MIN_CONDITIONS:
        return [replace(own, aligned=False) for own in maps]
    parts = [own.regions.points[[own.conditions.index(name) for name in shared]] for own in maps]
    keys, pairs = deciding(own.of.run.key for own in maps), list(zip(maps, parts, strict=True))
    mean = consensus([part for own, part in pairs if own.of.run.key in keys])
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
    first, second = (_regions(own, a.axes) for own in both.halves)
    names = both.halves[0].products.conditions
    shown = a.regions.points[[a.conditions.index(name) for name in names]]
    first = first.moved(procrustes(shown - shown.mean(axis=0), first.points))
    second = second.moved(procrustes(first.points, second.points))
    return MapShifts(names, first, second, shifts(first, second, both.paired))
