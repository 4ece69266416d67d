"""Predictors, on halves and without each unit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogeo.errors import EqualDissimilaritiesError, GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.predictors import log_lengths, of_distances, of_halves, of_values
from emogeo.geometry.rdm import standard_ranks, upper
from tests.planted import Planted, halves


@pytest.fixture(scope="module")
def run() -> Halves:
    return halves(Planted(8, 0.5), 0)[0]


def test_a_value_of_units_is_the_difference_of_means_over_each_half(run: Halves) -> None:
    values = np.random.default_rng(1).normal(size=(8, 21))
    found = of_values("length", "texts", values, run)
    split, half, unit = np.nonzero(run.members)
    for row in (0, 57, len(unit) - 1):
        own = np.flatnonzero(run.members[split[row], half[row]])
        for kept, ranks in (
            (own, found.ranks[split[row], half[row]]),
            (own[own != unit[row]], found.deletions[slice(row, row + 1)][0]),
        ):
            means = values[kept].mean(axis=0)
            assert ranks == pytest.approx(standard_ranks(upper(np.abs(means[:, None] - means[None]))))


def test_dissimilarities_without_texts_are_the_same_on_all_halves(run: Halves) -> None:
    distances = np.random.default_rng(2).normal(size=210) ** 2
    found = of_distances("rating", "ratings", distances, run)
    assert found.ranks.shape == run.ranks.shape
    assert found.deletions[slice(0, 5)].shape == run.deletions[slice(0, 5)].shape
    assert found.ranks[7, 1] @ run.whole[0] == pytest.approx(spearmanr(distances, run.whole[0]).statistic)


def test_a_geometry_of_the_same_texts_has_its_own_halves(run: Halves) -> None:
    found = of_halves("words", "texts", run)
    assert found.ranks is run.ranks and found.deletions is run.deletions


def test_lengths_are_means_of_logarithms_by_unit_and_condition(run: Halves) -> None:
    units, conditions = run.products.units, run.products.conditions
    rows = [(unit, own, "x" * (len(own) + n)) for unit in units for own in conditions for n in (1, 5)]
    found = log_lengths([r[2] for r in rows], [r[0] for r in rows], [r[1] for r in rows], run)
    first = conditions[0]
    assert found.shape == (8, 21)
    assert found[3, 0] == pytest.approx(np.log1p([len(first) + 1, len(first) + 5]).mean())
    with pytest.raises(GeometryError, match="has no length"):
        log_lengths([rows[0][2]], [rows[0][0]], [rows[0][1]], run)


def test_what_does_not_differ_or_does_not_fit_is_refused(run: Halves) -> None:
    with pytest.raises(EqualDissimilaritiesError):
        of_distances("flat", "ratings", np.ones(210), run)
    with pytest.raises(EqualDissimilaritiesError):
        of_values("flat", "texts", np.ones((8, 21)), run)
    with pytest.raises(GeometryError, match="a value for each unit and condition"):
        of_values("length", "texts", np.ones((7, 21)), run)
