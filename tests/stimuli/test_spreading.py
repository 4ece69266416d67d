"""Names that are data."""

from __future__ import annotations

import pytest

from emogeo.stimuli.records import Parsed, Record
from emogeo.stimuli.spreading import is_prose, spread

A, B, C, D = (f"Somebody stood at the door and laughed, number {at}." for at in "abcd")


def values(*records: dict[str, object], text_field: str = "text") -> list[object]:
    made = tuple(Record(f"a line {at}", own) for at, own in enumerate(records, start=1))
    return [dict(record.values) for record in spread(Parsed(made), text_field).records]


def test_columns_of_a_wide_table() -> None:
    rows = ({"n": "1", "topic": "home", "joy": A, "fear": B}, {"n": "2", "topic": "work", "joy": C, "fear": ""})
    assert values(*rows) == [
        {"n": "1", "topic": "home", "key1": "joy", "value": A},
        {"n": "1", "topic": "home", "key1": "fear", "value": B},
        {"n": "2", "topic": "work", "key1": "joy", "value": C},
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"joy": {"home": A, "work": B}, "fear": {"home": C, "work": D}},
        {"joy": {"home": [A], "work": [B]}, "fear": {"home": [C], "work": [D]}},
        {"by": "me", "joy": {"home": A, "work": B}, "fear": {"home": C, "work": D}, "n": 3, "no": {"x": None}},
    ],
)
def test_objects_within_objects(value: dict[str, object]) -> None:
    got = values(value)
    keyed = [("joy", "home", A), ("joy", "work", B), ("fear", "home", C), ("fear", "work", D)]
    beside = {name: own for name, own in value.items() if name in {"by", "n"}}
    assert got == [{**beside, "key1": a, "key2": b, "value": text} for a, b, text in keyed]


def test_records_under_names_keep_their_fields() -> None:
    labels = {"joy": [{"topic": "home", "text": A}], "fear": [{"topic": "home", "text": B}]}
    assert values(labels) == [
        {"key1": "joy", "topic": "home", "text": A},
        {"key1": "fear", "topic": "home", "text": B},
    ]
    numbered = {"0": {"label": "joy", "story": A}, "1": {"label": "fear", "story": B}}
    assert values(numbered) == [
        {"key1": "0", "label": "joy", "story": A},
        {"key1": "1", "label": "fear", "story": B},
    ]
    deep = {"joy": {"home": {"text": A, "n": 1}}, "fear": {"home": {"text": B, "n": 2}}}
    assert [one["key2"] for one in values(deep)] == ["home", "home"]  # type: ignore[index, call-overload]


def test_what_has_no_names_that_are_data() -> None:
    for value in ({"emotion": "joy", "story": A}, {"joy": A}, {"joy": [A], "tags": ["x"]}, {"n": 3, "m": [1, 2]}):
        assert values(value) == []
    assert spread(Parsed(()), "text").records == ()


def test_where_a_text_stands_is_said() -> None:
    parsed = spread(Parsed((Record("a.json", {"joy": {"x": A, "y": B}, "fear": {"x": C, "y": D}}),)), "text")
    assert [record.where for record in parsed.records][:2] == ["a.json joy.x", "a.json joy.y"]
    assert parsed.notes == ("read under each of 2 names: joy, fear",)


def test_prose() -> None:
    assert is_prose(41, ["x" * 41])
    assert is_prose(12, ["she laughed."])
    assert is_prose(10, ["她站在月台上忍不住笑了"])
    assert not is_prose(12, ["tiny-model-1"])


def test_one_list_or_object_among_other_fields() -> None:
    assert values({"emotion": "joy", "told": [{"topic": "home", "text": A}, {"topic": "work", "text": B}]}) == [
        {"emotion": "joy", "topic": "home", "text": A},
        {"emotion": "joy", "topic": "work", "text": B},
    ]
    assert values({"emotion": "joy", "told": {"home": A, "work": B}}) == [
        {"emotion": "joy", "key1": "home", "value": A},
        {"emotion": "joy", "key1": "work", "value": B},
    ]


def test_parts_of_a_data_set_may_be_tables() -> None:
    part = {"label": ["joy", "fear"], "text": [A, B]}
    assert values({"train": part, "test": part})[:3] == [
        {"key1": "train", "label": "joy", "text": A},
        {"key1": "train", "label": "fear", "text": B},
        {"key1": "test", "label": "joy", "text": A},
    ]
