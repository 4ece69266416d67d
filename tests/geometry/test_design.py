"""Planted designs: more units are better, a signal is found again, and what cannot be is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.design import Design, expected, signal_of


def test_more_units_make_a_narrower_interval() -> None:
    few, more = (expected(Design(n, 21, 0.2), draws=3, seed=0) for n in (12, 24))
    assert few.reliability < more.reliability
    assert few.passes == more.passes == 1
    assert few.reach is not None and more.reach is not None and few.reach > more.reach
    assert more.reach_any is not None and more.reach_any >= more.reach


def test_texts_of_mere_noise_and_few_units_do_not_pass() -> None:
    noise = expected(Design(12, 21, 0.001), draws=2, seed=0)
    assert (noise.passes, noise.reach, noise.reach_any) == (0.0, None, None)
    few = expected(Design(6, 21, 2.0), draws=2, seed=0)
    assert few.reliability > 0.5
    assert few.passes == 0


def test_a_signal_is_found_by_its_reliability() -> None:
    signal = signal_of(0.4, 16, 21, seed=0)
    assert expected(Design(16, 21, signal), draws=6, seed=7).reliability == pytest.approx(0.4, abs=0.08)


def test_what_cannot_be_is_refused() -> None:
    good = Design(12, 21, 0.1)
    for bad in (replace(good, n_units=3), replace(good, n_conditions=3), replace(good, signal=0.0)):
        with pytest.raises(GeometryError, match="A design has at least 4 units"):
            expected(bad, 1, 0)
    with pytest.raises(GeometryError, match="between 0 and 1; this is 1.5"):
        expected(replace(good, star=1.5), 1, 0)
    for reliability in (-0.1, 1.0):
        with pytest.raises(GeometryError, match="says nothing of other numbers"):
            signal_of(reliability, 12, 21, 0)
