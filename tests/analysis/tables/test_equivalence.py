"""The verdict on a difference, from an interval at 90% and one at 95%."""

from __future__ import annotations

import pytest

from emogeo.analysis.tables.equivalence import above_floor, equivalence, equivalence_of_pair


@pytest.mark.parametrize(
    ("low", "counts", "said"),
    [
        (0.91, False, "same within 0.1"),
        (0.89, False, "cannot tell"),
        (0.89, True, "differs"),
        (0.91, True, "differs, by less than 0.1"),
        (None, False, "cannot tell"),
        (float("nan"), False, "cannot tell"),
    ],
)
def test_the_verdict(low: float | None, counts: bool, said: str) -> None:
    assert equivalence({"rho_star": low, "rho_star_ci90_low": low, "floor": 0.001}, counts, 0.1) == said


@pytest.mark.parametrize(
    ("low", "said"), [(0.91, "same within 0.1"), (0.89, "cannot tell (no floor)"), (None, "cannot tell")]
)
@pytest.mark.parametrize("floor", [{}, {"floor": None}, {"floor": float("nan")}])
def test_without_a_floor_it_says_so(low: float | None, said: str, floor: dict[str, float | None]) -> None:
    assert equivalence({"rho_star": low, "rho_star_ci90_low": low, **floor}, False, 0.1) == said


def test_the_bound_is_the_analysis_own() -> None:
    assert equivalence({"rho_star_ci90_low": 0.89}, False, 0.2) == "same within 0.2"


@pytest.mark.parametrize(
    ("high", "floor", "above"), [(0.98, 0.01, True), (0.995, 0.01, False), (None, 0.01, False), (0.5, None, False)]
)
def test_a_difference_counts_above_the_floor(high: float | None, floor: float | None, above: bool) -> None:
    assert above_floor({"rho_star_ci_high": high, "floor": floor}) is above


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("yes", "same within 0.1"),
        ("no more than words", "same within 0.1, words included"),
        ("cannot tell", "same within 0.1, words included"),
        (None, "same within 0.1, words included"),
    ],
)
def test_two_runs_are_the_same_with_words_unless_they_agree_beyond_them(words: str | None, said: str) -> None:
    row = {"rho_star_ci90_low": 0.91, "beyond_words": words}
    assert equivalence_of_pair(row, 0.1) == said


def test_of_two_runs_only_the_same_is_qualified() -> None:
    differs = {"rho_star_ci90_low": 0.85, "rho_star_ci_high": 0.95, "floor": 0.01}
    assert equivalence_of_pair(differs, 0.1) == "differs"
    assert equivalence_of_pair({**differs, "rho_star_ci90_low": 0.91}, 0.1) == "differs, by less than 0.1"
    assert equivalence_of_pair({}, 0.1) == "cannot tell"
