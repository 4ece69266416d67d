"""Whoever holds a part of a model is waited for before it goes."""

from __future__ import annotations

import pytest

from emogeo.models import loading, session
from emogeo.models.unloading import finished_before_unloading, wait_for_holders


def test_it_is_waited_for_within_the_block_alone() -> None:
    waited: list[int] = []
    with finished_before_unloading(lambda: waited.append(1)):
        wait_for_holders()
    wait_for_holders()
    assert waited == [1]


def test_a_model_goes_after_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {("mine", "main", "mine", "fp32", "cpu", "None"): object()}
    loaded = type(session.LOADED)(held)
    monkeypatch.setattr(session, "LOADED", loaded)
    monkeypatch.setattr(loading, "free_bytes", lambda _: 0.0)
    seen: list[int] = []
    with finished_before_unloading(lambda: seen.append(len(loaded))):
        session._make_room(1.0, "cpu")
    assert (seen, len(loaded)) == ([1], 0)
