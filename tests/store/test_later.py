"""Files that stay on the disk are read when they are asked for, and checked each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import StoreError
from emogeo.store.later import FilesOnDisk
from emogeo.store.store import RUNS, Store

KEY = "a" * 64
FILES = {"small": b"held", "large": b"on the disk"}


def test_a_file_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(RUNS, KEY, FILES)
    files = FilesOnDisk(store, RUNS, KEY, FILES, {"small": b"held"})
    assert dict(files) == FILES and len(files) == 2 and files.get("absent") is None
    with pytest.raises(KeyError):
        files["absent"]


def test_a_file_that_was_altered_is_refused_and_what_is_held_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = store.write(RUNS, KEY, FILES)
    files = FilesOnDisk(store, RUNS, KEY, FILES, {"small": b"held"})
    (folder / "large").write_bytes(b"ON THE DISK")
    assert files["small"] == b"held"
    with pytest.raises(StoreError, match="large is not what was written"):
        files["large"]


def test_a_record_that_was_written_anew_is_no_longer_the_one_that_was_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(RUNS, KEY, FILES)
    files = FilesOnDisk(store, RUNS, KEY, FILES, {"small": b"held"})
    store.write(RUNS, KEY, {**FILES, "large": b"another"})
    with pytest.raises(StoreError, match="written anew while it was analysed"):
        files["large"]
