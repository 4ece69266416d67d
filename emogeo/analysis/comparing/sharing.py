"""What runs have in common: conditions, and units of which no two share a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.units import distinct_units
from emogeo.record.run import Run

_DIGEST = ":"
MIN_CONDITIONS = 4
"""With three conditions an RDM has three entries, and six relabellings."""


@dataclass(frozen=True)
class SharedUnits:
    """Runs over their common conditions, and over common units or, where there are none, each over its own."""

    halves: list[Halves]
    same_text: bool
    """The common units have the same texts in all of the runs."""

    @property
    def paired(self) -> bool:
        """Whether the units are common; they may have other texts and only the same names: one topic told twice."""
        return len({halves.products.units for halves in self.halves}) == 1


def over_shared(*runs: PreparedRun) -> SharedUnits:
    """Runs made comparable.

    No text and no topic lies in two units of the runs taken together: units of one name are
    one, and so are units that have a text in common. Halves of one run and opposite halves
    of another then share nothing, whatever the runs have in common.

    Raises:
        GeometryError: too few common conditions.
    """
    labels = joint_units([ready.run for ready in runs])
    found = [ready.halves_over(own) for ready, own in zip(runs, labels, strict=True)]
    first, *others = (halves.products for halves in found)
    conditions = [c for c in first.conditions if all(c in other.conditions for other in others)]
    if len(conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(conditions)} conditions in common, {MIN_CONDITIONS} are needed")
    units = [unit for unit in first.units if all(unit in other.units for other in others)]
    own = [_told(ready.run, own, set(units)) for ready, own in zip(runs, labels, strict=True)]
    same = bool(units) and all(told == own[0] for told in own)
    return SharedUnits([over(halves, units or halves.products.units, conditions) for halves in found], same)


def _told(run: Run, labels: Sequence[str], units: set[str]) -> list[tuple[str, str, str]]:
    """Unit, emotion and text of everything told in some units."""
    told = zip(labels, run.record.emotions, run.texts, strict=True)
    return sorted(own for own in told if own[0] in units)


def raw_rho(a: PreparedRun, b: PreparedRun) -> float:
    """Spearman of the two runs' own RDMs over their common conditions, every text of a run alike."""
    first, second = (ready.halves_over(["all"] * len(ready.run.record.units)) for ready in (a, b))
    conditions = [c for c in first.products.conditions if c in second.products.conditions]
    ranks = [over(halves, halves.products.units, conditions).whole[0] for halves in (first, second)]
    return float(ranks[0] @ ranks[1])


def joint_units(runs: Sequence[Run]) -> list[list[str]]:
    """The unit of each text of each run; a unit that has the same texts in every run that has it keeps its digest."""
    names = [[name_of(unit) for unit in run.record.units] for run in runs]
    texts, units = [], []
    for run, own in zip(runs, names, strict=True):
        texts += run.texts
        units += own
    joint = dict(zip(units, distinct_units(texts, units, _tied_before(units)), strict=True))
    digests: dict[str, set[frozenset[str]]] = {}
    for run, own in zip(runs, names, strict=True):
        of_run: dict[str, set[str]] = {}
        for name, digest in zip(own, run.record.units, strict=True):
            of_run.setdefault(joint[name], set()).add(digest)
        for unit, found in of_run.items():
            digests.setdefault(unit, set()).add(frozenset(found))
    label = {u: "+".join(sorted(next(iter(found)))) if len(found) == 1 else u for u, found in digests.items()}
    return [[label[joint[name]] for name in own] for own in names]


def _tied_before(units: Sequence[str]) -> list[tuple[str, str]]:
    """Units with a part in common, where some were tied in one run before."""
    holders: dict[str, str] = {}
    return [(holders.setdefault(part, unit), unit) for unit in dict.fromkeys(units) for part in unit.split("+")]


def name_of(unit: str) -> str:
    """A unit's name without the digest of its texts."""
    return unit.rpartition(_DIGEST)[0]


def over(run: Halves, units: Sequence[str], conditions: Sequence[str]) -> Halves:
    """The run itself where nothing is left out, so that its splits are computed once for all comparisons."""
    if run.products.units == tuple(units) and run.products.conditions == tuple(conditions):
        return run
    return run.restricted(units, conditions)
