"""The texts that were read, as the report shows them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.report.comparing import stimulus_section
from emogeo.analysis.report.parts import Listing, Text
from emogeo.analysis.report.texts import texts_parts
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS
from emogeo.analysis.tables.notes import Note, NoteKind
from tests.analysis.report.planted import frame, material
from tests.analysis.report.shown import absent, cells, sheets

ROW = {"stimuli": "mine", "runs": "m", "n_texts": 210, "n_units": 10, "blocks_verdict": "yes", "cue_share": 1.0}


def test_flags_stand_before_the_table(tmp_path: Path) -> None:
    flagged = {**ROW, "note": [Note("FLAG a word gives it away", NoteKind.flag)]}
    own = replace(material(tmp_path), tables={**material(tmp_path).tables, "corpus": frame(CORPUS_COLUMNS, flagged)})
    listing, sheet = texts_parts(own)
    assert isinstance(listing, Listing)
    assert list(listing.lines) == ["mine: FLAG a word gives it away"]
    (row,) = cells(sheet)
    assert (row["stimuli"], row["texts / units"], row["no verdict beyond words"]) == ("mine", "210 / 10", "yes")
    assert "Texts that were read" in sheets(stimulus_section(own))


def test_texts_without_a_flag_are_said_to_have_none(tmp_path: Path) -> None:
    own = replace(material(tmp_path), tables={"corpus": frame(CORPUS_COLUMNS, {**ROW, "note": []})})
    said = texts_parts(own)[0]
    assert isinstance(said, Text)
    assert "nothing is flagged" in said.said


def test_without_runs_it_says_what_to_do(tmp_path: Path) -> None:
    own = replace(material(tmp_path), tables={})
    assert list(absent(texts_parts(own)).values()) == ["python train.py"]
