"""Every shape of `formats/` ends as the table in its README says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.reading import read_texts
from tests.stimuli.test_reading import counts, read, refused, topics

FORMATS = Path(__file__).parent / "formats"
SIX = {"joy", "fear", "anger", "sadness", "at ease", "grief-stricken"}


@pytest.mark.parametrize(
    ("name", "fields", "each", "n_topics", "notes"),
    [
        (
            "01_comments_no_header.csv",
            {"columns": ["emotion", "topic", "text"]},
            4,
            4,
            ["comment lines (#) left out: 2"],
        ),
        ("02_folder_per_label", {}, 8, 4, []),
        ("03_file_per_cell", {"text": "stories"}, 8, 4, []),
        ("05_other_field_names.jsonl", {"emotion": "label", "topic": "setting", "text": "story"}, 8, 4, []),
        ("06_no_topic.jsonl", {}, 8, 1, []),
        ("10_semicolons.csv", {}, 4, 4, ["read with semicolons between columns"]),
        ("11_tabs.tsv", {}, 4, 4, []),
        ("12_packed.jsonl.gz", {}, 4, 4, []),
        ("13_utf16.csv", {}, 4, 4, ["read as UTF-16"]),
    ],
)
def test_shapes_with_six_labels(
    name: str, fields: dict[str, object], each: int, n_topics: int, notes: list[str]
) -> None:
    got = read(FORMATS / name, **fields)
    assert got.name == name.partition(".")[0]
    assert counts(got) == dict.fromkeys(SIX, each)
    assert len(topics(got)) == n_topics
    assert [note.partition(": ")[2] for note in got.notes] == notes
    assert all(row.text == row.text.strip() and row.text for row in got.rows)


def test_uneven_cells_and_few_labels() -> None:
    uneven = read(FORMATS / "04_array_uneven.json")
    assert set(Counter((row.emotion, row.topic) for row in uneven.rows).values()) == {1, 2}
    assert counts(read(FORMATS / "09_exact_fields_few_labels.jsonl")).keys() == {"joy", "fear", "anger", "sadness"}


def test_no_topic_is_none() -> None:
    assert topics(read(FORMATS / "06_no_topic.jsonl")) == {None}


def test_neutral_texts_apart_have_no_label() -> None:
    got = read(FORMATS / "07_neutral_apart")
    assert counts(got) == {**dict.fromkeys(SIX, 8), None: 8}
    assert {row.where.partition(" ")[0] for row in got.rows if row.emotion is None} == {"neutral.jsonl"}
    assert got.notes == ("neutral.jsonl: no label in any row",)


def test_conditions_as_names_within_a_field() -> None:
    got = read(FORMATS / "08_nested.jsonl", text="event", topic="scenario")
    assert counts(got) == {"positive": 4, "neutral": 4, "negative": 4}
    assert len(topics(got)) == 4
    assert len(topics(read(FORMATS / "08_nested.jsonl", text="event"))) == 1


def test_labels_stay_as_they_are_written() -> None:
    got = read(FORMATS / "14_languages_label_case.csv", text="phrase")
    assert len(got.rows) == 12
    assert {"Anger ", "anger", "Anger"} <= counts(got).keys()


def test_a_broken_row_is_named_or_left_out_and_costs_only_itself() -> None:
    error = refused(FORMATS / "15_broken_row.csv")
    assert error.startswith("15_broken_row.csv line 8: not CSV: text goes on after a closing double quote")
    assert error.endswith("Type stimuli.mend=[rows] to leave such rows out.")
    got = read(FORMATS / "15_broken_row.csv", mend=True)
    assert len(got.rows) == 8
    assert got.rows[-1].where == "15_broken_row.csv line 10"
    assert got.notes[0].startswith("1 row(s) left out: 15_broken_row.csv line 8: not CSV")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("01_comments_no_header.csv", ["column 1 → 'joy', column 2 → '1'", "'stimuli.fields=[emotion,topic,text]'"]),
        ("03_file_per_cell", ["anger__0.json", "expected 'text'", "'stimuli.fields={text: stories}'", "leave it out"]),
        (
            "05_other_field_names.jsonl",
            [
                "expected 'emotion' and 'text'",
                "fields are label, setting, story",
                "line 1: label → 'joy', setting → 'a late train', story → 'The board",
                "'stimuli.fields={emotion: label, topic: setting, text: story}'",
            ],
        ),
        ("08_nested.jsonl", ["event → {positive: 'The board", "'stimuli.fields={topic: scenario, text: event}'"]),
        ("14_languages_label_case.csv", ["columns are id, phrase, language, emotion", "{text: phrase}"]),
    ],
)
def test_the_error_shows_the_first_rows_and_the_option_to_type(name: str, words: list[str]) -> None:
    error = refused(FORMATS / name)
    assert all(word in error for word in words), error


LABELS, HOMES = ("joy", "fear", "anger", "calm"), ("home", "work", "road")


def told(label: str, topic: str) -> str:
    return f"Somebody at {topic} thought of something else for a while, and it was {label} that stayed."


@pytest.mark.parametrize(
    ("name", "content", "fields"),
    [
        ("a.json", {a: {b: told(a, b) for b in HOMES} for a in LABELS}, {"emotion": "key1", "topic": "key2"}),
        ("b.json", {b: {a: told(a, b) for a in LABELS} for b in HOMES}, {"emotion": "key2", "topic": "key1"}),
        ("c.json", [{"topic": b, **{a: told(a, b) for a in LABELS}} for b in HOMES], {"emotion": "key1"}),
        ("d.json", [{"emotion": a, **{b: told(a, b) for b in HOMES}} for a in LABELS], {"topic": "key1"}),
    ],
)
def test_names_that_are_data(tmp_path: Path, name: str, content: object, fields: dict[str, str]) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(StimuliError, match="text: value"):
        read_texts(str(tmp_path / name), FieldsConfig())
    got = read_texts(str(tmp_path / name), FieldsConfig(text="value", **fields))
    assert {(row.emotion, row.topic, row.text) for row in got.rows} == {
        (a, b, told(a, b)) for a in LABELS for b in HOMES
    }


def test_the_parts_of_a_data_set_are_all_read(tmp_path: Path) -> None:
    parts = {b: [{"emotion": a, "topic": b, "text": told(a, b)} for a in LABELS] for b in HOMES}
    (tmp_path / "a.json").write_text(json.dumps({"train": parts["home"], "test": [*parts["work"], *parts["road"]]}))
    assert len(read_texts(str(tmp_path / "a.json"), FieldsConfig()).rows) == 12


def test_folders_of_labels_with_files_of_topics(tmp_path: Path) -> None:
    for a in LABELS:
        for b in HOMES:
            (tmp_path / "deep" / a).mkdir(parents=True, exist_ok=True)
            (tmp_path / "flat").mkdir(exist_ok=True)
            (tmp_path / "deep" / a / f"{b}.txt").write_text(told(a, b))
            (tmp_path / "flat" / f"{a}_{b}.txt").write_text(told(a, b))
    for name, first, second in (("deep", "folder1", "file"), ("flat", "file1", "file2")):
        got = read_texts(str(tmp_path / name), FieldsConfig(emotion=first, topic=second))
        assert {(row.emotion, row.topic) for row in got.rows} == {(a, b) for a in LABELS for b in HOMES}
    assert "emotion: folder1, topic: file" in read_texts(str(tmp_path / "deep"), FieldsConfig()).notes[1]
    with pytest.raises(StimuliError, match="emotion: file1, topic: file2"):
        read_texts(str(tmp_path / "flat"), FieldsConfig())


def test_a_description_beside_the_texts_is_left_out_by_the_glob_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(
        "".join(json.dumps({"emotion": a, "text": told(a, "home")}) + "\n" for a in LABELS)
    )
    (tmp_path / "dataset_info.json").write_text(json.dumps({"features": {"text": {"dtype": "string"}}}))
    with pytest.raises(StimuliError) as error:
        read_texts(str(tmp_path), FieldsConfig())
    glob = str(error.value).rpartition("stimuli.path='")[2].partition("'")[0]
    assert len(read_texts(glob, FieldsConfig()).rows) == 4


def test_a_table_of_comments_alone_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("#joy,home,one\n#fear,home,two\n")
    with pytest.raises(StimuliError, match=r"All lines begin with #.*'stimuli.fields=\[emotion,topic,text\]'"):
        read_texts(str(tmp_path / "mine.csv"), FieldsConfig())
