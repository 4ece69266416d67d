"""What a reading leaves aside that could be meant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.overlooked import labelled_records
from emogeo.stimuli.reading import read_texts
from emogeo.stimuli.records import Record

LABELS = ("joy", "fear", "anger", "calm")


def table(*names: str, topic: str = "topic") -> pd.DataFrame:
    """Gives a row for each of four labels and three topics, with a text under each name."""
    return pd.DataFrame(
        [
            {
                "emotion": label,
                topic: at,
                **{name: f"A text of {label} at {at}, under the name {name}." for name in names},
            }
            for label in LABELS
            for at in range(3)
        ]
    )


@pytest.mark.parametrize("names", [("text", "text2", "text3"), ("en", "de", "fr")])
def test_other_columns_of_texts_are_named_and_all_can_be_read(names: tuple[str, ...], tmp_path: Path) -> None:
    table(*names).to_csv(tmp_path / "a.csv", index=False)
    read = read_texts(str(tmp_path / "a.csv"), FieldsConfig(text=names[0]))
    assert len(read.rows) == 12
    (note,) = read.notes
    assert f"from {names[0]} alone; left out as well: {names[1]}, {names[2]}" in note
    assert note.endswith("type stimuli.fields.text=value to read all")
    both = read_texts(str(tmp_path / "a.csv"), FieldsConfig(text="value"))
    assert (len(both.rows), len({row.topic for row in both.rows})) == (36, 3)


def test_columns_that_are_labels_or_short_are_no_texts(tmp_path: Path) -> None:
    one = table("text").assign(place="The long road that leads down to the harbour", note="ok")
    one.to_csv(tmp_path / "a.csv", index=False)
    assert read_texts(str(tmp_path / "a.csv"), FieldsConfig()).notes == ()


@pytest.mark.parametrize("name", ["topic_id", "scene"])
def test_a_field_that_could_be_the_topic_is_named(name: str, tmp_path: Path) -> None:
    table("text", topic=name).to_parquet(tmp_path / "a.parquet")
    (note,) = read_texts(str(tmp_path / "a.parquet"), FieldsConfig()).notes
    assert note == f"no field is called topic: is it {name}, which has 3 values? Then type stimuli.fields.topic={name}"
    for topic in (name, None):
        assert read_texts(str(tmp_path / "a.parquet"), FieldsConfig(topic=topic)).notes == ()


def test_a_field_that_is_not_crossed_with_labels_is_no_topic(tmp_path: Path) -> None:
    torn = table("text", topic="writer").iloc[:-1].replace({"writer": {0: "Ann", 1: "Bob", 2: "Cid"}})
    torn.to_csv(tmp_path / "a.csv", index=False)
    assert read_texts(str(tmp_path / "a.csv"), FieldsConfig()).notes == ()


def test_columns_of_topics_are_offered_whole(tmp_path: Path) -> None:
    wide = table("lost key", "late train", "first letter").drop(columns="topic")
    wide.to_csv(tmp_path / "wide.csv", index=False)
    with pytest.raises(StimuliError, match=r"all 3 columns .*'stimuli.fields=\{topic: key1, text: value\}'"):
        read_texts(str(tmp_path / "wide.csv"), FieldsConfig())
    got = read_texts(str(tmp_path / "wide.csv"), FieldsConfig(topic="key1", text="value"))
    assert {row.topic for row in got.rows} == {"lost key", "late train", "first letter"}


def test_labels_of_names() -> None:
    records = [Record("a", {"text": "x"})]
    assert labelled_records(records, None, FieldsConfig()) == records
    assert labelled_records(records, "joy", FieldsConfig())[0].values == {"text": "x", "emotion": "joy"}
