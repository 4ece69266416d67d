"""Splits of least overlap."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.options import Centring
from emogeo.geometry.overlap import ChosenHalves, least_overlap, split_overlaps
from emogeo.geometry.units import unit_products

N_UNITS, N_CONDITIONS = 8, 5


def planted(n_units: int = N_UNITS) -> Halves:
    conditions = [f"c{i}" for i in range(N_CONDITIONS)]
    labels = [(unit, condition) for unit in range(n_units) for condition in conditions]
    states = np.random.default_rng(0).normal(size=(len(labels), 9))
    units = [f"u{unit}" for unit, _ in labels]
    return Halves(unit_products(states, [c for _, c in labels], units, conditions, Centring.grand_mean), 0)


def overlaps(n_units: int = N_UNITS) -> np.ndarray:
    drawn = np.random.default_rng(1).random((n_units, n_units))
    return (drawn + drawn.T) / 2 + np.eye(n_units)


def test_the_overlap_of_a_split_by_a_plain_loop() -> None:
    run, overlap = planted(), overlaps()
    for split, found in zip(run.members, split_overlaps(overlap, run.members), strict=True):
        pairs = [overlap[u, v] for u in np.flatnonzero(split[0]) for v in np.flatnonzero(split[1])]
        assert found == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("n_units", [8, 9])
def test_no_swap_makes_it_smaller_and_halves_stay_halves(n_units: int) -> None:
    run, overlap = planted(n_units), overlaps(n_units)
    least = least_overlap(run, overlap).members
    assert np.array_equal(least.sum(axis=2), run.members.sum(axis=2)) and (least.sum(axis=1) <= 1).all()
    assert np.array_equal(least.sum(axis=1), run.members.sum(axis=1))
    assert (split_overlaps(overlap, least) <= split_overlaps(overlap, run.members) + 1e-12).all()
    for split, own in zip(least, split_overlaps(overlap, least), strict=True):
        for u in np.flatnonzero(split[0]):
            for v in np.flatnonzero(split[1]):
                other = split.copy()
                other[:, [u, v]] = other[:, [v, u]]
                assert split_overlaps(overlap, other[None])[0] >= own - 1e-9


def test_the_best_split_of_all_is_found() -> None:
    run, overlap = planted(), overlaps()
    every = np.zeros((70, 2, N_UNITS))
    for row, half in enumerate(combinations(range(N_UNITS), N_UNITS // 2)):
        every[row, 0, list(half)] = 1
    every[:, 1] = 1 - every[:, 0]
    best = split_overlaps(overlap, every).min()
    assert split_overlaps(overlap, least_overlap(run, overlap).members).min() == pytest.approx(best)


def test_over_the_drawn_splits_the_comparison_is_the_usual_one() -> None:
    run = planted()
    again = ChosenHalves(run.products, run.seed, run.members)
    assert compare(again, again).disjoint_half == compare(run, run).disjoint_half
