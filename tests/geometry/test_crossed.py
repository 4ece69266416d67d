"""Outer products as their factors equal those that are written out."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry import permutation
from emogeo.geometry.crossed import crossed_halves, crossed_ranks
from emogeo.geometry.permutation import mantel_disjoint
from tests.planted import Planted, halves, run_of, unrelated_codes

A, B = halves(Planted(n_units=8, signal=0.2), seed=1)
OTHER = run_of(unrelated_codes(np.random.default_rng(2))[0], 0.2, np.random.default_rng(3), 9, prefix="v")


@pytest.mark.parametrize("other", [B, OTHER])
def test_rows_and_trace_are_those_of_the_outer_product(other: object) -> None:
    common, ranks = other is B, other.ranks  # type: ignore[attr-defined]
    wanted = np.zeros((210, 210))
    for split in range(100):
        for half in (0, 1):
            for its in (1 - half,) if common else (0, 1):
                wanted += np.outer(A.ranks[split, half], ranks[split, its]) / (200 if common else 400)
    found = crossed_halves(A, other)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.rows(0, 210), wanted, atol=1e-12)
    np.testing.assert_allclose(found.rows(50, 60), wanted[50:60], atol=1e-12)
    assert found.trace == pytest.approx(np.trace(wanted))
    twice = found + crossed_ranks(A.ranks, A.ranks, True)
    np.testing.assert_allclose(twice.rows(0, 9), wanted[:9] + crossed_halves(A, A).rows(0, 9), atol=1e-12)
    assert twice.n_pairs == 210


def test_p_does_not_depend_on_how_many_entries_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    tests = [crossed_halves(A, B), crossed_halves(A, OTHER)]
    found = mantel_disjoint(tests, 1500, seed=3)
    monkeypatch.setattr(permutation, "_ENTRIES", 5000)
    assert mantel_disjoint(tests, 1500, seed=3).tolist() == found.tolist()
