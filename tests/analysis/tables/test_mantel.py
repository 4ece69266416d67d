"""Tests that are done together give what each gives alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emogeo.analysis.tables.mantel import _AT_ONCE, PERMUTATIONS_PER_TEST, MantelTests
from emogeo.geometry.crossed import crossed_halves
from emogeo.geometry.permutation import holm, mantel, mantel_disjoint
from emogeo.geometry.rdm import standard_ranks
from tests.planted import Planted, halves

RANKS = [standard_ranks(row) for row in np.random.default_rng(0).uniform(size=(6, 15))]
PERMUTATIONS = 99


@pytest.fixture(scope="module")
def pairs() -> list[Any]:
    return [halves(Planted(8, signal, mix), seed) for seed, (signal, mix) in enumerate([(0.4, 1.0), (0.4, 0.0)])]


def test_tests_of_ranks_are_each_their_own_whatever_their_sizes() -> None:
    other = [standard_ranks(row) for row in np.random.default_rng(1).uniform(size=(2, 10))]
    asked = [(RANKS[0], RANKS[1]), (other[0], other[1]), (RANKS[2], RANKS[2])]
    tests, rows = MantelTests(PERMUTATIONS, 5), [{} for _ in asked]
    for row, (a, b) in zip(rows, asked, strict=True):
        tests.of_ranks(row, "p_same_text", a, b)
    assert rows == [{}, {}, {}], "done together, later"
    tests.fill(rows)
    for row, (a, b) in zip(rows, asked, strict=True):
        assert row == {"p_same_text": float(mantel(a[None], b[None], PERMUTATIONS, 5)[0])}
    assert rows[2]["p_same_text"] < 0.05 < rows[0]["p_same_text"]


def test_tests_of_halves_are_each_their_own_and_a_family(pairs: list[Any]) -> None:
    tests, rows = MantelTests(PERMUTATIONS, 5), [{} for _ in pairs]
    for row, (a, b) in zip(rows, pairs, strict=True):
        tests.of_halves(row, a, b)
    tests.fill(rows)
    alone = [float(mantel_disjoint([crossed_halves(a, b)], PERMUTATIONS, 5)[0]) for a, b in pairs]
    assert [row["p"] for row in rows] == alone
    assert [row["p_holm"] for row in rows] == holm(np.array(alone)).tolist()
    assert alone[0] == 1 / (1 + PERMUTATIONS) and alone[1] > 0.05, "the planted truth"


def test_only_rows_of_the_family_are_adjusted(pairs: list[Any]) -> None:
    tests = MantelTests(PERMUTATIONS, 5)
    inside: dict[str, float] = {"p": 0.02}
    outside: dict[str, float] = {"p": 0.01}
    none: dict[str, float] = {"rho": 0.5}
    tests.fill([inside, none])
    assert (inside, outside, none) == ({"p": 0.02, "p_holm": 0.02}, {"p": 0.01}, {"rho": 0.5})


def test_no_rows_need_no_tests() -> None:
    MantelTests(PERMUTATIONS, 5).fill([])


def test_more_tests_than_lie_in_memory_together_change_nothing(pairs: list[Any]) -> None:
    tests, rows = MantelTests(9, 5), [{} for _ in range(_AT_ONCE + 1)]
    for row in rows:
        tests.of_halves(row, *pairs[1])
    assert sum("p" in row for row in rows) == _AT_ONCE, "the first are done"
    tests.fill(rows)
    assert len({row["p"] for row in rows}) == 1


def test_a_large_family_has_more_permutations() -> None:
    assert MantelTests.of_family(3, 10_000, 0).permutations == 10_000
    assert MantelTests.of_family(100, 10_000, 0).permutations == 100 * PERMUTATIONS_PER_TEST
    smallest = 100 / (1 + MantelTests.of_family(100, 1, 0).permutations)
    assert smallest < 0.05, "the smallest p survives Holm's adjustment"
