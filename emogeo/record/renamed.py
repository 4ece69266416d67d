"""A run whose conditions have other names, so that it can be compared with runs that call them so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from emogeo.errors import ConfigError
from emogeo.geometry.triangle import above
from emogeo.record.files import RDM, VECTORS
from emogeo.record.run import BareRun, Run
from emogeo.store.tensors import pack, unpack

R = TypeVar("R", Run, BareRun)


def renamed(run: R, rename: Mapping[str, str]) -> R:
    """Gives a finished run with other names of conditions, its arrays in the alphabetical order of the new names.

    Args:
        rename: new names by old ones; others stay as they are.

    Raises:
        ConfigError: two conditions of the run would have one name.
    """
    if not set(rename) & set(run.conditions):
        return run
    names = [rename.get(name, name) for name in run.conditions]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"conditions.rename: {run.record.title} would have two conditions {twice!r}.")
    order = sorted(range(len(names)), key=lambda row: names[row])
    result = replace(run.result, conditions=tuple(names[row] for row in order))
    files = {**run.files, **_reordered(run, order)}
    if isinstance(run, BareRun):
        return BareRun(replace(run.record, result=result), files)
    emotions = tuple(rename.get(name, name) for name in run.record.emotions)
    return Run(replace(run.record, result=result, emotions=emotions), files)


def _reordered(run: Run | BareRun, order: Sequence[int]) -> dict[str, bytes]:
    """Gives the files whose arrays have a row for each condition."""
    rdms = unpack(run.files[RDM])
    n = len(order)
    rows, columns = above(n)
    whole = np.zeros((len(rdms["rdm_by_layer"]), n, n))
    whole[:, rows, columns] = whole[:, columns, rows] = rdms["rdm_by_layer"]
    by_layer = whole[:, order][:, :, order][:, rows, columns]
    files = {RDM: pack({"rdm": rdms["rdm"][np.ix_(order, order)], "rdm_by_layer": by_layer})}
    if VECTORS in run.files:
        arrays = unpack(run.files[VECTORS])
        files[VECTORS] = pack({**arrays, "vectors": arrays["vectors"][order]})
    return files
