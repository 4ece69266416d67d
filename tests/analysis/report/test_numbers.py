"""How figures are written."""

from __future__ import annotations

import pytest

from emogeo.analysis.report.numbers import in_words, number


@pytest.mark.parametrize(
    ("value", "written"), [(0.854, "0.85"), (-0.001, "0.00"), (-0.5, "-0.50"), (None, "–"), (float("nan"), "–")]
)
def test_number(value: float | None, written: str) -> None:
    assert number(value) == written


def test_in_words() -> None:
    assert in_words(0.854, 0.75, 0.96) == "0.85 [0.75, 0.96]"
    assert in_words(0.854, None, None, 1) == "0.9"
