"""Names of folders and files that hold labels or topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli.files import TextFile
from emogeo.stimuli.naming import cuts_of, glob_without, label_of, questions, with_names
from emogeo.stimuli.records import Parsed, Record


def file(name: str, suffix: str = ".txt") -> TextFile:
    return TextFile(Path(f"/root/{name}{suffix}"), f"{name}{suffix}", tuple(name.split("/")), suffix[1:])


def test_names_are_fields_where_they_are_wanted() -> None:
    parsed = Parsed((Record("a", {"text": "one"}), Record("b", {"text": "two", "file": "own"})))
    wanted, cuts = ["folder1", "folder2", "file", "file2", "topic"], {"3_b": ("3", "b")}
    got = with_names(parsed, file("joy/home/3_b"), wanted, cuts)
    assert [dict(record.values) for record in got.records] == [
        {"folder1": "joy", "folder2": "home", "file": "3_b", "file2": "b", "text": "one"},
        {"folder1": "joy", "folder2": "home", "file": "own", "file2": "b", "text": "two"},
    ]
    assert with_names(parsed, file("joy"), ["emotion"], {}) is parsed


def test_labels() -> None:
    assert label_of(file("joy/1")) == label_of(file("joy")) == "joy"
    with pytest.raises(StimuliError, match=r"2 folders deep.*\{emotion: folder1, topic: folder2\}"):
        label_of(file("joy/home/1"))


def test_names_that_are_crossed_are_asked_about() -> None:
    deep = [file(f"{a}/{b}") for a in ("joy", "fear") for b in ("home", "work")]
    flat = [file(f"{a}_{b}") for a in ("joy", "fear") for b in ("home", "work")]
    assert "{emotion: folder1, topic: file}" in questions(deep)[0]
    with pytest.raises(StimuliError, match=r"names of 4 files.*2 \(joy, fear\) and 2 .*emotion: file1, topic: file2"):
        questions(flat)
    with pytest.raises(StimuliError, match=r"names of emotions \(joy, …\)\. Type .*emotion: file, topic: folder1"):
        questions([file(f"{b}/{a}") for a in ("joy", "fear") for b in ("home", "work")])
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
    assert glob_without(file("info", ".json"), [file("a", ".json")]).endswith("type stimuli.path='/root/a.json'.")
    assert glob_without(file("i", ".json"), [file(a, ".json") for a in "ab"]).endswith("take it out of /root.")
    assert glob_without(info, []) == ""


@pytest.mark.parametrize(
    ("first", "second", "mark"),
    [
        (("joy", "fear", "at_ease"), ("0", "1", "2_b"), "__"),
        (("joy", "fear", "anger"), ("a-lost-key", "the-storm"), "_"),
        (("at_ease", "anger"), ("1", "2", "3"), "_"),
        (("at_ease", "anger"), ("a_lost_key", "home", "work"), "_"),
        (("home_dawn", "home_dusk", "farm_dawn", "farm_dusk"), ("joy", "fear", "anger"), "_"),
        (("1", "2", "3"), ("self-harm", "honesty"), "-"),
    ],
)
def test_names_are_cut_where_their_parts_return(first: tuple[str, ...], second: tuple[str, ...], mark: str) -> None:
    pairs = [(a, b) for a in first for b in second]
    assert cuts_of([file(f"{a}{mark}{b}") for a, b in pairs]) == {f"{a}{mark}{b}": (a, b) for a, b in pairs}


def test_names_that_lack_a_cell_or_are_no_parts() -> None:
    pairs = [(a, b) for a in ("joy", "fear", "anger") for b in "1234"]
    assert set(cuts_of([file(f"{a}_{b}") for a, b in pairs[1:]]).values()) == set(pairs[1:])
    with pytest.raises(StimuliError, match="names of 11 files"):
        questions([file(f"{a}_{b}") for a, b in pairs[1:]])
    assert questions([file(name) for name in ("joy", "fear", "at_ease")]) == []
    assert questions([file(name) for name in ("self_harm", "at_ease", "power-seeking", "grief_stricken")]) == []


@pytest.mark.parametrize(("mark", "last"), [("_", "_"), ("__", "_"), ("__", "__"), ("-", "-"), ("_", "-")])
def test_a_number_after_label_and_topic_is_a_third_part(mark: str, last: str) -> None:
    parts = [(a, b, c) for a in ("joy", "fear", "calm") for b in ("0", "1", "2", "3") for c in ("0", "1", "2")]
    files = [file(f"{a}{mark}{b}{last}{c}") for a, b, c in parts]
    assert list(cuts_of(files).values()) == parts
    with pytest.raises(StimuliError, match=r"3 \(joy, .*\) and 4 \(0, .*\) and 3 \(0, 1, 2\).*file3 numbers the texts"):
        questions(files)
    unlike = [(a, b) for a in ("joy", "fear", "calm") for b in ("0_a", "1_b", "2_c", "3_d")]
    assert list(cuts_of([file(f"{a}__{b}") for a, b in unlike]).values()) == unlike


def test_many_names() -> None:
    pairs = [(f"c{a}x", str(b)) for a in range(171) for b in range(8)]
    with pytest.raises(StimuliError, match=r"171 \(c0x, c1x, c2x, …\) and 8 \(0, 1, 2, …\)"):
        questions([file(f"{a}__{b}") for a, b in pairs])
