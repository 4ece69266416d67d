"""Verdicts from the intervals of figures."""

from __future__ import annotations

import pytest

from emogeo.analysis.tables.verdicts import CONTRADICTED, REPRODUCED, UNKNOWN, Figure, above, below

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
