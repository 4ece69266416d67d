"""Two folders exchanged at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from emogeo.store import exchange
from emogeo.store.exchange import exchanged
from emogeo.store.store import RUNS, Store


def test_each_takes_the_place_of_the_other(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchanged(tmp_path / "a", tmp_path / "b")
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["b"]
    assert [file.name for file in (tmp_path / "b").iterdir()] == ["a"]


def test_where_one_is_missing_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert not exchanged(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("error", [OSError, AttributeError, TypeError])
def test_a_system_without_the_call_says_so_and_changes_nothing(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object, **__: object) -> None:
        raise error

    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    monkeypatch.setattr(exchange, "_renameat2", cache(exchange._renameat2.__wrapped__))
    monkeypatch.setattr("ctypes.CDLL", absent)
    assert not exchanged(tmp_path / "a", tmp_path / "b")
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.glob("*/*")) == ["a/a", "b/b"]


@pytest.mark.parametrize("call", [None, lambda *_: -1])
def test_where_the_system_cannot_a_record_is_replaced_all_the_same(
    call: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_renameat2", lambda: call)
    store, key = Store(tmp_path), "a" * 64
    store.write(RUNS, key, {"run.json": b"1"})
    store.write(RUNS, key, {"run.json": b"2"})
    assert store.read(RUNS, key) == {"run.json": b"2"}
    assert list((tmp_path / ".tmp").iterdir()) == []
