"""The table of `python -m emogeo.analysis power`: what designs with other numbers of units would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.report.numbers import number
from emogeo.errors import ConfigError, StoreError
from emogeo.geometry.design import Design, expected, signal_of
from emogeo.geometry.inference import Estimate, reliability
from emogeo.geometry.needed import Needed, units_needed
from emogeo.store.store import RUNS, Store


@dataclass(frozen=True)
class Measured:
    """What a run has shown of its texts."""

    name: str
    n_units: int
    n_conditions: int
    reliability: Estimate
    needed: Needed

    def __str__(self) -> str:
        return f"{self.name}: reliability {self.reliability} over {self.n_units} units; {self.needed}"


def measured(store: Store, key: str) -> Measured:
    """Reads a run of a store and its reliability.

    Args:
        key: the run's key, or how it begins.

    Raises:
        StoreError: no such run, several, or one that was refused.
    """
    keys = [own for own in store.keys(RUNS) if own.startswith(key)]
    if len(keys) != 1:
        raise StoreError(f"{store.path} has {len(keys)} runs whose key begins with {key}; name one.")
    runs = read_catalogue(store, keys).finished
    if not runs:
        raise StoreError(f"The run {keys[0]} has no geometry: it was refused, or it is a probe.")
    halves = PreparedRun(runs[0], runs[0].model, 0).halves
    found = reliability(halves)
    return Measured(runs[0].model, halves.n_units, len(halves.products.conditions), found, units_needed(halves))


def signal_measured(of: Measured, seed: int) -> float:
    """Gives the signal of planted runs as reliable as a run."""
    return signal_of(of.reliability.value, of.n_units, of.n_conditions, seed)


def power_table(
    units: Sequence[int], signal: float, n_conditions: int, star: float, draws: int, seed: int
) -> pd.DataFrame:
    """Makes one row per number of units.

    Raises:
        ConfigError: no data set to draw.
        GeometryError: a design that cannot be.
    """
    if draws < 1:
        raise ConfigError(f"draws={draws}: at least 1.")
    rows = []
    for n_units in units:
        found = expected(Design(n_units, n_conditions, signal, star), draws, seed)
        rows.append(
            {
                "units": n_units,
                "reliability": number(found.reliability),
                "passes": f"{found.passes:.0%}",
                "rho_star ±": number(found.reach),
                "like these ±": number(found.reach_any),
            }
        )
    return pd.DataFrame(rows)
