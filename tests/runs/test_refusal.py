"""A refused run is kept, shown and raised under its title."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.config.runtime import TrackingConfig
from emogeo.errors import NonFiniteError
from emogeo.record.reading import read_record
from emogeo.record.types import AnyRecord
from emogeo.runs import refusal
from emogeo.runs.refusal import refused
from emogeo.store.store import RUNS, Store
from tests.planted_records import behaviour, steering, usual_config

PROBES = [steering()[0], behaviour()[0]]


@pytest.mark.parametrize("record", PROBES, ids=["steering", "behaviour"])
def test_the_record_stays_with_its_reason_before_it_is_mirrored(
    record: AnyRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, mirrored = Store(tmp_path), []

    def mirror(tracking: TrackingConfig, where: Store, key: str) -> bool:
        mirrored.append((tracking, where.has(RUNS, key), key))
        return True

    monkeypatch.setattr(refusal, "track_run", mirror)
    config = usual_config("tracking=offline")
    error = refused(store, config, replace(record, result=None), NonFiniteError("it overflowed"))
    assert isinstance(error, NonFiniteError)
    assert str(error) == f"{record.title}: it overflowed"
    kept = read_record(store, record.key)
    assert (kept.status, kept.reason, kept.result) == ("refused", str(error), None)
    assert mirrored == [(config.tracking, True, record.key)]
