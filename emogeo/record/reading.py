"""Runs read from a store, each once all of its parts fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from emogeo.errors import RecordError, StoreError
from emogeo.record.decoded import decoded
from emogeo.record.files import ITEMS, RDM, READ_TEXTS, READ_TOKENS, RUN_FILE, SHIFTS, TEXTS, VECTORS
from emogeo.record.fit import (
    check_crossed,
    check_labels,
    check_record,
    check_result,
    require,
    require_labels,
)
from emogeo.record.fit_arrays import check_arrays
from emogeo.record.fit_bare import check_bare
from emogeo.record.fit_probes import check_behaviour, check_item, check_steering
from emogeo.record.fit_readout import check_readout
from emogeo.record.json import parse_record, row_of
from emogeo.record.rows import type_of
from emogeo.record.run import AnyRun, BareRun, ReadoutRun, Run, SteeringRun, run_of
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.store.keys import Json
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import unpack

V = TypeVar("V")


def read_run(store: Store, key: str) -> AnyRun:
    """Reads a run, whose record, arrays and texts must fit together.

    Raises:
        StoreError: a record that is missing, or broken.
        RecordError: a field or an array that is not what a record holds; names the file and the field.
    """
    folder, files = str(store.folder(RUNS, key)), store.read(RUNS, key)
    run = run_of(record_in(files, folder, key), files)
    check_record(run.record, folder)
    if not run.finished:
        return run
    if isinstance(run, Run):
        _check_geometry(run, folder)
    elif isinstance(run, BareRun):
        vectors = _arrays(files, VECTORS, folder) if VECTORS in files else None
        check_bare(run, vectors, _arrays(files, RDM, folder), folder)
    elif isinstance(run, SteeringRun):
        _rows_of_probe(files, TEXTS, folder)
        check_steering(run, _rows_of_probe(files, SHIFTS, folder), folder)
    elif isinstance(run, ReadoutRun):
        texts, tokens = (_rows_of_probe(files, name, folder) for name in (READ_TEXTS, READ_TOKENS))
        check_readout(run, texts, tokens, folder)
    else:
        check_behaviour(run, _items(files, folder), folder)
    return run


def read_record(store: Store, key: str) -> AnyRecord:
    """Reads the record of a run alone.

    Raises:
        StoreError: see `read_run`.
    """
    return record_in(store.read(RUNS, key), str(store.folder(RUNS, key)), key)


def record_in(files: Mapping[str, bytes], folder: str, key: str) -> AnyRecord:
    """Reads the record among the files of a run, which must have this key.

    Raises:
        RecordError: no record, or one of another key, or a field that is not what a record holds.
    """
    if RUN_FILE not in files:
        raise RecordError(f"{folder} has no {RUN_FILE}")
    record = parse_record(files[RUN_FILE], folder)
    file = f"{folder}/{RUN_FILE}"
    require(record.key == key, f"{file}: key: The folder is that of another run (found {record.key[:12]}…)")
    if isinstance(record, GeometryRecord):
        require_labels(record.emotions, f"{file}: emotions")
    return record


def _check_geometry(run: Run, folder: str) -> None:
    check_labels(run.record, folder)
    _check_texts(run, folder)
    check_result(run, folder)
    check_crossed(run, folder)
    check_arrays(run, _arrays(run.files, VECTORS, folder), _arrays(run.files, RDM, folder), folder)


def _check_texts(run: Run, folder: str) -> None:
    """Refuses texts whose conditions are not those of the record."""
    same = _from(run.files, TEXTS, folder, _emotions_of) == run.record.emotions
    require(same, f"{folder}/{TEXTS}: emotion: not the emotions of {RUN_FILE}, in their order")


@lru_cache(maxsize=8)
def _emotions_of(texts: bytes) -> tuple[str, ...]:
    """Gives the condition of each text; kept, because many runs read the same texts.

    Raises:
        RecordError: a line that is not a text with its condition and topic.
    """
    rows = _rows(texts)
    for number, row in enumerate(rows, start=1):
        whole = set(row) == {"emotion", "topic", "text"} and all(isinstance(value, str) for value in row.values())
        require(whole, f"line {number}: emotion, topic and text are needed, and nothing else")
    return tuple(row["emotion"] for row in rows)


def _rows_of_probe(files: Mapping[str, bytes], name: str, folder: str) -> list[Json]:
    """Reads texts, shifts or items, which have the fields that tables are made of."""
    rows = _from(files, name, folder, _rows)
    for number, row in enumerate(rows, start=1):
        row_of(type_of(name, row), row, f"{folder}/{name}: line {number}")
    return rows


def _items(files: Mapping[str, bytes], folder: str) -> list[Json]:
    rows = _rows_of_probe(files, ITEMS, folder)
    for number, row in enumerate(rows, start=1):
        check_item(row, f"{folder}/{ITEMS}: line {number}")
    return rows


def _rows(content: bytes) -> list[Json]:
    rows = []
    for number, line in enumerate(content.splitlines(), start=1):
        rows.append(decoded(line, f"line {number}"))
        require(isinstance(rows[-1], dict), f"line {number}: not a JSON object")
    return rows


def _arrays(files: Mapping[str, bytes], name: str, folder: str) -> dict[str, np.ndarray[Any, Any]]:
    return _from(files, name, folder, unpack)


def _from(files: Mapping[str, bytes], name: str, folder: str, read: Callable[[bytes], V]) -> V:
    """Reads a file of a run, which an error names."""
    require(name in files, f"{folder} has no {name}")
    try:
        return read(files[name])
    except StoreError as error:
        raise RecordError(f"{folder}/{name}: {error}") from error
