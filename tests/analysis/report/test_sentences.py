"""Words around figures."""

from __future__ import annotations

import pandas as pd
import pytest

from emogeo.analysis.report.sentences import NAMED, commonest, listed, number_of, range_of, verdicts
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.stimuli.conditions import Noun

NAN = float("nan")
BOUNDS = {"rho_ci_low": [0.4, NAN, NAN, 0.8], "rho_ci_high": [0.6, NAN, NAN, 1.0]}
TABLE = pd.DataFrame({"rho": [0.5, NAN, 0.1, 0.9], "p": [1, 2, 3, 4], **BOUNDS})


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [
        ([0, 1], "rho", "0.50 [0.40, 0.60]"),
        ([2], "rho", "0.10"),
        ([0, 1, 2, 3], "rho", "0.10 to 0.90 (median 0.50)"),
        ([0, 3], "rho", "0.50 to 0.90 (median 0.70)"),
        ([3], "p", "4.00"),
    ],
)
def test_one_row_has_its_interval_and_several_their_range(rows: list[int], column: str, said: str) -> None:
    assert range_of(TABLE.iloc[rows], column) == said


def test_numbers_go_with_their_words() -> None:
    assert [number_of(n, "pair") for n in (0, 1, 2)] == ["0 pairs", "1 pair", "2 pairs"]
    assert number_of(1, "geometry", "geometries") == "1 geometry"
    assert number_of(2, "geometry", "geometries") == "2 geometries"


def test_the_commonest_notes_come_first_and_few_are_named() -> None:
    a, b, flag = Note("a"), Note("b"), Note("a", NoteKind.flag)
    assert commonest([[a], [b, a], [], [flag]]) == [(a, 2), (b, 1), (flag, 1)]
    assert len(commonest([[Note(str(n))] for n in range(9)])) == NAMED


@pytest.mark.parametrize(("words", "said"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_words_are_listed(words: str, said: str) -> None:
    assert listed(list(words)) == said


def test_verdicts_are_counted() -> None:
    said = ["differs", "cannot tell", "differs", None]
    assert verdicts(pd.DataFrame({"equivalence": said}), Noun.emotion) == [
        "For these emotions: 2 differs and 1 cannot tell."
    ]
    assert verdicts(pd.DataFrame({"equivalence": [None]}), Noun.emotion) == []
