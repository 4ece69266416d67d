"""What a geometry is about, on planted worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.about import TOGETHER, Explained, about
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.inference import Estimate
from emogeo.geometry.predictors import of_distances, of_halves
from emogeo.geometry.regression import explained_by, explained_only_by, given_others, inflation
from emogeo.geometry.relations import relations
from tests.planted_about import RATED, UNRELATED, WORDS, AboutWorld, drawn

WORLD = AboutWorld(24, 0.3, 0.3, 0.3, 0.3)


def by_name(world: AboutWorld, seed: int = 0) -> dict[str, Explained]:
    run, predictors, _ = drawn(world, seed)
    return {each.name: each for each in about(run, predictors, 200).found}


def test_numbers_are_near_the_planted_ones() -> None:
    found, truth = by_name(WORLD), drawn(WORLD, 0)[2]
    assert set(found) == {RATED, UNRELATED, WORDS, "ratings", TOGETHER}
    for row, name in enumerate((RATED, UNRELATED, WORDS)):
        own = found[name]
        assert own.rho_star.low <= truth[0, 1 + row] <= own.rho_star.high
        assert own.only.low <= float(given_others(truth, row)) ** 2 <= own.only.high
        assert own.inflation == pytest.approx(inflation(truth, [row]), abs=0.1)
    every = found[TOGETHER]
    assert every.explained.low <= float(explained_by(truth, [0, 1, 2])) <= every.explained.high
    assert found["ratings"].only.low <= float(explained_only_by(truth, [0, 1])) <= found["ratings"].only.high
    assert every.adjusted == pytest.approx(1 - (1 - every.explained.value) / (1 - every.by_chance))
    assert found[RATED].p == found[RATED].p_given == 1 / 201 and found[UNRELATED].p > 0.05
    assert every.only is None and every.p_given is None and every.rho is None


def test_the_ceiling_is_the_root_of_the_reliability_and_divides() -> None:
    run, predictors, _ = drawn(WORLD, 1)
    found = about(run, predictors, 20)
    assert found.ceiling.value == pytest.approx(np.sqrt(run.reliability))
    assert found.ceiling.low < found.ceiling.value < found.ceiling.high and (found.n_units, found.half_size) == (24, 12)
    for own in found.found[:3]:
        assert own.rho_star.value == pytest.approx(own.rho.value / found.ceiling.value)
        low, high = own.rho_star.low, own.rho_star.high
        within = 0.0 if low <= 0 <= high else min(low**2, high**2)
        squared = (own.rho_star.value**2, within, max(low**2, high**2))
        assert (own.explained.value, own.explained.low, own.explained.high) == pytest.approx(squared)
        assert own.only.value == pytest.approx((own.given.value / found.ceiling.value) ** 2)


def test_agreements_are_those_of_relations() -> None:
    run, predictors, _ = drawn(WORLD, 2)
    own = about(run, [predictors[2]], 20).found[0]
    other = drawn(replace(WORLD, rated=0.0), 2)[0]
    both = about(run, [of_halves("other", "texts", other)], 20).found[0]
    assert both.rho_star.value == pytest.approx(
        float(relations([run, other]).whole[0, 1]) / np.sqrt(run.reliability * other.reliability)
    )
    assert own.given is None and own.only is None, "there is no other"


def test_predictors_that_are_nearly_one_are_not_told_apart_and_said_to_be() -> None:
    run, predictors, _ = drawn(WORLD, 0)
    distances = predictors[0].ranks[0, 0]
    twin = of_distances("again", "ratings", distances + 1e-3 * np.random.default_rng(0).normal(size=210), run)
    found = {each.name: each for each in about(run, [*predictors, twin], 20).found}
    assert found[RATED].given is None and found[RATED].only is None and found[RATED].rho is not None
    assert found[RATED].reason is not None and "most like again, ρ* 1.00" in found[RATED].reason
    assert found[WORDS].given is not None and found[WORDS].given.value == pytest.approx(
        by_name(WORLD)[WORDS].given.value, abs=0.02
    )


def test_a_predictor_that_is_no_more_than_noise_is_left_out_by_name() -> None:
    run, predictors, _ = drawn(replace(WORLD, signal_words=1e-4), 0)
    found = {each.name: each for each in about(run, predictors, 20).found}
    assert found[WORDS].rho is None and "hardly differ in it beyond chance" in (found[WORDS].reason or "")
    assert TOGETHER in found and WORDS not in found[TOGETHER].members


def test_an_unreliable_run_has_agreements_and_no_shares() -> None:
    run, predictors, _ = drawn(replace(WORLD, signal=0.01), 0)
    found = about(run, predictors, 20)
    assert found.reason is not None and found.reason.startswith("shares: not identifiable (24 units, reliability")
    assert all(own.explained is None and own.only is None and own.rho_star is None for own in found.found)
    assert found.found[0].rho is not None and found.found[0].given is not None and found.found[0].p is not None


def test_too_few_units_or_conditions() -> None:
    run, predictors, _ = drawn(WORLD, 0)
    with pytest.raises(GeometryError, match="5 units, 6 needed"):
        about(run.restricted(run.products.units[: MIN_JACKKNIFE - 1], run.products.conditions), predictors)
    few = run.restricted(run.products.units, run.products.conditions[:5])
    distances = np.random.default_rng(0).normal(size=(3, 10)) ** 2
    own = about(few, [of_distances(str(row), "ratings", each, few) for row, each in enumerate(distances)], 20).found
    assert all(each.reason == "given: not identifiable (5 conditions for 3 predictors, 6 needed)" for each in own[:3])
    assert all(isinstance(each.rho, Estimate) for each in own[:3])
    assert about(few, [], 20).found == ()
