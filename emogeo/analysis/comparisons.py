"""Runs and their baselines, ready to be compared on the conditions and units that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.catalogue import Run
from emogeo.config.schema import Centring
from emogeo.errors import GeometryError
from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.halves import Halves
from emogeo.geometry.rdm import standard_ranks, upper
from emogeo.geometry.units import distinct_units, unit_products
from emogeo.geometry.vectors import without_topic_means
from emogeo.stimuli.conditions import CONDITIONS

MIN_CONDITIONS = 4
"""With three conditions an RDM has three entries, and six relabellings."""


@dataclass(frozen=True)
class Readied:
    """A run, and the baselines made of its texts, as inner products from which all inference follows."""

    run: Run
    name: str
    """Short, and no other run's."""
    seed: int

    @cached_property
    def halves(self) -> Halves:
        """The model's states at the selected layer, over all of the run's units and conditions."""
        return self._halves(self.run.passages)

    @cached_property
    def input_embeddings(self) -> Halves:
        """The same made of mean input embeddings."""
        return self._halves(self.run.embeddings)

    @cached_property
    def bag_of_words(self) -> Halves:
        """The same made of word counts."""
        return self._halves(bag_of_words(self.run.texts))

    def _halves(self, features: NDArray[Any]) -> Halves:
        record = self.run.record
        units = distinct_units(self.run.texts, record["units"])
        centring = Centring(record["config"]["centring"])
        states = features.astype(np.float64)
        if centring is Centring.topic_mean:  # taken from the run's states already, where this changes nothing
            topics = [told["topic"] for told in self.run.told]
            states = without_topic_means(states[:, None], topics)[:, 0]
        return Halves(unit_products(states, record["emotions"], units, CONDITIONS, centring), self.seed)


def over_shared(a: Readied, b: Readied) -> tuple[Halves, Halves]:
    """Both over their common conditions, and over their common units or, if they share no text, each over its own.

    Raises:
        GeometryError: too few common conditions, or common texts that belong to other units.
    """
    first, second = a.halves.products, b.halves.products
    conditions = [c for c in first.conditions if c in second.conditions]
    if len(conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(conditions)} conditions in common, {MIN_CONDITIONS} are needed")
    units = [unit for unit in first.units if unit in second.units]
    if not units and (same := len(set(a.run.texts) & set(b.run.texts))):
        raise GeometryError(
            f"{same} texts in common, but not one whole unit: the texts are neither the same nor disjoint, "
            "give both runs the same stimuli and the same seed"
        )
    return over(a.halves, units or first.units, conditions), over(b.halves, units or second.units, conditions)


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
