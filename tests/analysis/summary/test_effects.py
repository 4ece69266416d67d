"""Effects in the terminal."""

from __future__ import annotations

from emogeo.analysis.summary.effects import effect_lines, variance_lines
from emogeo.analysis.tables.effects import EFFECT_COLUMNS
from emogeo.analysis.tables.variance import VARIANCE_COLUMNS
from tests.analysis.report.planted import frame
from tests.analysis.summary.planted import material

ROW = {"model": "m", "layer_of_effect": "method", "factor": "comparable", "n_units": 12, "rho": 0.5}
ROW |= {"rho_star": 0.996, "effect": 0.004, "ci_low": 0.0004, "ci_high": 0.5, "counts": "yes", "floor": 0.0001}


def test_an_effect_is_two_lines_and_near_zero_it_has_the_digits_that_it_needs() -> None:
    said = effect_lines(material([], effects=frame(EFFECT_COLUMNS, ROW)), 80)
    assert said == [
        "Effects of m, 1 − ρ* of runs that differ in one thing (all of it: effects.csv)",
        "  comparable",
        "      effect 0.004 [0.0004, 0.50]; counts: yes; floor 0.0001",
    ]


def test_effects_of_several_models_are_named_and_many_are_counted() -> None:
    rows = [{**ROW, "model": f"m{n}", "effect": None, "ci_low": None, "ci_high": None} for n in range(14)]
    said = effect_lines(material([], effects=frame(EFFECT_COLUMNS, *rows)), 80)
    assert said[1:3] == ["  m0, comparable", "      effect –; counts: yes; floor 0.0001; ρ 0.50"]
    assert said[-1] == "  and 2 more in effects.csv"
    assert effect_lines(material([]), 80) == []


def test_shares_are_shown_where_there_are_any() -> None:
    share = {"factor": "chat", "share": 0.5, "p": 0.01, "p_min": 0.002, "n_relabellings": 500}
    said = variance_lines(material([], variance=frame(VARIANCE_COLUMNS, share)), 80)
    assert said[0].startswith("Variance of 1 − ρ* over pairs of runs")
    assert said[2].split()[:4] == ["chat", "0.5", "0.01", "0.002"]
    assert variance_lines(material([], variance=frame(VARIANCE_COLUMNS, {"factor": "chat"})), 80) == []
