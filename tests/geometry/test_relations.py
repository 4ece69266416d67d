"""Relations of several geometries, against loops over halves."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.relations import disattenuated, relations
from tests.planted import Planted, halves, run_of, unrelated_codes
from tests.planted_words import WordWorld, draw


def _loop(a: Halves, b: Halves) -> float:
    """Opposite halves, one by one."""
    splits = zip(a.ranks, b.ranks, strict=True)
    return float(np.mean([x[h] @ y[1 - h] for x, y in splits for h in (0, 1)]))


def test_relations_are_those_of_a_loop_over_halves() -> None:
    a, b, nulls = draw(WordWorld(8, 0.5, 0.5, 0.3, 0.3), 0)
    runs = [a, b, nulls[0].members[0]]
    found = relations(runs)
    wanted = [[(_loop(x, y) + _loop(y, x)) / 2 for y in runs] for x in runs]
    np.testing.assert_allclose(found.whole, wanted, atol=1e-12)
    (deleted,) = found.deleted
    for unit in range(8):
        jackknifed = np.mean(
            [(x := a.jackknife()[unit][s])[h] @ b.jackknife()[unit][s][1 - h] for s in range(100) for h in (0, 1)]
        )
        swapped = np.mean(
            [b.jackknife()[unit][s][h] @ a.jackknife()[unit][s][1 - h] for s in range(100) for h in (0, 1)]
        )
        assert deleted[unit, 0, 1] == pytest.approx((jackknifed + swapped) / 2, abs=1e-12)
        assert x.shape == (2, 210)


def test_disattenuated_relations_are_rho_star() -> None:
    a, b = halves(Planted(12, 0.3, 0.5), 3)
    star = compare(a, b).rho_star
    assert star is not None
    assert disattenuated(relations([a, b]).whole)[0, 1] == pytest.approx(star.value, abs=1e-12)


def test_runs_over_other_units_are_related_as_compare_relates_them() -> None:
    generator = np.random.default_rng(0)
    code, _ = unrelated_codes(generator)
    a, b = (run_of(code, 0.3, generator, 10, prefix) for prefix in ("u", "v"))
    found, star = relations([a, b]), compare(a, b).rho_star
    assert star is not None
    assert len(found.deleted) == 2
    assert disattenuated(found.whole)[0, 1] == pytest.approx(star.value, abs=1e-12)


def test_pooled_members_are_their_mean() -> None:
    a, b, nulls = draw(WordWorld(8, 0.5, 0.5, 0.3, 0.3), 1)
    twins = nulls[2].members
    pooled = relations([a, b, *twins]).pooled([[0], [1], [2, 3]]).whole
    one, two = (relations([a, twin]).whole[0, 1] for twin in twins)
    assert pooled[0, 2] == pytest.approx((one + two) / 2, abs=1e-12)
