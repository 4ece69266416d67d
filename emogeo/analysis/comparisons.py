"""Runs compared on the units and conditions that they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emogeo.analysis.catalogue import Run
from emogeo.config.schema import Centring
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Comparison, compare
from emogeo.geometry.rdm import spearman
from emogeo.geometry.units import unit_products
from emogeo.stimuli.conditions import CONDITIONS

MIN_CONDITIONS = 4
"""With three conditions an RDM has three entries, and six relabellings."""


@dataclass(frozen=True)
class Readied:
    """A run with the inner products from which all inference follows."""

    run: Run
    seed: int

    @cached_property
    def halves(self) -> Halves:
        """Over all of the run's units and conditions."""
        states = self.run.passages.astype(np.float64)
        record = self.run.record
        centring = Centring(record["config"]["centring"])
        return Halves(unit_products(states, record["emotions"], record["units"], CONDITIONS, centring), self.seed)


def shared(a: Readied, b: Readied) -> tuple[list[str], list[str]]:
    """Units (same passages) and conditions that two runs have in common.

    Raises:
        GeometryError: too few of either; says how many.
    """
    units = [unit for unit in a.halves.products.units if unit in b.halves.products.units]
    conditions = [c for c in a.halves.products.conditions if c in b.halves.products.conditions]
    if len(conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(conditions)} conditions in common, {MIN_CONDITIONS} are needed")
    if not units:
        raise GeometryError("no passages in common: comparing runs on different texts is not built yet")
    return units, conditions


def compared(a: Readied, b: Readied) -> tuple[Halves, Halves, Comparison]:
    """Both runs over what they share, and what their comparison says.

    Raises:
        GeometryError: see `shared`.
    """
    units, conditions = shared(a, b)
    first, second = (_over(run.halves, units, conditions) for run in (a, b))
    return first, second, compare(first, second)


def floors(runs: list[Run]) -> dict[tuple[str, ...], float]:
    """1 - rho between a cell and its reread twin, for each model at a precision."""
    found = {}
    for run in runs:
        if run.reread:
            twin = next((other for other in runs if not other.reread and other.twin_name == run.twin_name), None)
            if twin is not None:
                found[run.reader] = 1.0 - spearman(run.rdm, twin.rdm)
    return found


def _over(run: Halves, units: list[str], conditions: list[str]) -> Halves:
    """The run itself where nothing is left out, so that its splits are computed once for all pairs."""
    if list(run.products.units) == units and list(run.products.conditions) == conditions:
        return run
    return run.restricted(units, conditions)
