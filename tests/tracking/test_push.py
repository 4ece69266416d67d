"""Every record is pushed where it says; one that fails does not stop the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import StoreError, TrackingError
from emogeo.store.store import Store
from emogeo.tracking import push
from emogeo.tracking.origin import note_pulled
from emogeo.tracking.push import deliver
from tests.planted_records import behaviour, usual_config, write

Pushed = list[tuple[str, TrackingConfig]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three records that were tracked in a project of their own."""
    store, (record, files) = Store(tmp_path), behaviour()
    config = usual_config("tracking.project=mine", "tracking.entity=me", "tracking.group=g", "tracking.tags=[a,b]")
    for digit in "abc":
        write(store, replace(record, key=digit * 64, config=config), files)
    return store


def pushing(monkeypatch: pytest.MonkeyPatch, **outcomes: str | Exception) -> Pushed:
    """The first letter of a record's key decides what becomes of it."""
    pushed: Pushed = []

    def push_record(tracking: TrackingConfig, _store: Store, key: str) -> str:
        pushed.append((key[0], tracking))
        outcome = outcomes.get(key[0], "delivered")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(push, "sign_in", lambda: None)
    monkeypatch.setattr(push, "push_record", push_record)
    return pushed


def test_records_go_where_they_say_and_online_whatever_they_were(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed = pushing(monkeypatch, b="there before")
    assert deliver(store, None, None) == 0
    assert capsys.readouterr().out == "2 delivered, 1 there before\n"
    own = TrackingConfig(TrackingMode.online, "mine", "me", "g", ["a", "b"])
    assert pushed == [(digit, own) for digit in "abc"]


def test_another_project_may_be_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed = pushing(monkeypatch)
    deliver(store, "you", "yours")
    assert {(tracking.entity, tracking.project, tracking.group) for _, tracking in pushed} == {("you", "yours", "g")}


def test_a_record_that_was_pulled_goes_nowhere_by_itself(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    note_pulled(store, "b" * 64, "them/theirs")
    pushed = pushing(monkeypatch)
    assert deliver(store, None, None) == 1
    assert deliver(store, "you", None) == 1
    assert {digit for digit, _ in pushed} == {"a", "c"}
    assert "it was pulled from them/theirs, and goes nowhere by itself: type --project NAME" in caplog.text
    pushed.clear()
    assert deliver(store, None, "yours") == 0
    assert dict(pushed)["b"] == TrackingConfig(TrackingMode.online, "yours", None)


def test_one_that_fails_is_named_and_the_others_go_on(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    pushed = pushing(monkeypatch, a=ValueError("two\nlines"), b="failed")
    assert deliver(store, None, None) == 1
    assert capsys.readouterr().out == "1 delivered, 2 failed\n"
    assert "aaaaaaaaaaaa is not delivered: ValueError: two lines" in caplog.text
    assert [digit for digit, _ in pushed] == ["a", "b", "c"]


def test_a_broken_record_fails_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (store.folder("runs", "b" * 64) / "run.json").write_text("{}")
    pushed = pushing(monkeypatch)
    assert deliver(store, None, None) == 1
    assert [digit for digit, _ in pushed] == ["a", "c"]


def test_without_a_server_nothing_more_is_tried(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed = pushing(monkeypatch, a=TrackingError("no server"))
    with pytest.raises(TrackingError, match="no server"):
        deliver(store, None, None)
    assert [digit for digit, _ in pushed] == ["a"]


def test_an_empty_store_is_said_before_anyone_is_asked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"^{tmp_path / 'none'} holds no record: type the folder"):
        deliver(Store(tmp_path / "none"), None, None)
