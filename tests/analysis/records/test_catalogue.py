"""What a store's records are taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.errors import StoreError
from emogeo.stimuli.behaviour import RULES
from emogeo.store.keys import SCHEMA, canonical_json, key_of
from emogeo.store.store import RUNS, Store


def planted(store: Store, mode: str, schema: int = SCHEMA, rules: int = RULES) -> str:
    meaning = {"planted": mode, "version": schema, "rules": rules}
    key = key_of(meaning)
    run = {"schema": schema, "key": key, "status": "finished", "mode": mode, "precision": "fp32", "meaning": meaning}
    store.write(RUNS, key, {"run.json": canonical_json({**run, "model": {"name": "planted"}})})
    return key


def test_steering_and_behaviour_are_no_geometry(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = {planted(store, mode) for mode in ("steering", "behaviour")}
    catalogue = read_catalogue(store)
    assert {run.key for run in catalogue.probes} == keys
    assert catalogue.runs == catalogue.finished == []


@pytest.mark.parametrize("earlier", [{"schema": SCHEMA - 1}, {"rules": RULES - 1}])
def test_a_probe_of_an_earlier_version_is_left_out(tmp_path: Path, earlier: dict[str, int]) -> None:
    planted(Store(tmp_path), "behaviour", **earlier)
    with pytest.raises(StoreError, match="earlier version"):
        read_catalogue(Store(tmp_path))
