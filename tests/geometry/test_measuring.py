"""Measures on halves, against plain loops, the inference of rho, and on planted truths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rsatoolbox
from scipy.stats import kendalltau
from scipy.stats import t as student

from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.measures import (
    CKA,
    CKA_BIASED,
    EUCLIDEAN,
    KENDALL,
    MEASURES,
    MUTUAL_KNN,
    PEARSON,
    PROCRUSTES,
    SPEARMAN,
    Measure,
)
from emogeo.geometry.measuring import Measured, Viewed, measure_all, measured
from emogeo.geometry.options import Centring
from emogeo.geometry.units import crossvalidated_rdms, half_grams, unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted import Planted, codes, halves, labels, run_of

every = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def of(measure: Measure, a: Halves, b: Halves) -> Measured:
    return measured(Viewed(a, measure), Viewed(b, measure))


def other_texts(n_units: int, signal: float, seed: int, prefix: str) -> Halves:
    return run_of(codes(1.0)[0], signal, np.random.default_rng(seed), n_units, prefix)


@pytest.mark.parametrize("paired", [True, False])
def test_spearman_is_rho_with_everything_of_it(paired: bool) -> None:
    if paired:
        a, b = halves(Planted(n_units=12, signal=0.5, mix=0.5), seed=1)
    else:
        a, b = (other_texts(n, 0.6, n, prefix) for n, prefix in ((9, "u"), (12, "v")))
    found, wanted = of(SPEARMAN, a, b), compare(a, b)
    assert wanted.disjoint_half and wanted.reliability_a and wanted.reliability_b and wanted.rho_star
    assert found.value == pytest.approx(wanted.rho.value, abs=1e-12)
    assert found.disjoint == pytest.approx(wanted.disjoint_half.value, abs=1e-12)
    assert found.reliability_a == pytest.approx(wanted.reliability_a.value, abs=1e-12)
    assert found.reliability_b == pytest.approx(wanted.reliability_b.value, abs=1e-12)
    star = found.disattenuated
    assert star is not None
    assert (star.value, star.low, star.high) == pytest.approx(
        (wanted.rho_star.value, wanted.rho_star.low, wanted.rho_star.high), abs=1e-12
    )
    computed = of(replace(SPEARMAN, name="not of the run's own ranks"), a, b)
    for each in ("value", "disjoint", "reliability_a", "reliability_b"):
        assert getattr(computed, each) == pytest.approx(getattr(found, each), abs=1e-12)
    for deleted, again in zip(found.deleted, computed.deleted, strict=True):
        np.testing.assert_allclose(deleted, again, atol=1e-12)


@every
def test_halves_are_compared_as_a_loop_over_splits_does(measure: Measure) -> None:
    a, b = halves(Planted(n_units=8, signal=0.4), seed=2)
    disjoint, own = [], []
    for split in a.members:
        seen = [
            [measure.features(half_grams(run.products.values, half[None], measure.crossvalidated)) for half in split]
            for run in (a, b)
        ]
        disjoint += [measure.agree(seen[0][h], seen[1][1 - h]).item() for h in (0, 1)]
        own.append(measure.agree(seen[0][0], seen[0][1]).item())
    found = of(measure, a, b)
    assert found.disjoint == pytest.approx(np.mean(disjoint), abs=1e-6)
    assert found.reliability_a == pytest.approx(np.mean(own), abs=1e-6)


@pytest.mark.parametrize("measure", [PROCRUSTES, MUTUAL_KNN, CKA_BIASED], ids=lambda own: own.name)
def test_what_compares_vectors_sees_the_means_of_halves(measure: Measure) -> None:
    states = np.random.default_rng(4).normal(size=(6 * 21, 30))
    emotions, units = labels(6)
    run = Halves(unit_products(states, emotions, units, CONDITIONS, Centring.grand_mean), seed=0)
    half = run.members[0, 0]
    within = [unit for unit, own in zip(run.products.units, half, strict=True) if own]
    of_half = np.array([unit in within for unit in units])
    means = np.stack([states[of_half & (np.array(emotions) == name)].mean(axis=0) for name in run.products.conditions])
    means -= means.mean(axis=0)
    gram = (means @ means.T)[np.triu_indices(21)][None]
    found = measure.features(half_grams(run.products.values, half[None], measure.crossvalidated))
    assert measure.agree(found[0], measure.features(gram)[0]) == pytest.approx(1.0, abs=1e-6)


def test_kendall_on_a_split_is_that_of_scipy() -> None:
    a, b = halves(Planted(n_units=8, signal=0.4), seed=3)
    view = Viewed(a, KENDALL), Viewed(b, KENDALL)
    rdms = [crossvalidated_rdms(run.products.values, run.members[0])[0] for run in (a, b)]
    found = KENDALL.agree(view[0].halves[0, 0], view[1].halves[0, 1])
    assert found == pytest.approx(kendalltau(rdms[0][0], rdms[1][1]).statistic, abs=1e-12)


def test_crossvalidated_distances_are_those_of_rsatoolbox() -> None:
    states = np.random.default_rng(4).normal(size=(5 * 21, 30))
    emotions, units = labels(5)
    run = Halves(unit_products(states, emotions, units, CONDITIONS, Centring.grand_mean), seed=0)
    data = rsatoolbox.data.Dataset(states, obs_descriptors={"emotion": emotions, "unit": units})
    wanted = rsatoolbox.rdm.calc_rdm_crossnobis(data, descriptor="emotion", cv_descriptor="unit")
    order = [list(wanted.pattern_descriptors["emotion"]).index(c) for c in run.products.conditions]
    matrix = wanted.get_matrices()[0][np.ix_(order, order)]
    rows, columns = np.triu_indices(21, k=1)
    gram = half_grams(run.products.values, np.ones((1, 5)))[0]
    square = np.zeros((21, 21))
    square[np.triu_indices(21)] = gram
    norms = np.diag(square)
    distances = norms[rows] + norms[columns] - 2 * square[rows, columns]
    np.testing.assert_allclose(distances / 30, matrix[rows, columns], atol=1e-9)


@pytest.mark.parametrize("measure", [PEARSON, EUCLIDEAN, CKA], ids=lambda own: own.name)
def test_the_interval_is_written_out(measure: Measure) -> None:
    a, b = halves(Planted(n_units=9, signal=0.8, mix=0.5), seed=5)
    n = a.n_units

    def ratio(members: np.ndarray) -> float:
        x, y = (
            measure.features(half_grams(run.products.values, members.reshape(-1, n), measure.crossvalidated)).reshape(
                100, 2, -1
            )
            for run in (a, b)
        )
        crossed = np.mean([(x[:, 0] * y[:, 1]).sum(-1), (x[:, 1] * y[:, 0]).sum(-1)])
        return float(crossed / np.sqrt((x[:, 0] * x[:, 1]).sum(-1).mean() * (y[:, 0] * y[:, 1]).sum(-1).mean()))

    deleted = []
    for unit in range(n):
        members = a.members.copy()
        members[:, :, unit] = 0
        deleted.append(ratio(members))
    reach = student.ppf(0.975, n - 1) * np.sqrt((n - 1) / n * np.sum((np.array(deleted) - np.mean(deleted)) ** 2))
    found, value = of(measure, a, b), ratio(a.members)
    assert found.disattenuated is not None
    star = found.disattenuated
    assert (star.value, star.low, star.high) == pytest.approx((value, value - reach, value + reach), abs=1e-9)
    np.testing.assert_allclose(found.deleted[0], deleted, atol=1e-9)


def test_a_run_with_itself_is_1_by_every_measure() -> None:
    a, _ = halves(Planted(n_units=12, signal=0.5), seed=6)
    for found in measure_all(a, a):
        assert found.value == pytest.approx(1, abs=1e-6)
        assert found.disjoint == pytest.approx(found.reliability_a)
        assert found.disattenuated is None or found.disattenuated.value == pytest.approx(1)
    given = [found.measure for found in measure_all(a, a) if found.disattenuated is not None]
    assert set(given) <= {"spearman", "pearson", "spearman_euclidean", "cka"}


def test_shared_text_raises_the_plain_value_and_not_that_on_disjoint_text() -> None:
    noisy = Planted(n_units=24, signal=0.15, mix=0.0, shared=0.9)
    for found in measure_all(*halves(noisy, seed=7)):
        if found.measure in ("spearman", "pearson", "cka", "kendall"):
            assert found.value is not None and found.disjoint is not None
            assert abs(found.disjoint) < 0.15
            assert found.value > found.disjoint


def test_few_units_say_what_is_missing() -> None:
    one, two, five, seven = (
        {found.measure: found for found in measure_all(*halves(Planted(n_units=n, signal=2.0), seed=8))}
        for n in (1, 2, 5, 7)
    )
    assert one["spearman_euclidean"] == Measured(
        "spearman_euclidean", None, None, reason="not identifiable (1 unit, 2 needed)"
    )
    assert one["cka"].value is not None
    for found in two.values():
        assert found.value is not None and found.disjoint is None
        assert found.reason == "all but value: not identifiable (2 units, 4 needed)"
    assert five["cka"].disjoint is not None
    assert seven["cka"].reason == "disattenuated: not identifiable (7 units, 8 needed)"
    assert "tau" in seven["kendall"].reason


def test_an_unreliable_run_has_no_ratio() -> None:
    a, b = halves(Planted(n_units=12, signal=2.0, signal_b=0.001), seed=9)
    for measure in (SPEARMAN, PEARSON, EUCLIDEAN, CKA):
        found = of(measure, a, b)
        assert found.disattenuated is None
        assert found.reason.startswith("disattenuated: not identifiable (reliability of b ")
        assert "of a" not in found.reason


def test_what_does_not_belong_together_is_refused() -> None:
    a, b = halves(Planted(n_units=8, signal=0.5), seed=10)
    with pytest.raises(GeometryError, match="two measures"):
        measured(Viewed(a, CKA), Viewed(b, PEARSON))
    with pytest.raises(GeometryError, match="same conditions"):
        of(CKA, a, b.restricted(b.products.units, b.products.conditions[:6]))
