"""From a record to rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.labelling import Row, rows_of_record
from emogeo.stimuli.records import Broken, Record


def rows(values: dict[str, object], label: str | None = None, **fields: str | None) -> list[Row] | Broken:
    return rows_of_record(Record("a.jsonl line 1", values), FieldsConfig(**fields), label)  # type: ignore[arg-type]


def row(emotion: str | None, topic: str | None, text: str, family: str | None = None) -> Row:
    return Row(emotion, topic, text, family, "a.jsonl line 1")


def why(values: dict[str, object], **fields: str | None) -> str:
    got = rows(values, **fields)
    assert isinstance(got, Broken)
    assert got.where == "a.jsonl line 1"
    return got.why


def test_a_label_stays_as_it_is_written_and_the_rest_loses_outer_blanks() -> None:
    assert rows({"emotion": "Joy ", "topic": " a ", "text": " one\n"}) == [row("Joy ", "a", "one")]


def test_numbers_are_labels_and_topics_as_text() -> None:
    assert rows({"emotion": 3, "topic": 1.5, "text": "one"}) == [row("3", "1.5", "one")]
    assert rows({"emotion": float("nan"), "topic": None, "text": "one"}) == [row(None, None, "one")]
    assert "true and false make two conditions at most" in why({"emotion": True, "text": "one"})
    assert "neither a text nor a number" in why({"emotion": {"a": 1}, "text": "one"})
    for number in (3.0, np.float32(3), np.int64(3), np.array([3]), [3.0], (3,)):
        assert rows({"emotion": number, "text": "one"}) == [row("3", None, "one")]
    for nothing in (np.float32("nan"), pd.NA, pd.NaT, None, [], [None]):
        assert rows({"emotion": nothing, "text": "one"}) == [row(None, None, "one")]
    assert "2 values in emotion" in why({"emotion": ["joy", "fear"], "text": "one"})
    assert "no text in text" in why({"emotion": "joy", "text": float("nan")})
    assert rows({"emotion": "joy", "text": np.array(["one", "two"])}) == [row("joy", None, x) for x in ("one", "two")]
    assert "2 values in topic" in why({"topic": ["a", "b"], "text": "one"})


def test_what_is_absent_or_empty_is_none() -> None:
    assert rows({"text": "one"}) == rows({"text": "one", "emotion": "", "topic": "  "}) == [row(None, None, "one")]
    assert rows({"text": "one", "topic": "a"}, topic=None) == [row(None, None, "one")]


def test_a_list_of_texts_is_a_row_each() -> None:
    assert rows({"emotion": "joy", "text": ["one", "two"]}) == [row("joy", None, "one"), row("joy", None, "two")]


def test_names_within_the_text_field_are_conditions() -> None:
    values: dict[str, object] = {
        "scenario": "a",
        "event": {"positive": "one", "negative": ["two", "three"], "no": None},
    }
    assert rows(values, text="event", topic="scenario") == [
        row("positive", "a", "one"),
        row("negative", "a", "two"),
        row("negative", "a", "three"),
    ]
    assert "stimuli.fields.text=event.positive" in why({"emotion": "joy", **values}, text="event")
    assert rows({"emotion": "joy", **values}, text="event.positive") == [row("joy", None, "one")]


def test_the_label_of_the_file_is_taken_where_it_is_given() -> None:
    assert rows({"text": "one"}, label="joy") == [row("joy", None, "one")]


def test_families() -> None:
    assert rows({"text": "one", "kind": " trains "}, family="kind") == [row(None, None, "one", "trains")]
    assert "its fields are text; name another" in why({"text": "one"}, family="kind")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no text in text"),
        ("  ", "the text is empty"),
        ([], "no text in text"),
        ({}, "no text in text"),
        ({"joy": " "}, "the text.joy is empty"),
        (["one", ""], "the text is empty"),
        (["one", 2], "2 in text is no text"),
        (7, "7 in text is no text"),
        ({"joy": {"x": "deep"}}, "{'x': 'deep'} in text.joy is no text"),
        ("half \ud83d", "lone surrogate) in text at character 5"),
    ],
)
def test_what_is_no_text_is_named(text: object, words: str) -> None:
    assert words in why({"text": text})


def test_a_label_that_cannot_be_written_is_named() -> None:
    assert "lone surrogate" in why({"text": "one", "emotion": "\udc80"})
