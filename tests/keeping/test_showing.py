"""One run in full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.errors import StoreError
from emogeo.keeping.chosen import of_key
from emogeo.keeping.showing import shown
from emogeo.record.files import RUN_FILE
from emogeo.store.removal import remove
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from tests.keeping.planted import LAST, OWN, SPARE, TEXTS, a_run, uses_of
from tests.planted_records import model_card, write


def lines_of(planted: tuple[Store, dict[str, str]], name: str) -> str:
    uses = uses_of(planted[0])
    return "\n".join(shown(of_key(uses.contents, planted[1][name][:10]), uses, 80))


def test_a_run_with_its_files_passes_and_words(planted: tuple[Store, dict[str, str]]) -> None:
    _, keys = planted
    text = lines_of(planted, "one")
    assert keys["one"] in text
    assert "vectors.safetensors" in text
    assert f"{OWN[:12]}, {SPARE[:12]}" in text
    assert "used by no other run" in text
    assert "store.path=" in text
    assert f"Built on it: {min(keys['steered'], keys['reread'])[:8]}" in text
    assert "2 passes of 2,000 tokens" in text


def test_who_else_uses_a_pass_and_why_a_run_was_refused(planted: tuple[Store, dict[str, str]]) -> None:
    text = lines_of(planted, "refused")
    assert "it overflowed" in text
    assert f"used by {planted[1]['two'][:8]} as well" in text.replace("\n         ", " ")


def test_what_is_not_in_the_store_any_more_is_said(planted: tuple[Store, dict[str, str]]) -> None:
    store, _ = planted
    for key in (OWN, SPARE, LAST):
        remove(store, store.folder(ACTIVATIONS, key))
    remove(store, store.folder(GENERATIONS, TEXTS))
    assert "1 pass whose states are not in the store" in lines_of(planted, "one")
    assert "the written texts are not in the store" in lines_of(planted, "wrote")


def test_a_broken_run_is_shown_as_far_as_it_goes(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["one"]) / RUN_FILE).write_bytes(b"{")
    assert "not JSON" in lines_of(planted, "one")


def test_hostile_names_steer_no_terminal(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    record, files = a_run("odd", "9" * 64, {})
    keys["odd"] = write(store, replace(record, model=model_card("\x1b[2J\n", n_layers=2), title="\u202e\x07"), files)
    (store.folder(RUNS, keys["odd"]) / "\x1b[31m").write_bytes(b"")
    assert all(line.isprintable() for line in lines_of(planted, "odd").split("\n"))


def test_a_key_that_is_no_run_or_several_is_said(planted: tuple[Store, dict[str, str]]) -> None:
    for word in ("zz", ""):
        with pytest.raises(StoreError, match="no run of .* has a key that begins so"):
            of_key(uses_of(planted[0]).contents, word)
