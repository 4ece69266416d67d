"""Records that the first version wrote are read, and written back with nothing changed but what is newer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from emogeo.record.files import RUN_FILE
from emogeo.record.json import record_json
from emogeo.record.reading import read_run
from emogeo.store.store import RUNS, Store
from tests.unchanged.test_tables import DATA

STORE = Store(DATA / "store")
NEWER: dict[str, Any] = {
    "context": "prompt",
    "drawn": None,
    "init": "trained",
    "init_seed": 0,
    "language": "en",
    "masked": None,
}
"""Fields that the first version did not have, with what they are in its records."""


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Where `new` is not `old`, but for newer fields with the value that says what the first version did."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield path
        return
    for name in old.keys() | new.keys():
        if name not in old and name in NEWER and new[name] == NEWER[name]:
            continue
        if name not in old or name not in new:
            yield f"{path}.{name}"
        else:
            yield from differences(old[name], new[name], f"{path}.{name}")


@pytest.mark.parametrize("key", list(STORE.keys(RUNS)))
def test_an_old_record_reads_and_writes_back(key: str) -> None:
    run = read_run(STORE, key)
    assert run.key == key
    assert list(differences(json.loads(STORE.read(RUNS, key)[RUN_FILE]), json.loads(record_json(run.record)))) == []


def test_there_are_records_of_all_kinds() -> None:
    runs = [read_run(STORE, key) for key in STORE.keys(RUNS)]
    assert {run.record.mode.value for run in runs} == {"comprehension", "generation", "replay", "steering", "behaviour"}
    assert {run.record.status for run in runs} == {"finished", "refused"}
