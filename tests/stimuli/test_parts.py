"""Files that are read together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.parts import several
from emogeo.stimuli.reading import read_texts


def refused(folder: Path) -> str:
    with pytest.raises(StimuliError) as error:
        read_texts(str(folder), FieldsConfig())
    return str(error.value)


def test_files_whose_fields_differ(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps({"emotion": "joy", "text": "a"}))
    (tmp_path / "two.csv").write_text("label,story\njoy,a story\n")
    said = refused(tmp_path)
    assert "two.csv and one.jsonl differ in their fields: label, story and emotion, text" in said
    assert f"type stimuli.path='{tmp_path}/*.jsonl'. If it is one, give its fields the names" in said
    (tmp_path / "two.csv").write_text("label,text\njoy,a story\n")
    assert "differ in their fields: label, text and emotion, text; expected 'emotion' in both" in refused(tmp_path)


def test_a_file_of_something_else_is_to_be_left_out_first(tmp_path: Path) -> None:
    (tmp_path / "corpus.json").write_text(json.dumps([{"emotion": "joy", "text": "a"}]))
    (tmp_path / "package.json").write_text('{"name": "corpus", "version": "1.0"}')
    said = refused(tmp_path)
    assert said.index(f"type stimuli.path='{tmp_path}/corpus.json'") < said.index("give its fields")


@pytest.mark.parametrize(
    ("files", "inner", "first", "second"),
    [
        (("joy", "fear", "anger", "calm"), ("home", "work", "road"), "file", "key1"),
        (("home", "work", "road"), ("joy", "fear", "anger", "calm"), "key1", "file"),
    ],
)
def test_files_of_labels_with_topics_in_them_and_the_other_way(
    files: tuple[str, ...], inner: tuple[str, ...], first: str, second: str, tmp_path: Path
) -> None:
    for name in files:
        texts = {own: [f"A text about {name} and {own}, number {at}." for at in range(2)] for own in inner}
        (tmp_path / f"{name}.json").write_text(json.dumps(texts))
    said = refused(tmp_path)
    assert f"type 'stimuli.fields={{emotion: {first}, topic: {second}, text: value}}'" in said
    assert f"in {first}: 'stimuli.fields={{emotion: {second}, topic: {first}, text: value}}'" in said
    got = read_texts(str(tmp_path), FieldsConfig(emotion=first, topic=second, text="value"))
    assert len({(row.emotion, row.topic) for row in got.rows}) == 12
    assert {row.emotion for row in got.rows} == {"joy", "fear", "anger", "calm"}


def test_numbered_files_are_no_labels(tmp_path: Path) -> None:
    for name in ("part1", "part2"):
        texts = {own: [f"A text about {name} and {own}."] for own in ("joy", "fear", "anger")}
        (tmp_path / f"{name}.json").write_text(json.dumps(texts))
    assert "type 'stimuli.fields={emotion: key1, text: value}'" in refused(tmp_path)


def test_names() -> None:
    assert several("abcd") == "a, b, c and 1 more"
