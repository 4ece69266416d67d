"""Agreement without each unit against halves that are laid out whole, unit by unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emogeo.geometry import deletions
from emogeo.geometry.deletions import opposite_without, same_without
from emogeo.geometry.halves import Halves, opposite
from tests.planted import Planted, halves


@pytest.fixture(scope="module")
def runs() -> list[Halves]:
    return list(halves(Planted(9, 0.3, 0.5), 0))


@pytest.mark.parametrize("at_once", [1, 5_000, 4_000_000])
def test_each_unit_is_left_out_of_both_runs(runs: list[Halves], at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletions, "_AT_ONCE", at_once)
    a, b = runs
    whole: Any = (a.jackknife(), b.jackknife())  # [deleted unit, split, half, pair]
    np.testing.assert_allclose(opposite_without(a.split, b.split, a.members), opposite(*whole), atol=1e-13)
    np.testing.assert_allclose(opposite_without(a.split, a.split, a.members), opposite(whole[0], whole[0]), atol=1e-13)
    same = np.einsum("ushp,ushp->u", *whole) / (2 * len(a.members))
    np.testing.assert_allclose(same_without(a.split, b.split, a.members), same, atol=1e-13)


def test_an_agreement_is_computed_once_for_two_runs(runs: list[Halves], monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = runs
    found = a.opposite_deleted(b)
    monkeypatch.setattr("emogeo.geometry.halves.opposite_without", None)
    assert a.opposite_deleted(b) is found and b.opposite_deleted(a) is found


def test_what_is_kept_of_a_run_that_is_gone_is_not_taken_for_another() -> None:
    a, _ = halves(Planted(9, 0.3, 0.5), 0)
    for seed in range(1, 7):  # each may lie where the one before it lay
        _, other = halves(Planted(9, 0.3, 0.5), seed)
        np.testing.assert_allclose(a.opposite_deleted(other), opposite(a.jackknife(), other.jackknife()), atol=1e-13)
        del other
