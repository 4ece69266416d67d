"""The table of `python -m emogeo.analysis power`: what designs with other numbers of units would show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.report.numbers import number
from emogeo.errors import StoreError
from emogeo.geometry.design import Design, expected, signal_of
from emogeo.geometry.inference import Estimate, reliability
from emogeo.geometry.needed import Needed, units_needed
from emogeo.stimuli.conditions import Noun, noun_of
from emogeo.store.store import RUNS, Store

_COLUMNS = ("units", "reliability", "passes", "rho_star ±", "like these ±")


@dataclass(frozen=True)
class Measured:
    """What a run has shown of its texts."""

    name: str
    n_units: int
    n_conditions: int
    noun: Noun
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
        raise StoreError(
            f"--run {key}: {store.path} has {len(keys)} runs whose key begins so; name one, as in "
            "--run 3fa9 --store store."
        )
    runs = read_catalogue(store, keys).finished
    if not runs:
        raise StoreError(
            f"--run {key}: that run has no geometry, since it was refused or is a probe; name one that is finished."
        )
    halves = PreparedRun(runs[0], runs[0].model, 0).halves
    found = reliability(halves)
    return Measured(
        runs[0].model,
        halves.n_units,
        len(halves.products.conditions),
        noun_of(halves.products.conditions),
        found,
        units_needed(halves),
    )


def signal_measured(of: Measured, seed: int) -> float:
    """Gives the signal of planted runs as reliable as a run."""
    return signal_of(of.reliability.value, of.n_units, of.n_conditions, seed)


def power_rows(designs: Iterable[Design], draws: int, seed: int) -> Iterator[str]:
    """Gives the lines of the table: its header, then a design's row as soon as it is computed.

    Raises:
        GeometryError: a design that cannot be.
    """
    yield "  ".join(_COLUMNS)
    for design in designs:
        found = expected(design, draws, seed)
        cells = (
            str(design.n_units),
            *(number(found.reliability), f"{found.passes:.0%}", number(found.reach), number(found.reach_any)),
        )
        yield "  ".join(cell.rjust(len(title)) for cell, title in zip(cells, _COLUMNS, strict=True))
