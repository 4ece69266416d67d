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
    **{"masked": None, "mask": 0},  # of a run's passages, and of its configuration
    **{
        "init": "trained",
        "init_seed": 0,
        "adapter": None,
        "drawn": None,
        "quantized": None,
    },  # of weights, and of a pass
    **{"language": "en", "voice": "passages", "context": "prompt"},
    "fields": {"emotion": "emotion", "topic": "topic", "text": "text", "family": None, "columns": None},
    **{"conditions": None, "rename": {}, "neutral": "neutral", "unlabelled": None, "words": {}},
    **{"incomplete": "refuse", "mend": []},
    **{"thinking": None, "thoughts": 0, "thought_tokens": 0, "endless_thoughts": 0},
    **{"attention": None, "read_alone": False, "passed_by": [], "stream": None},  # of a pass
    **{"left_out": [], "beyond_training": 0},
    "imported": {"path": None, "layers": None, "labels": None, "fields": {}, "n_layers": None, "where": None},
    "readout": {"directions": "relabelled", "draws": 1000, "tokens": 200},
    "adapter_of": None,
    "lens": None,
    "dry": False,
    "made_with": None,  # of a pass, and of written texts
}
"""Fields that the first version did not have, with what they are in its records."""
OF_RECORDS = {"imported": None}
"""Those of a record that a configuration has as well."""


@pytest.mark.parametrize("key", list(STORE.keys(RUNS)))
def test_an_old_record_reads_and_writes_back(key: str) -> None:
    run = read_run(STORE, key)
    assert run.key == key
    recorded = json.loads(STORE.read(RUNS, key)[RUN_FILE])
    written = json.loads(record_json(run.record))
    for name, value in added(recorded, written):
        assert (name, value) in [*NEWER.items(), ("imported", None)]  # of a configuration, and of a record
    assert written == recorded


def added(recorded: Any, written: Any) -> Iterator[tuple[str, Any]]:
    """Takes out of what is written the fields that are not recorded."""
    if not (isinstance(recorded, dict) and isinstance(written, dict)):
        return
    for name in set(written) - set(recorded):
        yield name, written.pop(name)
    for name in set(written) & set(recorded):
        yield from added(recorded[name], written[name])


def test_there_are_records_of_all_kinds() -> None:
    runs = [read_run(STORE, key) for key in STORE.keys(RUNS)]
    assert {run.record.mode.value for run in runs} == {"comprehension", "generation", "replay", "steering", "behaviour"}
    assert {run.record.status for run in runs} == {"finished", "refused"}
