"""Texts with and without labels, as a readout reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from emogeo.config.texts import StimuliConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.any_texts import AnyTexts, any_texts_from


def read(folder: Path, name: str, content: str, **options: Any) -> AnyTexts:
    file = folder / name
    file.write_text(content)
    asked = OmegaConf.merge(StimuliConfig, {"name": "", "path": str(file), **options})
    return any_texts_from(OmegaConf.to_object(asked))  # type: ignore[arg-type]


def test_plain_text_has_no_labels_and_a_text_a_line(tmp_path: Path) -> None:
    found = read(tmp_path, "mine.txt", "One text.\nAnother one.\n")
    assert (found.name, found.texts) == ("mine", ("One text.", "Another one."))
    assert found.labels == found.topics == (None, None)
    assert any("read without labels" in note for note in found.notes)


def test_a_column_of_texts_is_enough(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "text\nOne.\nTwo.\n").labels == (None, None)
    other = read(tmp_path, "b.csv", "text,mood\nOne.,joy\nTwo.,fear\n")
    assert other.labels == (None, None)
    assert "there is no field emotion among text, mood" in " ".join(other.notes)


def test_labels_and_topics_are_kept_in_the_files_order(tmp_path: Path) -> None:
    found = read(tmp_path, "a.csv", "emotion,topic,text\n sad ,home,B\n,home,A\njoy,,A\n", rename={"joy": "happy"})
    assert found.texts == ("B", "A", "A")
    assert found.labels == ("sad", None, "happy")
    assert found.topics == ("home", "home", None)


def test_options_of_texts_hold(tmp_path: Path) -> None:
    table = "emotion,topic,text\nsad,home,A\n,home,B\njoy,work,C\n"
    assert read(tmp_path, "a.csv", table, conditions=["joy"]).texts == ("C",)
    assert read(tmp_path, "a.csv", table, unlabelled="neutral").labels == ("sad", "neutral", "joy")
    assert read(tmp_path, "a.csv", table, topics=1).texts == ("A", "B")
    with pytest.raises(StimuliError, match="no label 'joi'"):
        read(tmp_path, "a.csv", table, rename={"joi": "happy"})


def test_a_file_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StimuliError, match="expected 'emotion' and 'text' among its"):
        read(tmp_path, "a.csv", "mood,words\njoy,One.\nfear,Two.\n")
    with pytest.raises(StimuliError, match="emotion"):
        read(tmp_path, "a.csv", "text\nOne.\n", fields={"emotion": "mood"})


def test_the_packages_own_texts_are_labelled() -> None:
    found = any_texts_from(StimuliConfig(name="passages", topics=6))
    assert len(found.texts) == 126
    assert None not in (*found.labels, *found.topics)
