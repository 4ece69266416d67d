"""How figures are written."""

from __future__ import annotations

import pandas as pd
import pytest

from emogeo.analysis.report.numbers import in_words, intervals, number


@pytest.mark.parametrize(
    ("value", "written"), [(0.854, "0.85"), (-0.001, "0.00"), (-0.5, "-0.50"), (None, "–"), (float("nan"), "–")]
)
def test_number(value: float | None, written: str) -> None:
    assert number(value) == written


def test_in_words() -> None:
    assert in_words(0.854, 0.75, 0.96) == "0.85 [0.75, 0.96]"
    assert in_words(0.854, None, None, 1) == "0.9"


def test_intervals_stand_alone() -> None:
    table = pd.DataFrame({"x_ci_low": [0.75, None], "x_ci_high": [1.104, None]})
    assert intervals(table, "x") == ["[0.75, 1.10]", "–"]
