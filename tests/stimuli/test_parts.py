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


def test_names() -> None:
    assert several("abcd") == "a, b, c and 1 more"
