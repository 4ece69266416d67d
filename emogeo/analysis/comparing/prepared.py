"""Runs and their baselines, ready to be compared on the conditions and units that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.records.catalogue import Run
from emogeo.errors import GeometryError
from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.halves import Halves
from emogeo.geometry.options import Centring, Norm
from emogeo.geometry.rdm import standard_ranks, upper
from emogeo.geometry.units import distinct_units, recentred, unit_products
from emogeo.geometry.vectors import without_topic_means
from emogeo.stimuli.conditions import CONDITIONS

_DIGEST = ":"
MIN_CONDITIONS = 4
"""With three conditions an RDM has three entries, and six relabellings."""


@dataclass(frozen=True)
class View:
    """What of a run is compared."""

    conditions: tuple[str, ...] = CONDITIONS
    recentre: bool = False
    """Once more, on the mean of just these conditions."""


@dataclass(frozen=True)
class Readied:
    """A run, and the baselines made of its texts, as inner products from which all inference follows."""

    run: Run
    name: str
    """Short, and no other run's."""
    seed: int
    view: View = field(default_factory=View)
    _over: dict[tuple[str, ...], Halves] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def halves(self) -> Halves:
        """The model's states at the selected layer, over all of the run's units."""
        return self.halves_over(self._units)

    def halves_over(self, units: Sequence[str]) -> Halves:
        """The same with other units.

        Args:
            units: of each text.
        """
        key = tuple(units)
        if key not in self._over:
            self._over[key] = self._halves(self.run.passages, key)
        return self._over[key]

    @cached_property
    def input_embeddings(self) -> Halves:
        """The same made of mean input embeddings."""
        return self._halves(self.run.embeddings, self._units)

    @cached_property
    def bag_of_words(self) -> Halves:
        """The same made of word counts."""
        return self._halves(bag_of_words(self.run.texts), self._units)

    @property
    def _units(self) -> list[str]:
        return distinct_units(self.run.texts, self.run.record["units"])

    def _halves(self, features: NDArray[Any], units: Sequence[str]) -> Halves:
        record = self.run.record
        centring = Centring(record["config"]["centring"])
        states = features.astype(np.float64)
        if centring is Centring.topic_mean:  # taken from the run's states already, where this changes nothing
            topics = [told["topic"] for told in self.run.told]
            states = without_topic_means(states[:, None], topics)[:, 0]
        products = unit_products(states, record["emotions"], units, CONDITIONS, centring)
        conditions = [condition for condition in products.conditions if condition in self.view.conditions]
        if self.view.recentre:
            products = recentred(products, conditions, Norm(record["config"]["norm"]))
        elif len(conditions) < len(products.conditions):
            products = products.restricted(products.units, conditions)
        return Halves(products, self.seed)


@dataclass(frozen=True)
class Together:
    """Runs over their common conditions, and over common units or, where there are none, each over its own."""

    halves: list[Halves]
    same_text: bool
    """The common units have the same texts in all of the runs."""

    @property
    def paired(self) -> bool:
        """Whether the units are common; they may have other texts and only the same names: one topic told twice."""
        return len({halves.products.units for halves in self.halves}) == 1


def over_shared(*runs: Readied) -> Together:
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
    return Together([over(halves, units or halves.products.units, conditions) for halves in found], same)


def _told(run: Run, labels: Sequence[str], units: set[str]) -> list[tuple[str, str, str]]:
    """Unit, emotion and text of everything told in some units."""
    told = zip(labels, run.record["emotions"], run.texts, strict=True)
    return sorted(own for own in told if own[0] in units)


def raw_rho(a: Readied, b: Readied) -> float:
    """Spearman of the two runs' own RDMs over their common conditions, every text of a run alike."""
    first, second = (ready.halves_over(["all"] * len(ready.run.record["units"])) for ready in (a, b))
    conditions = [c for c in first.products.conditions if c in second.products.conditions]
    ranks = [over(halves, halves.products.units, conditions).whole[0] for halves in (first, second)]
    return float(ranks[0] @ ranks[1])


def joint_units(runs: Sequence[Run]) -> list[list[str]]:
    """The unit of each text of each run; a unit that has the same texts in every run that has it keeps its digest."""
    names = [[name_of(unit) for unit in run.record["units"]] for run in runs]
    texts, units = [], []
    for run, own in zip(runs, names, strict=True):
        texts += run.texts
        units += own
        for unit in dict.fromkeys(own):  # of units that were tied before, each is tied
            parts = unit.split("+")
            texts += [f"\0{part}" for part in parts]
            units += [unit] * len(parts)
    joint = dict(zip(units, distinct_units(texts, units), strict=True))
    digests: dict[str, set[frozenset[str]]] = {}
    for run, own in zip(runs, names, strict=True):
        of_run: dict[str, set[str]] = {}
        for name, digest in zip(own, run.record["units"], strict=True):
            of_run.setdefault(joint[name], set()).add(digest)
        for unit, found in of_run.items():
            digests.setdefault(unit, set()).add(frozenset(found))
    label = {u: "+".join(sorted(next(iter(found)))) if len(found) == 1 else u for u, found in digests.items()}
    return [[label[joint[name]] for name in own] for own in names]


def name_of(unit: str) -> str:
    """A unit's name without the digest of its texts."""
    return unit.rpartition(_DIGEST)[0]


def over(run: Halves, units: Sequence[str], conditions: Sequence[str]) -> Halves:
    """The run itself where nothing is left out, so that its splits are computed once for all comparisons."""
    if run.products.units == tuple(units) and run.products.conditions == tuple(conditions):
        return run
    return run.restricted(units, conditions)


def floors(runs: Sequence[Run]) -> dict[tuple[str, ...], float]:
    """1 - rho between a cell and its reread, for each model at a precision: the largest that was measured.

    Both at the block that the cell has selected, whatever the reread would have.
    """
    by_key = {run.key: run for run in runs}
    found: dict[tuple[str, ...], float] = {}
    for run in runs:
        twin = by_key.get(run.twin or "")
        again = None if twin is None else run.rdm_at(twin.record["layer"]["index"])
        if twin is not None and again is not None:
            floor = 1.0 - float(standard_ranks(upper(twin.rdm)) @ standard_ranks(again))
            found[run.reader] = max(floor, found.get(run.reader, floor))
    return found
