"""Bytes, durations and counts."""

from __future__ import annotations

import pytest

from emogeo.amounts import counted, in_bytes, in_time


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_990, "9.99 kB"),
        (9_999, "10.0 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (60_000_000_000, "60.0 GB"),
        (10**18, "1000 PB"),
    ],
)
def test_bytes_have_three_digits(size: int, said: str) -> None:
    assert in_bytes(size) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.25, "0.2 s"),
        (41, "41 s"),
        (89, "89 s"),
        (90, "1.5 min"),
        (3599, "60 min"),
        (5400, "1.5 h"),
        (129_600, "1.5 days"),
    ],
)
def test_durations_are_in_the_unit_that_suits(seconds: float, said: str) -> None:
    assert in_time(seconds) == said


def test_a_count_agrees_with_its_noun() -> None:
    assert [counted(n, "pass", "passes") for n in (0, 1, 2000)] == ["0 passes", "1 pass", "2,000 passes"]
    assert counted(2, "run") == "2 runs"


def test_an_estimate_has_two_digits() -> None:
    sizes = (5, 1500, 2.5e9, 9.96e9, 43e9, 175e6, 3e13)
    assert [in_bytes(own, 2) for own in sizes] == ["5 B", "1.5 kB", "2.5 GB", "10 GB", "43 GB", "175 MB", "30 TB"]
