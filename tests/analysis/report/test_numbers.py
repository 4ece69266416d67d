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


def test_a_number_beside_its_bound_is_not_written_as_the_bound() -> None:
    assert in_words(0.9961, 0.9912, 0.9998) == "0.996 [0.99, 0.9998]"
    assert in_words(1.0, 0.996, 1.004) == "1.00 [0.996, 1.004]"
    assert number(1 - 1e-5) == "1.00", "what equals the bound to four decimals is the bound"
    assert number(0.0004, bound=0.0) == "0.0004"
    assert number(0.0004) == "0.00"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (999_999_999, "999999999"),
        (1e9, "1.0 × 10⁹"),
        (1.5677e111, "1.6 × 10¹¹¹"),
        (-2e20, "-2.0 × 10²⁰"),
        (float("inf"), "inf"),
    ],
)
def test_a_long_number_has_a_power_of_ten(value: float, written: str) -> None:
    assert number(value, 0) == written


def test_in_words() -> None:
    assert in_words(0.854, 0.75, 0.96) == "0.85 [0.75, 0.96]"
    assert in_words(0.854, None, None, 1) == "0.9"


def test_intervals_stand_alone() -> None:
    table = pd.DataFrame({"x_ci_low": [0.75, None], "x_ci_high": [1.104, None]})
    assert intervals(table, "x") == ["[0.75, 1.10]", "–"]
