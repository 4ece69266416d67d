"""Finished batches come back as they were, once their checksum agrees; others are left aside, and that is said."""

from __future__ import annotations

import errno
import logging
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.store import kept as module
from emogeo.store.kept import Kept, drop_old
from emogeo.store.store import RUNS, Store

FIRST, SECOND = "a1" * 32, "b2" * 32
ARRAYS: dict[str, np.ndarray[Any, Any]] = {
    "states": np.arange(12, dtype=np.float32).reshape(2, 3, 2),
    "counts": np.array([[1, 0], [2, 3]], np.int64),
    "seconds": np.array([0.25]),
    "rows": np.frombuffer(b"{}", np.uint8),
    "none": np.empty((0, 4), np.float32),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "partial" / "key"


def left(folder: Path, *names: str, made: str = "here") -> list[Path]:
    """Keeps a batch in a file of its own under each name; gives the files."""
    for name in names:
        kept = Kept(folder, made)
        kept.keep(name, ARRAYS)
        kept.save()
    return sorted(folder.iterdir())


def test_what_is_kept_comes_back_as_it_was(folder: Path) -> None:
    left(folder, FIRST, SECOND)
    kept = Kept(folder, "here")
    for name in (FIRST, SECOND):
        found = kept.found(name)
        assert name in kept
        assert found is not None
        assert set(found) == set(ARRAYS)
        for own, array in ARRAYS.items():
            assert (found[own].dtype, found[own].shape) == (array.dtype, array.shape)
            np.testing.assert_array_equal(found[own], array)
    assert "c3" * 32 not in kept
    assert kept.found("c3" * 32) is None


def test_files_are_seconds_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    kept = Kept(folder, "here")
    for number in range(10):
        now[0] += 0.6
        kept.keep(f"{number:064x}", ARRAYS)
    assert len(list(folder.iterdir())) == 2, "one after 2.4 s, one after 4.8 s"
    kept.save()
    kept.save()
    assert len(list(folder.iterdir())) == 3
    assert all(f"{number:064x}" in Kept(folder, "here") for number in range(10))


def test_saving_takes_a_small_share_of_the_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, write = [0.0], Kept._write

    def slow(kept: Kept, content: bytes) -> None:
        now[0] += 0.5
        write(kept, content)

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Kept, "_write", slow)
    kept = Kept(folder, "here")
    for number in range(100):
        now[0] += 2.1
        kept.keep(f"{number:064x}", ARRAYS)
    assert 0.5 * len(list(folder.iterdir())) <= 0.03 * now[0] + 0.5
    kept.save()
    assert len(list(folder.iterdir())) == 13, "every 0.5 / 0.03 s, and none of those that were let go waits"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_damaged_file_is_said_and_dropped_and_others_stay(
    folder: Path, share: float, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, whole = left(folder, FIRST, SECOND)
    content = bytearray(damaged.read_bytes())
    content[int(share * len(content))] ^= 1
    damaged.write_bytes(content)
    kept = Kept(folder, "here")
    assert (FIRST in kept) + (SECOND in kept) == 1
    assert f"{damaged} is damaged (checksum)" in caplog.text
    assert list(folder.iterdir()) == [whole]


def test_a_file_that_is_cut_off_is_dropped(folder: Path) -> None:
    (own,) = left(folder, FIRST)
    own.write_bytes(own.read_bytes()[:-1])
    (folder / ".part-abc").write_bytes(b"half of a file, of a process that was killed")
    assert FIRST not in Kept(folder, "here")
    assert not list(folder.iterdir())


def test_batches_of_another_machine_are_left_aside(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = left(folder, FIRST, made="there")
    kept = Kept(folder, "here")
    assert FIRST not in kept
    assert "1 files of finished batches are of another user, device or set of libraries" in caplog.text
    assert sorted(folder.iterdir()) == files, "they may be gone on with there"
    assert FIRST in Kept(folder, "there")


def test_files_that_another_process_has_dropped_count_as_none(folder: Path) -> None:
    (own,) = left(folder, FIRST)
    assert oct(own.stat().st_mode)[-3:] == oct(0o666 & ~umask())[-3:], "others who share a store may read it"
    kept = Kept(folder, "here")
    own.unlink()
    assert kept.found(FIRST) is None


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_batches_that_find_no_room_cost_nothing(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept(folder, "here")
    kept.reserve(2**62)
    for name in (FIRST, SECOND):
        kept.keep(name, ARRAYS)
        kept.save()
    assert not list(folder.iterdir())
    assert caplog.text.count("are not kept from here on") == 1
    assert os.strerror(errno.ENOSPC) in caplog.text


def test_a_file_that_cannot_be_put_in_its_place_is_not_left_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(own: Path, _to: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(own))

    monkeypatch.setattr(Path, "replace", refused)
    kept = Kept(folder, "here")
    kept.keep(FIRST, ARRAYS)
    kept.save()
    assert not list(folder.iterdir())
    assert "are not kept from here on" in caplog.text


def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "partial").write_text("a file")
    kept = Kept(tmp_path / "partial" / "key", "here")
    kept.keep(FIRST, ARRAYS)
    kept.save()
    assert "are not kept from here on" in caplog.text


def test_a_record_that_is_written_drops_what_was_kept_of_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for key in (FIRST, SECOND):
        kept = store.kept(key, "here")
        kept.keep("0" * 64, ARRAYS)
        kept.save()
    store.write(RUNS, FIRST, {"a.txt": b"a"})
    assert [own.name for own in (tmp_path / "partial").iterdir()] == [SECOND]
    store.drop_kept(SECOND)
    store.drop_kept(SECOND)
    assert not list((tmp_path / "partial").iterdir())


def test_what_nobody_goes_on_with_is_dropped_after_a_week(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    old, new, texts = tmp_path / "partial" / "old", tmp_path / "partial" / "new", tmp_path / "partial" / "texts.jsonl"
    left(old, FIRST)
    left(new, FIRST)
    texts.write_text("{}\n")
    for own in (old, texts):
        os.utime(own, (0, time.time() - module._LEFT_SECONDS - 1))
    Store(tmp_path).check_writable()
    assert sorted((tmp_path / "partial").iterdir()) == [new, texts], "texts are small, and cost hours"
    assert f"{old}: finished batches" in caplog.text
    drop_old(tmp_path / "nothing")
