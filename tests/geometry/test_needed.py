"""The number of units that would pass the gate: variances against loops and planted ones, forecasts against data."""

from __future__ import annotations

import warnings
from dataclasses import astuple, replace

import numpy as np
import pytest
from scipy.stats import t as student

from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Estimate, identifiable, reliability
from emogeo.geometry.needed import (
    Needed,
    NoiseOfUnits,
    _error,
    expected_reliability,
    most_needed,
    noise_of_units,
    units_needed,
)
from emogeo.geometry.units import UnitProducts
from tests.planted import D_TEXT, Planted, codes, halves, run_of


def test_the_noise_of_a_half_is_the_variance_of_its_products() -> None:
    """Over fresh texts; the noise of a product of two texts has the variance D, up to centring."""
    signal, sizes = 0.5, (4, 8)
    made = [run_of(codes(1.0)[0], signal, np.random.default_rng(seed), 16) for seed in range(120)]
    found = [noise_of_units(run) for run in made]
    noise = NoiseOfUnits(*(float(np.mean([getattr(own, name) for own in found])) for name in ("unit", "pair")))
    rows, columns = np.triu_indices(21, k=1)
    for size in sizes:
        products = np.stack([run.products.values[:size, :size][:, :, rows, columns] for run in made])
        apart = ~np.eye(size, dtype=bool)
        means = (products + np.stack([run.products.values[:size, :size][:, :, columns, rows] for run in made])) / 2
        variance = means[:, apart].mean(axis=1).var(axis=0, ddof=1).mean()
        assert float(noise.of_half(size)) == pytest.approx(variance, rel=0.1)
    assert noise.pair == pytest.approx(D_TEXT * (20 / 21) ** 2 / 2, rel=0.15)


@pytest.mark.parametrize("n", [4, 9])
def test_variances_of_units_and_of_pairs_of_units_are_those_that_were_planted(n: int) -> None:
    """Products s + a_u + a_v + e_uv of conditions that are noisy to different degrees; means over many draws."""
    generator, n_conditions = np.random.default_rng(0), 24
    rows, columns = np.triu_indices(n_conditions, k=1)
    spread = np.where(columns - rows == 1, 4.0, 1.0)
    found = []
    for _ in range(400):
        of_unit, of_pair = generator.normal(size=(n, len(rows))), generator.normal(size=(n, n, len(rows)))
        noise = of_unit[:, None] + of_unit + np.sqrt(3 / 2) * (of_pair + of_pair.swapaxes(0, 1))
        values = np.zeros((n, n, n_conditions, n_conditions))
        values[:, :, rows, columns] = values[:, :, columns, rows] = 5 + spread * noise
        products = UnitProducts(tuple(map(str, range(n))), tuple(map(str, range(n_conditions))), values)
        found.append(astuple(noise_of_units(Halves(products, 0))))
    assert np.mean(found, axis=0) == pytest.approx(np.mean(spread**2) * np.array([1, 3]), rel=0.03)


def test_the_forecast_of_a_reliability_is_met_by_more_units() -> None:
    small = [run_of(codes(1.0)[0], 0.08, np.random.default_rng(seed), 12) for seed in range(20)]
    large = [run_of(codes(1.0)[0], 0.08, np.random.default_rng(seed), 36) for seed in range(6)]
    noise = noise_of_units(small[0])
    value = float(np.mean([reliability(run).value for run in small]))
    wanted = float(np.mean([reliability(run).value for run in large]))
    assert float(expected_reliability(value, 12, noise, np.array(36))) == pytest.approx(wanted, abs=0.08)
    assert float(expected_reliability(value, 12, noise, np.array(12))) == pytest.approx(value)


def test_as_many_units_as_are_told_pass_about_every_second_time() -> None:
    told = units_needed(halves(Planted(24, 0.03), 2)[0])
    assert told.units is not None
    assert told.low is not None
    assert told.low < told.units < (told.high or np.inf)
    more, fewer = (
        [identifiable(run_of(codes(1.0)[0], 0.03, np.random.default_rng(seed), n)) for seed in range(12)]
        for n in (told.units + 16, told.units - 16)
    )
    assert sum(more) > 9
    assert sum(fewer) < 3


def test_what_passes_needs_no_more_than_it_has() -> None:
    told = units_needed(halves(Planted(24, 0.5), 1)[0])
    assert told.units is not None
    assert told.units <= 12


def test_it_is_not_told_where_halves_agree_wholly() -> None:
    run = halves(Planted(12, 0.5), 1)[0]
    copies = copies_of(run)
    assert reliability(copies).value == pytest.approx(1, abs=1e-12)
    told = Needed(reason="reliability 1: its halves agree wholly")
    assert units_needed(copies) == most_needed(copies, run) == told
    assert str(told).endswith("cannot be estimated (reliability 1: its halves agree wholly)")


def test_runs_that_pass_are_not_asked_where_another_fails() -> None:
    run, noisy, hopeless = (halves(Planted(24, signal), 2)[0] for signal in (0.5, 0.03, 0.0))
    copies = copies_of(run)
    assert [identifiable(own) for own in (copies, run, noisy, hopeless)] == [True, True, False, False]
    told = units_needed(noisy)
    assert told.units is not None
    assert most_needed(noisy, copies) == most_needed(copies, noisy) == most_needed(run, noisy) == told
    assert units_needed(hopeless) == most_needed(hopeless, copies) == most_needed(noisy, hopeless) == Needed()


def test_a_run_that_fails_keeps_its_own_reason() -> None:
    few, noisy = copies_of(halves(Planted(6, 0.5), 1)[0]), halves(Planted(24, 0.03), 2)[0]
    assert not identifiable(few)
    assert most_needed(noisy, few) == Needed(reason="reliability 1: its halves agree wholly")


def copies_of(run: Halves) -> Halves:
    """A run in which every two units have the same products."""
    n = run.n_units
    shape = (n, n, *run.products.values.shape[2:])
    return Halves(replace(run.products, values=np.broadcast_to(run.products.values[:1, 1:2], shape)), 0)


def test_an_interval_that_rounds_to_one_hides_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    run = halves(Planted(12, 0.5), 1)[0]
    monkeypatch.setattr("emogeo.geometry.needed.reliability", lambda _run: Estimate(0.99, 0.98, 1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert units_needed(run) == Needed(8, 8, 8)


def test_the_error_is_the_same_from_either_end_of_the_interval() -> None:
    run = halves(Planted(24, 0.03), 2)[0]
    own = reliability(run)
    upper = (np.arctanh(own.high) - np.arctanh(own.value)) / student.ppf(0.975, 23)
    assert _error(own, 24) == pytest.approx(upper)


def test_it_is_not_told_where_the_reliability_may_be_nothing() -> None:
    for n_units, signal in ((12, 0.0), (5, 0.5)):
        assert units_needed(halves(Planted(n_units, signal), 1)[0]) == Needed()
    assert str(Needed()) == "how many units would pass the gate cannot be estimated"
    assert str(Needed(60, 40, 120)) == "about 60 units (40 to 120) like these would pass the gate"
    assert str(Needed(60, 40)) == "about 60 units (40 to more than 1000) like these would pass the gate"
