"""Runs by folder, key or first digits; what cannot be exported is named with what can."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import StoreError
from emogeo.export.found import finished_run, found_run
from emogeo.store.store import RUNS, Store
from tests import planted_records as planted


def test_a_run_is_found_by_folder_key_and_digits(odd: tuple[Store, str], monkeypatch: pytest.MonkeyPatch) -> None:
    store, key = odd
    nowhere = Store("nowhere")
    for word, where in ((key, store), (key[:6], store), (str(store.folder(RUNS, key)), nowhere)):
        assert found_run(word, where)[1] == key
    found, _ = found_run(f"{store.path}/runs/{key[:5]}", nowhere)
    assert found.path == store.path.resolve()
    monkeypatch.chdir(store.folder(RUNS, key))
    assert found_run(".", nowhere)[1] == key


@pytest.mark.parametrize("word", ["smollm2", "0", "nowhere/else", "", "ff" * 32])
def test_no_such_run_is_said_with_those_that_there_are(odd: tuple[Store, str], word: str) -> None:
    store, key = odd
    if key.startswith(word):
        word = "1" if key.startswith("0") else "0"
    with pytest.raises(StoreError) as error:
        found_run(word if word else "zz", store)
    assert f"{store.path} has 1 runs with vectors:" in str(error.value)
    assert f"{key[:12]} tiny-llama fp32 comprehension" in str(error.value)


def test_no_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store .*none: give its folder, by --store"):
        found_run("3fa9", Store(tmp_path / "none"))


def test_several_runs_that_begin_so_are_listed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for last in "ab":
        store.write(RUNS, "c" * 63 + last, {"run.json": b"{}"})
    with pytest.raises(StoreError, match="2 runs have a key that begins so") as error:
        found_run("cc", store)
    assert "(cannot be read)" in str(error.value)
    with pytest.raises(
        StoreError, match="has 0 runs with vectors; 2 others were refused, are probes, or cannot be read"
    ):
        found_run("d", store)


def test_refused_runs_and_probes_are_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record, _ = planted.geometry()
    refused = planted.write(store, planted.refused(record, "block 3 overflowed"))
    with pytest.raises(StoreError, match="was refused, so that there is nothing to export: block 3 overflowed"):
        finished_run(store, refused)
    for make, mode in ((planted.steering, "steering"), (planted.behaviour, "behaviour")):
        probe = planted.write(store, *make())
        with pytest.raises(StoreError, match=f"is a run of mode={mode}, which has no vectors") as error:
            finished_run(store, probe)
        assert "has 0 runs with vectors; " in str(error.value)
        assert ("it added those of 000000000000" in str(error.value)) is (mode == "steering")
