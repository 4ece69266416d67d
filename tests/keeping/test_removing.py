"""What is to be removed is said, asked about, and left where another process is at it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from emogeo.errors import ConfigError
from emogeo.keeping.costs import Cost
from emogeo.keeping.removing import Doomed, Removal, carry_out, confirmed
from emogeo.store.store import ACTIVATIONS, RUNS, Store
from emogeo.terminal import cells
from tests.keeping.planted import OWN


def doomed(store: Store, **changes: object) -> Doomed:
    paths, locks = (store.folder(ACTIVATIONS, OWN),), ((ACTIVATIONS, OWN),)
    return Doomed(**{"kind": "states", "name": "x", "size": 5, "paths": paths, "locks": locks, **changes})  # type: ignore[arg-type]


def test_it_says_what_goes_and_what_it_takes_to_have_it_again(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    own = doomed(store, name="\x1b[2J" + "long " * 40, cost=Cost(passes=1, tokens=10, seconds=3.0))
    lines = Removal((own,) * 50, ("A note.",)).lines(80)
    assert max(map(cells, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert all("long" in line for line in lines[:50]), "all of it is listed"
    assert "Removing 50 passes frees 250 B" in " ".join(lines)
    assert "50 passes of 500 tokens" in " ".join(lines).replace("  ", " ")


def test_without_a_terminal_nothing_is_removed_unless_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(ConfigError, match="Nothing was removed.* Type --yes"):
        confirmed(Removal(()), yes=False)
    assert confirmed(Removal(()), yes=True)


@pytest.mark.parametrize(
    ("answer", "goes"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False), ("yo\n", False)]
)
def test_only_a_yes_is_one(answer: str, goes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert confirmed(Removal(()), yes=False) is goes


def test_what_another_process_is_at_is_left(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    with store.lock(ACTIVATIONS, OWN):
        freed, left = carry_out(store, [doomed(store)])
    assert (freed, store.has(ACTIVATIONS, OWN)) == (0, True)
    assert left == ["states x: left, because another process is at it"]
    assert carry_out(store, [doomed(store)]) == (5, [])
    assert not store.has(ACTIVATIONS, OWN)
    assert carry_out(store, [doomed(store)]) == (5, [])  # gone already


def test_what_is_needed_since_is_left(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    freed, left = carry_out(store, [doomed(store, needed=lambda: True)])
    assert (freed, store.has(ACTIVATIONS, OWN)) == (0, True)
    assert "because a run has used it since" in left[0]


def test_one_that_may_not_be_removed_does_not_stop_the_others(
    planted: tuple[Store, dict[str, str]], tmp_path: Path
) -> None:
    store, _ = planted
    (store.path / "link").symlink_to(tmp_path)
    freed, left = carry_out(store, [doomed(store, paths=(store.path / "link",)), doomed(store)])
    assert freed == 5
    assert "is a link to" in left[0]
    assert (store.path / "link").is_symlink()


def test_the_states_of_a_run_that_is_left_are_left_too(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    run = doomed(store, kind="run", paths=(store.folder(RUNS, keys["one"]),), locks=((RUNS, keys["one"]),))
    states = doomed(store, users=frozenset({keys["one"]}))
    with store.lock(RUNS, keys["one"]):
        freed, left = carry_out(store, [run, states])
    assert (freed, store.has(RUNS, keys["one"]), store.has(ACTIVATIONS, OWN)) == (0, True, True)
    assert left[1] == "states x: left, because a run that uses it was left"
    assert carry_out(store, [run, states]) == (10, [])
