"""What is in a store is removed, and nothing outside of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import StoreError
from emogeo.store.removal import refuse_outside, remove
from emogeo.store.store import RUNS, Store

KEY = "a" * 64


def test_a_record_and_a_file_are_gone_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    folder = store.write(RUNS, KEY, {"run.json": b"1"})
    (store.path / "partial").write_bytes(b"1")
    remove(store, folder)
    remove(store, store.path / "partial")
    assert not store.has(RUNS, KEY)
    assert sorted(path.name for path in store.path.iterdir()) == [".lock", ".tmp", "runs"]
    assert list((store.path / ".tmp").iterdir()) == []
    with pytest.raises(FileNotFoundError):
        remove(store, folder)
    assert list((store.path / ".tmp").iterdir()) == []


def test_links_in_a_record_go_and_what_they_lead_to_stays(tmp_path: Path) -> None:
    store, outside = Store(tmp_path / "store"), tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"1")
    folder = store.write(RUNS, KEY, {"run.json": b"1"})
    (folder / "link").symlink_to(outside)
    (folder / "file").symlink_to(outside / "precious")
    remove(store, folder)
    assert not folder.exists()
    assert (outside / "precious").read_bytes() == b"1"


@pytest.mark.parametrize("what", ["record", "kind", "above", "store", "scratch"])
def test_nothing_outside_of_the_store_is_removed(what: str, tmp_path: Path) -> None:
    store, outside = Store(tmp_path / "store"), tmp_path / "outside"
    (outside / KEY).mkdir(parents=True)
    (outside / KEY / "run.json").write_bytes(b"precious")
    store.path.mkdir()
    path = store.folder(RUNS, KEY)
    if what == "record":
        path.parent.mkdir()
        path.symlink_to(outside / KEY)
    elif what == "kind":
        path.parent.symlink_to(outside)
    elif what == "above":
        path = store.path / ".." / "outside" / KEY
    elif what == "store":
        path = store.path
    else:
        path.mkdir(parents=True)
        (store.path / ".tmp").symlink_to(outside)
    with pytest.raises(StoreError, match="never removed"):
        remove(store, path)
    assert (outside / KEY / "run.json").read_bytes() == b"precious"


def test_a_store_that_is_reached_by_a_link_is_a_store(tmp_path: Path) -> None:
    Store(tmp_path / "far").write(RUNS, KEY, {"run.json": b"1"})
    (tmp_path / "near").symlink_to(tmp_path / "far")
    store = Store(tmp_path / "near")
    refuse_outside(store, store.folder(RUNS, KEY))
    remove(store, store.folder(RUNS, KEY))
    assert list(store.keys(RUNS)) == []
