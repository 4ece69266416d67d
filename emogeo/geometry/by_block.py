"""Two geometries over the same texts compared block by block: where rho* falls below what noise leaves of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.geometry import student
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import LEVEL, Comparison, Estimate, compare
from emogeo.geometry.permutation import holm

LEAST_FLOOR = 1e-6
"""The least floor: below it two rank correlations differ by arithmetic alone, whatever a reread has given."""


@dataclass(frozen=True)
class AtBlock:
    """The comparison at one block."""

    block: int
    comparison: Comparison
    floor: float | None
    """The numerical floor: 1 - rho of a reread; None where none was measured."""
    p: float | None
    """Two-sided p of rho* being 1 - floor; None without a rho* or a floor."""
    p_holm: float | None
    """The same, after Holm over all blocks that have one."""


def over_blocks(
    pairs: Iterable[tuple[int, Halves, Halves]], floors: Sequence[float | None], names: tuple[str, str]
) -> list[AtBlock]:
    """Compares two runs at each block.

    Args:
        pairs: the block and both runs there, over the same units; they are used one after the other and not kept.
        floors: the floor at each of them.

    Raises:
        GeometryError: see `compare`.
    """
    found = [(block, compare(a, b, names, over_conditions=False)) for block, a, b in pairs]
    given = [_p(own, floor) for (_, own), floor in zip(found, floors, strict=True)]
    known = [p for p in given if p is not None]
    corrected = iter(holm(np.array(known)).tolist() if known else [])
    holms = [None if p is None else next(corrected) for p in given]
    return [
        AtBlock(block, own, floor, p, p_holm)
        for (block, own), floor, p, p_holm in zip(found, floors, given, holms, strict=True)
    ]


def _p(found: Comparison, floor: float | None) -> float | None:
    if found.rho_star is None or floor is None:
        return None
    return p_of(found.rho_star, 1 - max(floor, LEAST_FLOOR), found.n_units)


def p_of(estimate: Estimate, value: float, n_units: int) -> float:
    """Gives the two-sided p of a number being some value, by its jackknife interval over `n_units` units (t)."""
    freedom = n_units - 1
    error = (estimate.high - estimate.value) / student.ppf((1 + LEVEL) / 2, freedom)
    if error <= 0:
        return float(estimate.value == value)
    return float(2 * student.sf(abs(estimate.value - value) / error, freedom))
