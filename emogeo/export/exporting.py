"""Writes a run in the files of other tools."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from emogeo.errors import ConfigError, StoreError
from emogeo.export.control_vectors import control_vectors_of
from emogeo.export.formats import Format, format_of
from emogeo.export.found import finished_run, found_run
from emogeo.export.made import Made, write
from emogeo.export.metadata import Measured
from emogeo.export.names import safe_name
from emogeo.export.npz import npz_of
from emogeo.export.rdms import rdms_of
from emogeo.export.states import states_of
from emogeo.export.steering_vectors import steering_vectors_of
from emogeo.export.table import table_of
from emogeo.export.tensors import tensors_of
from emogeo.export.vectors import Vectors, vectors_of
from emogeo.record.run import BareRun, Run
from emogeo.store.store import Store

log = logging.getLogger(__name__)
_OF_VECTORS: dict[Format, Callable[[Vectors, str], Made]] = {
    Format.npz: npz_of,
    Format.safetensors: tensors_of,
    Format.gguf: control_vectors_of,
    Format.steering_vectors: steering_vectors_of,
    Format.csv: table_of,
}


def export_run(
    run: Run | BareRun | str | Path,
    to: str,
    output: str | Path = "exports",
    *,
    blocks: str | int | list[int] | None = None,
    unit: bool = False,
    store: str | Path = "store",
    overwrite: bool = False,
) -> list[Path]:
    """Writes a run's vectors, states or RDMs in the files of other tools, and gives their paths.

    Args:
        run: a run, its folder STORE/runs/KEY, its key, or how that begins.
        to: npz, safetensors, gguf, steering-vectors, csv, states or rdms.
        blocks: `all`, `selected`, or blocks counted from 0; None for the selected one, and for all of states and RDMs.
        unit: scales each vector to length 1; otherwise vectors are in units of the residual stream.
        store: the store of keys, and of the states of a run.
        overwrite: replaces files that are there already.

    Example:
        >>> emogeo.export_run(run, "npz", "exports")[0].suffix
        '.npz'

    Raises:
        StoreError: no such run, one without vectors, or files that are there already.
        ConfigError: a format or a block that there is not.
    """
    own = Store(store)
    if isinstance(run, str | Path):
        own, key = found_run(str(run), own)
        run = finished_run(own, key)
    made = make(run, own, format_of(to), _in_words(blocks), unit)
    for note in made.notes:
        log.warning("%s", note)
    return write(made, Path(output).expanduser(), overwrite)


def make(run: Measured, store: Store, to: Format, blocks: str | None, unit: bool) -> Made:
    """Makes the files of a run in one format; writes nothing.

    Raises:
        StoreError: a run that was refused, or without vectors or states.
        ConfigError: a block that the run has not, or unit length of what is no vector.
    """
    if not isinstance(run, Run | BareRun):
        raise StoreError(f"{run!r} has no vectors: a run is exported that has measured a geometry.")
    if not run.finished:
        raise StoreError(f"{run.key[:12]} was refused, so that there is nothing to export: {run.record.reason}")
    if unit and not to.of_vectors:
        raise ConfigError(f"--unit is of vectors: leave it out with --to {to}.")
    asked, stem = to.usual_blocks if blocks is None else blocks, f"{safe_name(run.model)}_{run.key[:12]}"
    if to is Format.states:
        if isinstance(run, BareRun):
            raise StoreError(f"{run.key[:12]} ({run.record.title}) has no states of texts.")
        return states_of(run, store, asked, stem)
    if to is Format.rdms:
        return rdms_of(run, asked, stem)
    return _OF_VECTORS[to](vectors_of(run, asked, unit), stem)


def _in_words(blocks: str | int | list[int] | None) -> str | None:
    if isinstance(blocks, list | tuple):
        return ",".join(str(block) for block in blocks)
    return None if blocks is None else str(blocks)
