"""One process at a time where files can be locked, and nobody waits for ever where they cannot."""

from __future__ import annotations

import errno
import fcntl
import logging
import threading
from pathlib import Path

import pytest

from emogeo.locks import held, held_if_free, lockable


def test_whoever_comes_second_waits_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    order: list[str] = []

    def second() -> None:
        with held(tmp_path / "a.lock", "somebody has it"):
            order.append("second")

    with held(tmp_path / "a.lock", "somebody has it"):
        waiting = threading.Thread(target=second)
        waiting.start()
        while "somebody has it" not in caplog.text:
            pass
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_without_locks_a_file_that_was_left_over_stops_nobody(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = tmp_path / "a.lock"
    lock.write_text("4711\nanother-host\n")
    for _ in range(2):
        with held(lock, "waiting"), held(lock, "waiting"):
            pass
    assert caplog.text.count("the file system has no locks") == 1
    assert lock.read_text() == "4711\nanother-host\n"


def test_a_folder_that_cannot_be_written_is_no_folder_without_locks(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        lockable(tmp_path / "nowhere")


def test_what_another_holds_is_not_waited_for(tmp_path: Path) -> None:
    with held_if_free(tmp_path / "a.lock") as first, held_if_free(tmp_path / "a.lock") as second:
        assert (first, second) == (True, False)
    with held_if_free(tmp_path / "a.lock") as third:
        assert third


def test_without_locks_everything_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emogeo.locks.lockable", lambda _folder: False)
    with held_if_free(tmp_path / "a.lock") as first, held_if_free(tmp_path / "a.lock") as second:
        assert first and second
    assert not list(tmp_path.iterdir())
