"""The pass of a run among those of its store."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from emogeo.export.passes import states_of_pass
from emogeo.record.run import Run
from emogeo.store.store import ACTIVATIONS, Store
from tests.planted_records import altered


def test_it_is_found_by_its_key(odd: tuple[Store, str], run: Run) -> None:
    found = states_of_pass(run, odd[0])
    assert found is not None
    assert found.shape == (21, 4, 32)
    np.testing.assert_array_equal(found[:, 1], run.passages)


def test_it_is_found_by_how_it_was_computed_where_the_key_says_nothing(odd: tuple[Store, str], run: Run) -> None:
    found = states_of_pass(altered(run, meaning={"planted": 1}), odd[0])
    assert found is not None
    np.testing.assert_array_equal(found[:, 1], run.passages)


def test_nothing_is_found_where_there_is_none_or_it_is_broken(odd: tuple[Store, str], run: Run, tmp_path: Path) -> None:
    assert states_of_pass(run, Store(tmp_path)) is None
    shutil.copytree(odd[0].path, tmp_path / "store")
    store, key = Store(tmp_path / "store"), run.record.meaning["passages"]
    (store.folder(ACTIVATIONS, key) / "activations.safetensors").write_bytes(b"broken")
    assert states_of_pass(run, store) is None
    for own in store.keys(ACTIVATIONS):
        (store.folder(ACTIVATIONS, own) / "reading.json").write_bytes(b"[")
    assert states_of_pass(altered(run, meaning={}), store) is None
    readings = replace(run.record.provenance, readings={})
    assert states_of_pass(altered(run, meaning={}, provenance=readings), odd[0]) is None
