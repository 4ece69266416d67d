"""Cells of two RDMs that differ beyond the noise of the texts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from emogeo.errors import GeometryError
from emogeo.geometry.rdm_difference import rdm_difference
from emogeo.geometry.units import crossvalidated_rdms
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted import run_of, unrelated_codes

Array = NDArray[np.float64]


def products(n_units: int, moved: float = 0.0, seed: int = 0, signal: float = 0.5) -> tuple[Array, Array]:
    generator = np.random.default_rng(seed)
    code, other = unrelated_codes(generator)
    changed = code.copy()
    changed[0] = np.sqrt(1 - moved) * code[0] + np.sqrt(moved) * other[0]
    a, b = (run_of(own, signal, generator, n_units).products.values for own in (code, changed))
    return a, b


def test_it_is_what_plain_loops_give() -> None:
    a, b = products(7, 0.5)
    found = rdm_difference(a, b, 3, draws=50)

    def rdm(own: Array, units: list[int]) -> Array:
        return np.asarray(crossvalidated_rdms(own[np.ix_(units, units)], np.ones((1, len(units))))[0][0])

    every = list(range(7))
    whole = rdm(b, every) - rdm(a, every)
    parts = []
    for unit in every:
        rest = [other for other in every if other != unit]
        parts.append(7 * whole - 6 * (rdm(b, rest) - rdm(a, rest)))
    assert found.values == pytest.approx(whole)
    assert found.error == pytest.approx(np.std(parts, axis=0, ddof=1) / np.sqrt(7))

    def t(values: list[Array]) -> Array:
        return np.abs(np.mean(values, axis=0)) / (np.std(values, axis=0, ddof=1) / np.sqrt(7))

    signs = np.random.default_rng([29, 3]).choice([-1.0, 1.0], size=(50, 7))
    largest = np.array([t([sign * part for sign, part in zip(row, parts, strict=True)]).max() for row in signs])
    p = [(1 + (largest >= own * (1 - 1e-9)).sum()) / 51 for own in t(parts)]
    assert found.p == pytest.approx(np.array(p))


def test_a_condition_that_moved_is_found() -> None:
    found = rdm_difference(*products(24, 1.0), 0)
    marked, rows = found.p <= 0.05, np.triu_indices(len(CONDITIONS), k=1)[0]
    assert marked[rows == 0].sum() >= 3 and marked[rows > 0].mean() <= 0.01
    assert found.n_units == 24


def test_few_data_sets_of_one_geometry_have_a_mark() -> None:
    marked = [(rdm_difference(*products(12, seed=seed), seed, draws=199).p <= 0.05).any() for seed in range(100)]
    assert np.mean(marked) <= 0.1, "a twentieth, with the error of 100 data sets"


def test_a_run_does_not_differ_from_itself() -> None:
    a, _ = products(8)
    found = rdm_difference(a, a, 0, draws=20)
    assert (found.values == 0).all() and (found.error == 0).all() and (found.p == 1).all()


def test_other_units_and_too_few_are_refused() -> None:
    a, _ = products(8)
    with pytest.raises(GeometryError, match="same units and conditions"):
        rdm_difference(a, a[:7, :7], 0)
    with pytest.raises(GeometryError, match="5 units, 6 are needed"):
        rdm_difference(a[:5, :5], a[:5, :5], 0)
