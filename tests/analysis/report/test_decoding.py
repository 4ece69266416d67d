"""The section on decoding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from emogeo.analysis.report.decoding import decoding_section, said
from emogeo.analysis.report.parts import Absent, Chart, Sheet, Text
from emogeo.analysis.tables.decoding import CONFUSION_COLUMNS, DECODING_COLUMNS
from tests.analysis.report.planted import frame, material

ROW = {
    **{"key": "A", "run": "A", "init": "trained", "selected": "yes", "block": 1, "depth": 0.5, "accuracy": 0.56},
    **{"accuracy_ci_low": 0.47, "accuracy_ci_high": 0.65, "chance": 1 / 21, "p": 0.005, "p_largest": 0.005},
    **{"words_accuracy": 0.43, "gain": 0.13, "gain_ci_low": 0.02, "gain_ci_high": 0.24},
}


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return frame(DECODING_COLUMNS, *rows).frame


def test_it_says_what_is_found_and_how_many_find_more_than_words() -> None:
    assert said(table(ROW)) == (
        "At the selected block 56% of the texts are found in unseen topics; chance is 5%, words alone 43%. "
        "Runs that find more than words: 1 of 1; fewer: 0."
    )
    less = {**ROW, "accuracy": 0.3, "gain_ci_low": -0.2, "gain_ci_high": -0.1, "untrained_accuracy": 0.09}
    assert said(table(ROW, less)) == (
        "At the selected blocks 30% to 56% of the texts are found in unseen topics; chance is 5%, untrained twins find "
        "9%, words alone 43%. Runs that find more than words: 1 of 2; fewer: 1."
    )


def test_the_section_has_a_table_and_two_charts(tmp_path: Path) -> None:
    confusion = {"key": "A", "run": "A", "true": "calm", "taken": "calm", "share": 1.0, "n_texts": 2}
    tables = {
        "decoding": frame(DECODING_COLUMNS, ROW, {**ROW, "block": 0, "selected": "no"}),
        "decoding_confusion": frame(CONFUSION_COLUMNS, confusion),
    }
    own = material(tmp_path)
    (own.figures / "decoding.svg").write_text("")
    parts = decoding_section(replace(own, tables={**own.tables, **tables})).parts
    assert [type(part) for part in parts] == [Text, Sheet, Chart, Chart]
    assert [parts[2].files, parts[3].files] == [["decoding.svg"], []], "files that are there"
    assert parts[2].sheet is not None and parts[3].sheet is not None
    assert parts[1].open and len(parts[1].rows) == 1


def test_without_a_table_the_command_stands_there(tmp_path: Path) -> None:
    own = material(tmp_path)
    without = {name: table for name, table in own.tables.items() if not name.startswith("decoding")}
    assert [type(part) for part in decoding_section(replace(own, tables=without)).parts] == [Absent]
