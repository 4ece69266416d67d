"""Records that the first version wrote are read, and written back with nothing changed but what is newer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emogeo.record.files import RUN_FILE
from emogeo.record.json import record_json
from emogeo.record.reading import read_run
from emogeo.store.keys import canonical_json
from emogeo.store.store import RUNS, Store
from tests.unchanged.test_tables import DATA

STORE = Store(DATA / "store")
NEWER: dict[str, Any] = {"masked": None, "config.stimuli.mask": 0}
"""Fields that the first version did not have, with what they are in its records."""


@pytest.mark.parametrize("key", list(STORE.keys(RUNS)))
def test_an_old_record_reads_and_writes_back(key: str) -> None:
    run = read_run(STORE, key)
    assert run.key == key
    written = json.loads(record_json(run.record))
    for field, value in NEWER.items():
        *parts, name = field.split(".")
        inner = written
        for part in parts:
            inner = inner[part]
        assert inner.pop(name, value) == value, field
    assert canonical_json(written) == STORE.read(RUNS, key)[RUN_FILE]


def test_there_are_records_of_all_kinds() -> None:
    runs = [read_run(STORE, key) for key in STORE.keys(RUNS)]
    assert {run.record.mode.value for run in runs} == {"comprehension", "generation", "replay", "steering", "behaviour"}
    assert {run.record.status for run in runs} == {"finished", "refused"}
