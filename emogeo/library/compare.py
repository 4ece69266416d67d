"""The comparison of two geometries, with everything that qualifies its numbers, or why a number is absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emogeo.arrays import Array
from emogeo.errors import ConfigError, GeometryError, UnknownTextsError
from emogeo.geometry.both_random import NOT_ANY
from emogeo.geometry.crossed import crossed_halves
from emogeo.geometry.doors import real_numbers
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.halves import MIN_UNITS
from emogeo.geometry.inference import Comparison as HalvesComparison
from emogeo.geometry.inference import Estimate
from emogeo.geometry.inference import compare as compare_halves
from emogeo.geometry.needed import most_needed
from emogeo.geometry.options import check_whole
from emogeo.geometry.permutation import mantel, mantel_disjoint
from emogeo.geometry.rdm import MIN_CONDITIONS, check_rdm, spearman, standard_ranks, upper
from emogeo.geometry.sharing import SharedUnits, over_shared
from emogeo.library.beyond import beyond_words, checked_twins, split_by
from emogeo.library.comparison import Comparison
from emogeo.record.run import BareRun, Run

PERMUTATIONS, MIN_PERMUTATIONS = 10_000, 100
"""How many there are by default, and at least: with fewer, no p can be small."""
_NO_FLOOR = (
    "floor: not measured; give floor=, from the same states read in other batches (extract(..., reread=True), or a run "
    "with reread=true)"
)
_NO_STATES = "reliability, ρ* and p on disjoint text: not identifiable (vectors or RDMs alone, without states)"


@dataclass(frozen=True)
class LabelledRdm:
    """An RDM by itself."""

    name: str
    conditions: tuple[str, ...] | None
    """None for an array, whose conditions are not known."""
    rdm: Array


def compare(
    a: Geometry | Run | BareRun | pd.DataFrame | ArrayLike,
    b: Geometry | Run | BareRun | pd.DataFrame | ArrayLike,
    *,
    twins: tuple[Sequence[Geometry | Run], Sequence[Geometry | Run]] | None = None,
    floor: float | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Comparison:
    """Compares two geometries over what they have in common, as `python analyze.py` compares two runs.

    Args:
        a, b: geometries, finished runs of a store, or RDMs [condition, condition]: imported ones, arrays over the same
            conditions in the same order, or DataFrames whose labels say which.
        twins: untrained twins of a, and of b: geometries or runs of the same architecture with random weights, read in
            the same way over the same texts; without two of each, it cannot be told whether the two agree beyond words.
        floor: 1 − ρ between a geometry and the same one read in other batches; the larger of the two.
        permutations: how often condition labels are permuted in each Mantel test.
        seed: decides the permutations, and the splits of units into halves.

    Example:
        >>> print(emogeo.compare(geometry, other, floor=0.0))
        tiny-llama – tiny-gemma: 21 conditions, 6 units
        beyond words: cannot tell (ρ* is not identifiable)
        ρ* not identifiable
        ...
        >>> emogeo.compare(geometry.rdm, other.rdm).rho_star is None
        True

    Raises:
        GeometryError: fewer than four common conditions, what is neither a geometry nor an RDM, or twins that are none.
        ConfigError: a floor, a seed or a number of permutations out of range.
    """
    check_whole("permutations", permutations, MIN_PERMUTATIONS)
    check_whole("seed", seed, 0)
    _check_floor(floor)
    first, second = _taken(a, "a"), _taken(b, "b")
    if isinstance(first, Geometry) and isinstance(second, Geometry):
        first, second = split_by(first, seed), split_by(second, seed)
        its = None if twins is None else checked_twins(a, b, twins, seed)
        found = _of_states(first, second, floor, permutations, seed)
        verdict = beyond_words(first, second, its, permutations, seed)
        return replace(
            found,
            beyond_words=verdict.verdict,
            rho_partial=verdict.partial,
            beyond_reason=verdict.reason,
        )
    if twins is not None:
        raise GeometryError("twins= takes states: RDMs alone do not tell which halves of them share a text.")
    return _of_rdms(_labelled(first, "a"), _labelled(second, "b"), floor, permutations, seed)


def _check_floor(floor: object) -> None:
    if floor is None:
        return
    if isinstance(floor, bool) or not isinstance(floor, Real) or not -1e-6 <= float(floor) <= 2:
        raise ConfigError(f"floor={floor!r}: 1 − ρ, a number between 0 and 2, or None.")


def _taken(given: Geometry | Run | BareRun | pd.DataFrame | ArrayLike, name: str) -> Geometry | LabelledRdm:
    if isinstance(given, Run):
        return given.geometry
    if isinstance(given, BareRun):
        return LabelledRdm(given.model, tuple(given.conditions), given.rdm)
    if isinstance(given, Geometry):
        return given
    if isinstance(given, str | bytes) or given is None:
        raise GeometryError(f"compare() takes geometries, runs or RDMs, and was given a {type(given).__name__}.")
    labels = None
    if isinstance(given, pd.DataFrame):
        labels = tuple(map(str, given.index))
        if labels != tuple(map(str, given.columns)):
            raise GeometryError(f"{name} is a DataFrame whose rows and columns have other labels, so it is no RDM.")
    rdm = real_numbers(given, name)
    check_rdm(rdm, name)
    return LabelledRdm(name, labels, rdm)


def _labelled(own: Geometry | LabelledRdm, name: str) -> LabelledRdm:
    return own if isinstance(own, LabelledRdm) else LabelledRdm(own.name or name, own.conditions, own.rdm)


def _of_states(a: Geometry, b: Geometry, floor: float | None, permutations: int, seed: int) -> Comparison:
    try:
        both = over_shared(a, b)
    except UnknownTextsError as error:
        bare = _of_rdms(_labelled(a, "a"), _labelled(b, "b"), floor, permutations, seed)
        return replace(bare, note=f"reliability, ρ* and p on disjoint text: not identifiable ({error})")
    first, second = both.halves
    found = compare_halves(first, second, names=(a.name, b.name))
    p_same_text = p = None
    if both.same_text and found.n_units >= MIN_UNITS:
        p_same_text = float(mantel(first.whole[:1], second.whole[:1], permutations, seed)[0])
    if found.rho_star is not None:
        p = float(mantel_disjoint([crossed_halves(first, second)], permutations, seed)[0])
    return Comparison(
        a=a.name,
        b=b.name,
        n_conditions=len(first.products.conditions),
        n_units=found.n_units,
        half_size=found.half_size,
        rho=found.rho,
        p_same_text=p_same_text,
        reliability_a=found.reliability_a,
        reliability_b=found.reliability_b,
        rho_same_half=found.same_half,
        rho_disjoint_half=found.disjoint_half,
        rho_star=found.rho_star,
        rho_star_any=found.rho_star_any,
        p=p,
        floor=floor,
        note="\n".join(_notes(both, found, floor)),
        _compared=(first, second),
    )


def _of_rdms(a: LabelledRdm, b: LabelledRdm, floor: float | None, permutations: int, seed: int) -> Comparison:
    first, second = _aligned(a, b)
    if min(len(first), len(second)) < MIN_CONDITIONS:
        raise GeometryError(f"{min(len(first), len(second))} conditions in common, {MIN_CONDITIONS} are needed")
    rho = spearman(first, second)
    ranks = [standard_ranks(upper(rdm))[None] for rdm in (first, second)]
    return Comparison(
        a=a.name,
        b=b.name,
        n_conditions=len(first),
        rho=Estimate(rho, np.nan, np.nan),
        p_same_text=float(mantel(ranks[0], ranks[1], permutations, seed)[0]),
        floor=floor,
        note=_NO_STATES,
    )


def _aligned(a: LabelledRdm, b: LabelledRdm) -> tuple[Array, Array]:
    """Both RDMs over their common conditions in one order; arrays without labels are taken as they are."""
    if a.conditions is None or b.conditions is None:
        return a.rdm, b.rdm
    common = [condition for condition in a.conditions if condition in b.conditions]
    rows = [[own.conditions.index(c) for c in common] for own in (a, b) if own.conditions is not None]
    return a.rdm[np.ix_(rows[0], rows[0])], b.rdm[np.ix_(rows[1], rows[1])]


def _notes(both: SharedUnits, found: HalvesComparison, floor: float | None) -> list[str]:
    notes = [] if found.reason is None else [f"ρ* and p: {found.reason}"]
    if found.reason is not None and found.n_units >= MIN_UNITS:
        notes.append(str(most_needed(*both.halves)))
    if found.rho_star is not None and found.rho_star_any is None:
        notes.append(f"ρ* for conditions like these: {NOT_ANY}")
    if not both.paired:
        notes.append("p_same_text and rho_same_half: the two have no text in common")
    elif not both.same_text:
        notes.append("p_same_text: other texts; rho_same_half: on units of the same name")
    if both.paired and both.missing_units:
        notes.append(f"only one of the two has {', '.join(both.missing_units)}")
    return notes if floor is not None else [*notes, _NO_FLOOR]
