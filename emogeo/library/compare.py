"""The comparison of two geometries, with everything that qualifies its numbers, or why a number is absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, replace
from functools import cached_property
from numbers import Real
from textwrap import wrap

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emogeo.arrays import Array
from emogeo.errors import ConfigError, GeometryError
from emogeo.geometry.beyond import Beyond
from emogeo.geometry.both_random import NOT_ANY
from emogeo.geometry.doors import real_numbers
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.inference import Comparison as HalvesComparison
from emogeo.geometry.inference import Estimate
from emogeo.geometry.inference import compare as compare_halves
from emogeo.geometry.measuring import Measured, measure_all
from emogeo.geometry.needed import most_needed
from emogeo.geometry.options import check_whole
from emogeo.geometry.permutation import crossed_halves, mantel, mantel_disjoint
from emogeo.geometry.rdm import MIN_CONDITIONS, check_rdm, spearman, standard_ranks, upper
from emogeo.geometry.sharing import SharedUnits, over_shared
from emogeo.geometry.shown import Shown
from emogeo.library.beyond import beyond_words
from emogeo.record.run import Run

PERMUTATIONS, MIN_PERMUTATIONS = 10_000, 100
"""How many there are by default, and at least: with fewer, no p can be small."""
_WIDTH = 80
_NO_FLOOR = (
    "floor: not measured; give floor=, from the same states read in other batches (extract(..., reread=True), or a run "
    "with reread=true)"
)
_NO_STATES = "reliability, ρ* and p on disjoint text: not identifiable (RDMs alone, without states)"


@dataclass(frozen=True)
class LabelledRdm:
    """An RDM by itself."""

    name: str
    conditions: tuple[str, ...] | None
    """None for an array, whose conditions are not known."""
    rdm: Array


@dataclass(frozen=True, kw_only=True)
class Comparison(Shown):
    """The agreement of two geometries; None where a number cannot be given, and `note` says why."""

    a: str
    b: str
    n_conditions: int
    beyond_words: Beyond | None = None
    """Whether the two agree beyond what words give to any untrained network; None for RDMs alone."""
    rho_partial: Estimate | None = None
    """What is left of ρ* once words and untrained twins are given."""
    beyond_reason: str = ""
    n_units: int | None = None
    """The number of units; the smaller one, where the two have different units."""
    half_size: int | None = None
    rho: Estimate
    """Spearman's ρ of the two RDMs, on whatever texts each has read; text that both have read makes it large."""
    p_same_text: float | None = None
    """Mantel's p of ρ, where both have read the same texts: shared text alone makes it small."""
    reliability_a: Estimate | None = None
    """Agreement of a's RDM on one half of the units with its own on the other."""
    reliability_b: Estimate | None = None
    rho_same_half: Estimate | None = None
    """Agreement of the two on one half of the units."""
    rho_disjoint_half: Estimate | None = None
    """Agreement of the two on opposite halves, which share no text."""
    rho_star: Estimate | None = None
    """Agreement on disjoint text divided by the ceiling: what it would be without text noise, for these conditions."""
    rho_star_any: Estimate | None = None
    """The same with an interval for conditions like these: over other units and other conditions."""
    p: float | None = None
    """Mantel's p of the agreement on disjoint text."""
    floor: float | None = None
    """The numerical floor: 1 − ρ that is due to numerics alone."""
    note: str = ""
    of: InitVar[tuple[Halves, Halves] | None] = None
    """What `measures` (Pearson, CKA, Procrustes and so on, by name; empty for RDMs alone) is computed from."""

    def __post_init__(self, of: tuple[Halves, Halves] | None) -> None:
        object.__setattr__(self, "_of", of)

    @cached_property
    def measures(self) -> dict[str, Measured]:
        """Gives other measures by name, computed when they are asked for."""
        of = vars(self)["_of"]
        return {} if of is None else {found.measure: found for found in measure_all(*of)}

    def __str__(self) -> str:
        units = f", {self.n_units} units" if self.n_units else ""
        lines = [f"{self.a} – {self.b}: {self.n_conditions} conditions{units}"]
        if self.beyond_words is not None:
            lines += wrap(f"beyond words: {self.beyond_words} ({self.beyond_reason})", _WIDTH)
        if self.rho_star is None or self.p is None:
            lines.append("ρ* not identifiable")
        else:
            lines.append(f"ρ* {self.rho_star}, p {self.p:.2g}: on disjoint text, relative to the ceiling")
        if self.rho_star_any is not None:
            any_star = f"[{self.rho_star_any.low:.2f}, {self.rho_star_any.high:.2f}]"
            lines.append(f"   for these {self.n_conditions} conditions; for conditions like these {any_star}")
        same_text = "" if self.p_same_text is None else f", p {self.p_same_text:.2g}"
        lines.append(f"ρ  {self.rho}{same_text}{_halves(self)}")
        if self.reliability_a is not None and self.reliability_b is not None:
            lines.append(f"reliability {self.reliability_a} and {self.reliability_b}")
        if self.floor is not None:
            lines.append(f"floor {self.floor:.4f}")
        notes = [line for note in self.note.split("\n") for line in wrap(note, _WIDTH)]
        return "\n".join([*lines, *notes])

    __repr__ = __str__


def compare(
    a: Geometry | Run | pd.DataFrame | ArrayLike,
    b: Geometry | Run | pd.DataFrame | ArrayLike,
    *,
    twins: tuple[Sequence[Geometry | Run], Sequence[Geometry | Run]] | None = None,
    floor: float | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Comparison:
    """Compares two geometries over what they have in common, as `python analyze.py` compares two runs.

    Args:
        a, b: geometries, finished runs of a store, or RDMs [condition, condition]: arrays over the same conditions in
            the same order, or DataFrames whose labels say which.
        twins: untrained twins of a, and of b: geometries or runs of the same architecture with random weights, read in
            the same way; without two of each, it cannot be told whether the two agree beyond words.
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
        GeometryError: fewer than four common conditions, or what is neither a geometry nor an RDM.
        ConfigError: a floor, a seed or a number of permutations out of range.
    """
    check_whole("permutations", permutations, MIN_PERMUTATIONS)
    check_whole("seed", seed, 0)
    _check_floor(floor)
    first, second = _taken(a, "a"), _taken(b, "b")
    if isinstance(first, Geometry) and isinstance(second, Geometry):
        found = _of_states(_split(first, seed), _split(second, seed), floor, permutations, seed)
        its = None if twins is None else (_twins(twins[0], seed), _twins(twins[1], seed))
        verdict = beyond_words(_split(first, seed), _split(second, seed), its, permutations, seed)
        return replace(
            found,
            beyond_words=verdict.verdict,
            rho_partial=verdict.partial,
            beyond_reason=verdict.reason,
            of=vars(found)["_of"],
        )
    if twins is not None:
        raise GeometryError("twins= takes states: RDMs alone do not tell which halves of them share a text.")
    return _of_rdms(_labelled(first, "a"), _labelled(second, "b"), floor, permutations, seed)


def _check_floor(floor: object) -> None:
    if floor is None:
        return
    if isinstance(floor, bool) or not isinstance(floor, Real) or not -1e-6 <= float(floor) <= 2:
        raise ConfigError(f"floor={floor!r}: 1 − ρ, a number between 0 and 2, or None.")


def _split(geometry: Geometry, seed: int) -> Geometry:
    """The geometry with its units split by this seed: both sides of a comparison share their splits."""
    return replace(geometry, options=replace(geometry.options, seed=seed))


def _twins(given: Sequence[Geometry | Run], seed: int) -> list[Geometry]:
    """Gives the geometries of twins, split by the seed of the comparison."""
    taken = [_taken(twin, "a twin") for twin in given]
    geometries = [_split(twin, seed) for twin in taken if isinstance(twin, Geometry)]
    if len(geometries) < len(taken):
        raise GeometryError("twins= takes geometries or runs, with states.")
    return geometries


def _taken(given: Geometry | Run | pd.DataFrame | ArrayLike, name: str) -> Geometry | LabelledRdm:
    if isinstance(given, Run):
        return given.geometry
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
    both = over_shared(a, b)
    first, second = both.halves
    found = compare_halves(first, second, names=(a.name, b.name))
    p_same_text = p = None
    if both.same_text and found.n_units >= MIN_UNITS:
        p_same_text = float(mantel(first.whole[:1], second.whole[:1], permutations, seed)[0])
    if found.rho_star is not None:
        p = float(mantel_disjoint(crossed_halves(first, second)[None], permutations, seed)[0])
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
        of=(first, second),
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


def _halves(found: Comparison) -> str:
    if found.rho_disjoint_half is None:
        return ""
    same = "" if found.rho_same_half is None else f"same half {found.rho_same_half.value:.2f}, "
    return f"; {same}opposite halves {found.rho_disjoint_half.value:.2f}"
