"""Verdicts from the intervals of figures."""

from __future__ import annotations

import pandas as pd
import pytest

from emogeo.analysis.tables.verdicts import (
    CONTRADICTED,
    REPRODUCED,
    UNKNOWN,
    UNTESTABLE,
    Figure,
    Verdict,
    above,
    below,
    figures_of,
    untestable,
)

NAN = float("nan")


def figure(value: float, reach: float = 0.02) -> Figure:
    return Figure("pair", value, value - reach, value + reach)


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ([figure(0.9), figure(0.95)], REPRODUCED),
        ([figure(0.9), figure(0.81)], UNKNOWN),
        ([figure(0.9), figure(0.5)], CONTRADICTED),
        ([figure(0.9), Figure("pair", NAN, NAN, NAN)], UNKNOWN),
        ([figure(0.5), Figure("pair", NAN, NAN, NAN)], CONTRADICTED),
        ([Figure("pair", NAN, NAN, NAN)], UNKNOWN),
    ],
)
def test_all_intervals_must_lie_on_the_claims_side(figures: list[Figure], verdict: str) -> None:
    assert above(figures, 0.8).verdict == verdict
    mirrored = [Figure(f.name, 1.6 - f.value, 1.6 - f.high, 1.6 - f.low) for f in figures]
    assert below(mirrored, 0.8).verdict == verdict


def test_the_nearest_figure_decides_and_the_note_counts_the_others() -> None:
    far, near, unknown = Figure("far", 0.9, 0.85, 0.95), Figure("near", 0.82, 0.81, 0.83), Figure("none", NAN, NAN, NAN)
    found = above([far, near, unknown], 0.8)
    assert found.decided is near
    assert found.note == "near, of 3 comparisons (1 without ρ*); the claim: at least 0.80"
    found = below([far, near], 0.96)
    assert found.decided is far
    assert found.note.endswith("(0 without ρ*); the claim: below 0.96")


def test_nothing_known_decides_nothing() -> None:
    assert above([], 0.5).verdict == UNKNOWN
    assert above([Figure("x", 0.9, NAN, NAN)], 0.5).decided is None


def test_figures_are_those_of_the_rows_and_what_is_absent_has_a_command() -> None:
    columns = ["name", "rho_star", "rho_star_ci_low", "rho_star_ci_high"]
    rows = pd.DataFrame([("x", 0.5, 0.4, 0.6)], columns=columns)
    assert figures_of(rows, lambda row: f"row {row['name']}") == [Figure("row x", 0.5, 0.4, 0.6)]
    assert untestable("nothing here", "make study") == Verdict(UNTESTABLE, "nothing here: make study")
