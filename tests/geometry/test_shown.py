"""Results as rows and as tables of a notebook."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.geometry.inference import Estimate
from emogeo.geometry.shown import Shown, decimals


@dataclass(frozen=True)
class Result(Shown):
    name: str
    rho: Estimate
    star: Estimate | None
    share: float
    n: int


def result(low: float = -0.25) -> Result:
    return Result("<a> & b", Estimate(0.123456, low, 0.5), None, 2 / 3, 100_000)


def test_an_estimate_is_three_columns() -> None:
    assert result().to_dict() == {
        "name": "<a> & b",
        "rho": 0.123456,
        "rho_ci_low": -0.25,
        "rho_ci_high": 0.5,
        "star": None,
        "star_ci_low": None,
        "star_ci_high": None,
        "share": 2 / 3,
        "n": 100_000,
    }


def test_a_bound_that_is_not_there_is_none() -> None:
    assert result(np.nan).to_dict()["rho_ci_low"] is None


def test_a_notebook_shows_what_there_is_in_four_digits_and_nothing_as_markup() -> None:
    assert result(np.nan)._repr_html_() == (
        "<table><tr><th>name</th><td>&lt;a&gt; &amp; b</td></tr><tr><th>rho</th><td>0.1235</td></tr>"
        "<tr><th>rho_ci_high</th><td>0.5</td></tr><tr><th>share</th><td>0.6667</td></tr>"
        "<tr><th>n</th><td>100000</td></tr></table>"
    )


def test_decimals_are_two_and_more_beside_a_bound() -> None:
    for value in (0.9949, 0.996, 0.9999, 1.0001, 1.004):
        written = decimals(value)
        assert (float(written) < 1, float(written) > 1) == (value < 1, value > 1)
    assert [decimals(value) for value in (1.0, 1 - 1e-5, 0.5, -0.001)] == ["1.00", "1.00", "0.50", "0.00"]
    assert decimals(-0.0003, bound=0.0) == "-0.0003"
    assert decimals(1.4, 0) == "1.4", "beside 1 at any number of decimals"
