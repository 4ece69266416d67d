"""Records of which a part is another, and what an analysis says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.record.files import RUN_FILE
from emogeo.record.json import record_json
from emogeo.record.types import AnyRecord
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import pack, unpack
from tests.planted_records import Files, geometry, named, write

Change = Callable[[Files], Files]


def left_out(folder: Path, record: AnyRecord, files: Mapping[str, bytes], run_json: bytes | None = None) -> str:
    """What is said of the record, after its folder, by an analysis that takes in the whole one beside it.

    Args:
        run_json: what stands in run.json, if not the record.
    """
    store, beside = Store(folder), geometry(**named("a whole one"))
    write(store, *beside)
    store.write(RUNS, record.key, {**files, RUN_FILE: run_json or record_json(record)})
    catalogue = read_catalogue(store)
    assert [run.key for run in (*catalogue.runs, *catalogue.probes)] == [beside[0].key]
    (said,) = catalogue.left_out
    assert said.startswith(f"{store.folder(RUNS, record.key)}")
    return said.removeprefix(f"{store.folder(RUNS, record.key)}/")


def arrays(name: str, change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(files: Files) -> Files:
        own = {key: value.copy() for key, value in unpack(files[name]).items()}
        change(own)
        return {**files, name: pack(own)}

    return changed


def lines(name: str, change: Callable[[list[Any]], object]) -> Change:
    def changed(files: Files) -> Files:
        rows = [json.loads(line) for line in files[name].splitlines()]
        change(rows)
        return {**files, name: "\n".join(map(json.dumps, rows)).encode()}

    return changed


def without(name: str) -> Change:
    return lambda files: {own: content for own, content in files.items() if own != name}


def whole(name: str, content: bytes) -> Change:
    return lambda files: {**files, name: content}


def rewritten(record: AnyRecord, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The record's run.json with a change that types would not allow."""
    found = json.loads(record_json(record))
    change(found)
    return json.dumps(found).encode()
