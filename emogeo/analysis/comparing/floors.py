"""Numerical floors: the distance of a reread from the run that it repeats."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.geometry.rdm import standard_ranks, upper
from emogeo.record.run import Run


def floors(runs: Sequence[Run]) -> dict[tuple[str, ...], float]:
    """Gives the largest 1 - rho between a run and its reread, for each model at a precision.

    Both are taken at the block that the run has selected, whatever the reread would select.
    """
    by_key = {run.key: run for run in runs}
    found: dict[tuple[str, ...], float] = {}
    for run in runs:
        usual = by_key.get(run.reread_of or "")
        again = None if usual is None else run.rdm_at(usual.layer)
        if usual is not None and again is not None:
            floor = 1.0 - float(standard_ranks(upper(usual.rdm)) @ standard_ranks(again))
            found[run.weights_at_precision] = max(floor, found.get(run.weights_at_precision, floor))
    return found
