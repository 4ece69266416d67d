"""Runs in rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.keeping.listing import clipped, listing, rows
from emogeo.record.files import RUN_FILE
from emogeo.store.store import RUNS, Store
from emogeo.terminal import cells
from tests.keeping.planted import a_run, uses_of
from tests.planted_records import model_card, write


@pytest.mark.parametrize("width", [40, 80, 120])
def test_rows_fit_into_the_columns(planted: tuple[Store, dict[str, str]], width: int) -> None:
    uses = uses_of(planted[0])
    lines = listing(uses.contents.runs, uses, width)
    assert max(map(cells, lines)) <= width
    assert all(any(line.strip().startswith(key[:8]) for line in lines) for key in planted[1].values())


def test_what_all_share_is_in_the_heading(planted: tuple[Store, dict[str, str]]) -> None:
    uses = uses_of(planted[0])
    text = "\n".join(listing(uses.contents.runs, uses, 80))
    assert text.startswith("6 runs, ")
    assert "computed: 2026-11-25" in text.replace("\n  ", " ")
    assert "refused" in text


def test_json_has_all_of_it(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    found = {row["key"]: row for row in rows(uses_of(store).contents.runs, uses_of(store))}
    assert set(found) == set(keys.values())
    assert found[keys["steered"]]["vectors"] == keys["one"] == found[keys["reread"]]["reread_of"]
    assert found[keys["refused"]]["reason"] == "it overflowed"
    assert found[keys["one"]]["states"] > 0


def test_a_broken_run_stands_last_with_its_reason(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["one"]) / RUN_FILE).write_bytes(b"{")
    lines = listing(uses_of(store).contents.runs, uses_of(store), 80)
    assert "not JSON" in lines[-1]


def test_a_hostile_name_steers_no_terminal(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    record, files = a_run("odd", "9" * 64, {})
    write(store, replace(record, model=model_card("\x1b[2J\n\u202eevil", n_layers=2), title="\x1b]0;x\x07"), files)
    uses = uses_of(store)
    assert all(line.isprintable() for line in listing(uses.contents.runs, uses, 80))


def test_an_empty_choice_is_said(planted: tuple[Store, dict[str, str]]) -> None:
    assert listing([], uses_of(planted[0]), 80) == [f"{planted[0].path} holds no run."]


def test_a_long_name_keeps_its_ends() -> None:
    assert clipped("abcdefghij", 6) == "abc…ij"
    assert clipped("abc", 6) == "abc"
