"""Every record is read whole, and what is wrong with one is said in a line."""

from __future__ import annotations

import pytest

from emogeo.errors import RecordError
from emogeo.keeping.verifying import check_texts, fault_of, verified
from emogeo.record.files import ACTIVATIONS_FILE, FACTS, STORIES
from emogeo.record.files import TEXTS as RUN_TEXTS
from emogeo.store.keys import canonical_json
from emogeo.store.store import ACTIVATIONS, GENERATIONS, KINDS, RUNS, Store
from tests.keeping.planted import OWN, TEXTS, write_texts

Planted = tuple[Store, dict[str, str]]


def test_all_records_of_a_whole_store_are_whole(planted: Planted) -> None:
    store, keys = planted
    found = list(verified(store))
    assert [own.fault for own in found] == [None] * 13
    assert [sum(own.kind == kind for own in found) for kind in KINDS] == [len(keys), 6, 1]
    assert {own.kind for own in verified(store, [GENERATIONS])} == {GENERATIONS}


@pytest.mark.parametrize("kind", KINDS)
def test_one_flipped_bit_is_found_in_its_record_alone(kind: str, planted: Planted) -> None:
    store, keys = planted
    name, key = {
        RUNS: (RUN_TEXTS, keys["one"]),
        ACTIVATIONS: (ACTIVATIONS_FILE, OWN),
        GENERATIONS: (STORIES, TEXTS),
    }[kind]
    file = store.folder(kind, key) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    faults = {(own.kind, own.key): own.fault for own in verified(store) if own.fault}
    assert set(faults) == {(kind, key)}
    assert "is not what was written (checksum)" in faults[kind, key]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "0" * 64}, "that of other texts"),
        ({"weights": [1]}, "weights: Input should name the weights"),
        ({"counts": {"texts": "one"}}, "counts"),
        ({"written": {}}, "written: "),
        ({"made_with": {"created": 1}}, "made_with"),
    ],
)
def test_texts_whose_facts_are_wrong_are_no_record(changes: dict[str, object], said: str, planted: Planted) -> None:
    store, _ = planted
    write_texts(store, TEXTS, **changes)
    assert said in (fault_of(store, GENERATIONS, TEXTS) or "")


def test_files_that_hold_no_texts_are_none(planted: Planted) -> None:
    files = planted[0].read(GENERATIONS, TEXTS)
    for name, content, said in (
        (FACTS, b"[]", "no JSON object"),
        (FACTS, canonical_json({"key": TEXTS, "weights": {}}), "of an earlier version"),
        (STORIES, b"{}\n", "line 1"),
        (STORIES, b"[]\n", "holds no JSON object"),
    ):
        with pytest.raises(RecordError, match=said):
            check_texts({**files, name: content}, "x", TEXTS)
    with pytest.raises(RecordError, match=STORIES):
        check_texts({FACTS: files[FACTS]}, "x", TEXTS)


def test_a_fault_is_one_line_that_steers_no_terminal(planted: Planted) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["one"]) / "\x1b[2J\n").write_bytes(b"")
    assert (fault_of(store, RUNS, keys["one"]) or "").isprintable()
