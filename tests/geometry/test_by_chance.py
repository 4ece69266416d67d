"""Shares by chance, against plain loops over permuted labels."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.arrays import Array
from emogeo.geometry.about import about
from emogeo.geometry.by_chance import Weights, chances
from emogeo.geometry.halves import Halves
from emogeo.geometry.permutation import relabelled_pairs
from emogeo.geometry.predictors import Predictor
from tests.planted_about import AboutWorld, drawn

WORLD = AboutWorld(8, 0.2, 0.4, 0.5, 0.5)
DRAWS, SEED = 60, 3


@pytest.fixture(scope="module")
def planted() -> tuple[Halves, list[Predictor]]:
    return drawn(WORLD, 0)[:2]


def agreement(a: Array, b: Array, moved: Array) -> float:
    """The mean over splits of a on one half and b, relabelled, on the other."""
    return float(np.mean([a[s, h] @ b[s, 1 - h][moved] for s in range(len(a)) for h in (0, 1)]))


def test_mean_and_p_are_those_of_a_plain_loop(planted: tuple[Halves, list[Predictor]]) -> None:
    run, predictors = planted
    slopes = np.array([[0.3, 0.2, -0.1]])
    scales, inverse = np.array([1.0, 1.0, 0.9]), np.array([[2.0, 0.3], [0.3, 1.0]])
    (found,) = chances(run, predictors, [Weights([0, 2], [1], slopes, scales, inverse, 2 * inverse)], DRAWS, SEED)
    clean = [each.ranks / scale for each, scale in zip(predictors, scales, strict=True)]
    left = [own - slope * clean[1] for own, slope in zip([run.ranks, clean[0], clean[2]], slopes[0], strict=True)]
    moves = np.concatenate(list(relabelled_pairs(210, DRAWS, SEED)))
    for (target, a, b), weights, mean, p in (
        ((run.ranks, clean[0], clean[2]), inverse, found.explained, found.p),
        (left, 2 * inverse, found.only, found.p_given),
    ):
        vectors = [np.array([agreement(target, each, own) for each in (a, b)]) for own in [np.arange(210), *moves]]
        observed, *drawn_by_chance = (own @ weights @ own for own in vectors)
        assert mean == pytest.approx(np.mean(drawn_by_chance))
        assert p == (1 + sum(own >= observed - 1e-9 for own in drawn_by_chance)) / (1 + DRAWS)


def test_the_observed_share_beside_others_is_that_of_the_regression(planted: tuple[Halves, list[Predictor]]) -> None:
    """What permutation compares is what is shown: of a strong predictor, no permutation reaches it."""
    run, predictors = planted
    found = {each.name: each for each in about(run, predictors, 200, SEED).found}
    assert found["words"].p_given == found["words"].p == 1 / 201
    assert found["words"].only_by_chance < found["words"].only.value
