"""Names of folders and files that hold labels or topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli.files import TextFile
from emogeo.stimuli.naming import glob_without, label_of, questions, with_names
from emogeo.stimuli.records import Parsed, Record


def file(name: str, suffix: str = ".txt") -> TextFile:
    return TextFile(Path(f"/root/{name}{suffix}"), f"{name}{suffix}", tuple(name.split("/")), suffix[1:])


def test_names_are_fields_where_they_are_wanted() -> None:
    parsed = Parsed((Record("a", {"text": "one"}), Record("b", {"text": "two", "file": "own"})))
    got = with_names(parsed, file("joy/home/3_b"), ["folder1", "folder2", "file", "file2", "topic"])
    assert [dict(record.values) for record in got.records] == [
        {"folder1": "joy", "folder2": "home", "file": "3_b", "file2": "b", "text": "one"},
        {"folder1": "joy", "folder2": "home", "file": "own", "file2": "b", "text": "two"},
    ]
    assert with_names(parsed, file("joy"), ["emotion"]) is parsed


def test_labels() -> None:
    assert label_of(file("joy/1")) == label_of(file("joy")) == "joy"
    with pytest.raises(StimuliError, match=r"2 folders deep.*\{emotion: folder1, topic: folder2\}"):
        label_of(file("joy/home/1"))


def test_names_that_are_crossed_are_asked_about() -> None:
    deep = [file(f"{a}/{b}") for a in ("joy", "fear") for b in ("home", "work")]
    flat = [file(f"{a}_{b}") for a in ("joy", "fear") for b in ("home", "work")]
    assert "{emotion: folder1, topic: file}" in questions(deep)[0]
    assert "{emotion: file2, topic: file1}" in questions(flat)[0]
    for others in (
        [file(f"{a}/{b}") for a in ("joy", "fear") for b in (1, 2)],
        deep[:3],
        [file("at_ease"), file("joy")],
    ):
        assert questions(others) == []


def test_the_glob_that_leaves_a_file_out() -> None:
    info, rows = file("info", ".json"), [file("a", ".jsonl"), file("b", ".jsonl")]
    assert glob_without(info, rows).endswith("type stimuli.path='/root/*.jsonl'.")
    assert glob_without(info, [file("x/a", ".csv.gz")]).endswith("type stimuli.path='/root/**/*.csv.gz'.")
    assert glob_without(file("x/info", ".json"), [file("x/a", ".json")]).endswith("take it out of /root.")
    assert glob_without(info, []) == ""
