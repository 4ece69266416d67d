"""What a file holds, as records: JSON in its shapes, Parquet, plain text, fields within fields."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.errors import StimuliError
from emogeo.stimuli.records import ABSENT, Parsed, field_of, parse_json, parse_jsonl, parse_lines

ONE = {"emotion": "joy", "text": "one"}
TWO = {"emotion": "fear", "text": "two"}


def values(parsed: Parsed) -> list[object]:
    return [dict(record.values) for record in parsed.records]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a", 1),
        ("b.c", 2),
        ("b.d.e", 3),
        ("f.g", 4),
        ("list.x", [5, 6]),
        ("b.x", ABSENT),
        ("a.x", ABSENT),
        ("list.y", ABSENT),
        ("b.", ABSENT),
        ("none", None),
    ],
)
def test_names_of_fields_within_fields(name: str, value: object) -> None:
    record = {"a": 1, "b": {"c": 2, "d": {"e": 3}}, "f.g": 4, "list": [{"x": 5, "y": 1}, {"x": 6}], "none": None}
    assert field_of(record, name) == value


@pytest.mark.parametrize("text", [[ONE, TWO], {"rows": [ONE, TWO]}, {"rows": [ONE, TWO], "meta": {"a": [1]}}])
def test_an_array_and_an_object_with_one_list_are_records(text: object) -> None:
    parsed = parse_json(json.dumps(text, indent=1), "a.json", "text")
    assert values(parsed) == [ONE, TWO]
    assert [record.where for record in parsed.records] == ["a.json item 1", "a.json item 2"]


def test_what_stands_beside_the_list_holds_for_each_record() -> None:
    text = json.dumps({"emotion": "joy", "n": 2, "tags": ["x"], "passages": [{"text": "one"}, {"text": "two", "n": 3}]})
    assert values(parse_json(text, "a.json", "text")) == [
        {"emotion": "joy", "n": 2, "text": "one"},
        {"emotion": "joy", "n": 3, "text": "two"},
    ]


def test_one_object_is_one_record() -> None:
    for value in (ONE, {"text": ["a", "b"]}, {"text": [{"x": 1}]}, {"a": [{"x": 1}], "b": [{"y": 1}]}):
        parsed = parse_json(json.dumps(value), "a.json", "text")
        assert values(parsed) == [value]
        assert parsed.records[0].where == "a.json"


def test_json_lines_under_another_suffix_are_said_aloud() -> None:
    lines = f"{json.dumps(ONE)}\n\n{json.dumps(TWO)}\n"
    parsed = parse_json(lines, "a.json", "text")
    assert values(parsed) == values(parse_jsonl(lines, "a.jsonl", "text")) == [ONE, TWO]
    assert parsed.notes == ("an object in each line: read as JSON lines",)
    for indent in (None, 1):
        whole = parse_jsonl(json.dumps([ONE, TWO], indent=indent), "a.jsonl", "text")
        assert values(whole) == [ONE, TWO]
        assert whole.notes == ("one JSON value, not a line each: read as JSON",)


def test_broken_lines_are_named() -> None:
    text = f'{json.dumps(ONE)}\n{{"text": \n[1]\n{json.dumps(TWO)}\r\n{"[" * 100_000}\n'
    parsed = parse_jsonl(text, "a.jsonl", "text")
    assert values(parsed) == [ONE, TWO]
    assert [one.where for one in parsed.broken] == ["a.jsonl line 2", "a.jsonl line 3", "a.jsonl line 5"]
    assert [one.why.partition(":")[0] for one in parsed.broken] == [
        "not JSON",
        "'[1]' is no object with fields",
        "not JSON",
    ]


@pytest.mark.parametrize("text", ["{", "[1, 2]", "3", '[{"text": "a"}, "b"]', "nonsense", "", "[" * 100_000])
def test_json_that_holds_no_records(text: str) -> None:
    with pytest.raises(StimuliError, match=r"a\.json"):
        parse_json(text, "a.json", "text")


def test_a_line_separator_within_json_ends_no_line() -> None:
    assert values(parse_jsonl('{"text": "a\u2028b\x85c"}', "a.jsonl", "text")) == [{"text": "a\u2028b\x85c"}]


def test_plain_text_is_a_text_a_line_or_one_text() -> None:
    text = "one\n\n  \ntwo\r\n"
    lines = parse_lines(text, "joy.txt", "text", whole=False)
    assert [(record.where, record.values["text"]) for record in lines.records] == [
        ("joy.txt line 1", "one"),
        ("joy.txt line 4", "two\r"),
    ]
    assert values(parse_lines(text, "joy/1.txt", "text", whole=True)) == [{"text": text}]


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ROWS = st.lists(st.fixed_dictionaries({"emotion": TEXT, "topic": TEXT, "text": TEXT}), min_size=1, max_size=6)


def _jsonl(rows: list[dict[str, str]]) -> Parsed:
    return parse_jsonl("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "a", "text")


def _json(rows: list[dict[str, str]]) -> Parsed:
    return parse_json(json.dumps(rows), "a", "text")


@pytest.mark.parametrize("read", [_jsonl, _json])
@given(rows=ROWS)
def test_what_is_written_is_read(read: Callable[[list[dict[str, str]]], Parsed], rows: list[dict[str, str]]) -> None:
    assert values(read(rows)) == rows


def test_objects_one_after_another() -> None:
    rows = [{"emotion": "joy", "text": "one"}, {"emotion": "fear", "text": "two"}]
    parsed = parse_json("\n\n".join(json.dumps(row, indent=2) for row in rows) + "\n", "mine.json", "text")
    assert [dict(record.values) for record in parsed.records] == rows
    assert parsed.notes == ("objects one after another: each read as a row",)
    with pytest.raises(StimuliError, match="is not JSON: Extra data"):
        parse_json("{\n}\n[1]", "mine.json", "text")
