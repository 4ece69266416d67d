"""What is shown of one's own texts before they are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emogeo.stimuli.__main__ import main
from emogeo.stimuli.corpus import corpus_of, load_corpus
from emogeo.stimuli.show import shown_corpus
from tests.stimuli.test_corpus import balanced, write_jsonl

FORMATS = Path(__file__).parent / "formats"


def test_the_packages_passages() -> None:
    said = "\n".join(shown_corpus(load_corpus()))
    assert "passages: 504 texts, 21 conditions, 24 topics as units" in said
    assert "neutral     neutral" in said
    assert "afraid, angry" in said
    assert "24 texts each" in said
    assert "words (median 39)" in said or "words (median 40)" in said
    assert "warning" not in said
    assert "a reliability of 0." in said


def test_few_units_and_groups() -> None:
    said = "\n".join(shown_corpus(corpus_of(balanced(5), "mine")))
    assert "5 units give a reliability without an interval and no ρ*, which needs 8" in said
    said = "\n".join(shown_corpus(corpus_of(balanced(8), "mine")))
    assert re.search(r"a ρ\* for \d+% of pairs; too few for an answer: (about \d+|more than 96) units would do", said)
    assert "too few for an answer" not in "\n".join(shown_corpus(load_corpus()))
    said = "\n".join(shown_corpus(load_corpus(str(FORMATS / "06_no_topic.jsonl"))))
    assert "8 random groups as units, since there are no topics" in said
    assert "no verdict beyond words can be given" in said


def test_the_command_takes_the_options_of_train(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(FORMATS / "01_comments_no_header.csv"), "stimuli.fields=[emotion,topic,text]"]) == 0
    said = capsys.readouterr().out
    assert "24 texts, 6 conditions, 4 topics as units" in said
    spelled = [str(FORMATS / "14_languages_label_case.csv"), "stimuli.fields.text=phrase", "stimuli.mend=[spellings]"]
    assert main(["show", *spelled]) == 0
    assert "anger, fear, joy, sadness; 3 texts each" in capsys.readouterr().out
    apart = [str(FORMATS / "07_neutral_apart"), "stimuli.unlabelled=plain", "stimuli.neutral=plain"]
    assert main(["show", *apart]) == 0
    assert "neutral     plain" in capsys.readouterr().out


def test_what_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path / "no.csv")]) == 1
    assert "no.csv" in capsys.readouterr().err
    file = write_jsonl(tmp_path / "mine.jsonl", balanced(2))
    assert main(["show", file, "stimuli.mnd=[rows]"]) == 1
    assert "Did you mean mend" in capsys.readouterr().err
    assert main(["show", file, str(tmp_path / "other.jsonl")]) == 1
    assert "other.jsonl: one file, one folder, or one glob" in capsys.readouterr().err
    assert main(["show", file, "stimuli.mend=[row]"]) == 1
    assert "stimuli.mend" in capsys.readouterr().err
