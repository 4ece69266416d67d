"""Whether a verdict hangs on the measure, on written values and on planted runs."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry.inference import Estimate
from emogeo.geometry.measure_verdict import Reading, Verdict, answer_of, reading_of
from emogeo.geometry.measuring import Measured, measure_all
from tests.planted import Planted, halves


@pytest.mark.parametrize(
    ("low", "high", "reading"),
    [
        (0.1, 0.9, Reading.not_identical),
        (0.01, 0.05, Reading.not_identical),
        (0.9, 1.0, Reading.related),
        (0.9, 1.1, Reading.related),
        (-0.5, -0.1, Reading.opposite),
        (-0.1, 0.09, Reading.unrelated),
        (-0.1, 0.1, Reading.unknown),
        (-0.1, 0.15, Reading.unknown),
        (-0.1, 0.0, Reading.unrelated),
        (0.0, 0.5, Reading.unknown),
        (-0.1, 1.2, Reading.unknown),
    ],
)
def test_an_interval_is_read_against_0_and_1(low: float, high: float, reading: Reading) -> None:
    assert reading_of(Estimate((low + high) / 2, low, high)) is reading


def of(name: str, low: float, high: float, spread: float = 0.001) -> Measured:
    value = (low + high) / 2
    deleted = value + spread * np.linspace(-1, 1, 12)
    return Measured(name, value, 0.0, disattenuated=Estimate(value, low, high), deleted=(deleted,))


def test_one_reading_is_agreement() -> None:
    answer = answer_of([of("spearman", 0.5, 0.9), of("cka", 0.2, 0.4), Measured("kendall", 0.5, 0.0)])
    assert (answer.verdict, answer.text) == (Verdict.agree, "all 2 measures agree: related, not identical")


def test_readings_that_differ_by_more_than_chance_hang_on_the_measure() -> None:
    answer = answer_of([of("spearman", 0.5, 0.9), of("pearson", 0.5, 0.8), of("cka", -0.05, 0.05)])
    assert answer.verdict is Verdict.depends
    assert answer.text == "depends on the measure: related, not identical by spearman, pearson; unrelated by cka"


def test_readings_of_values_that_hardly_differ_do_not() -> None:
    first, second = of("spearman", 0.9, 0.99, spread=0.01), of("cka", 0.91, 1.01)
    wide = Measured("cka", 0.96, 0.0, disattenuated=second.disattenuated, deleted=(first.deleted[0][::-1],))
    answer = answer_of([first, wide])
    assert answer.verdict is Verdict.within_chance
    assert answer.text.startswith("no two measures differ by more than chance: related, not identical by spearman; ")


def test_one_measure_is_no_answer() -> None:
    assert answer_of([]).verdict is Verdict.not_identifiable
    assert answer_of([of("cka", 0.5, 0.9), Measured("kendall", 0.5, 0.0)]).verdict is Verdict.not_identifiable


def test_planted_runs() -> None:
    same = answer_of(measure_all(*halves(Planted(n_units=24, signal=0.5), seed=1)))
    assert same.text == "all 4 measures agree: related, identity not excluded"
    half = answer_of(measure_all(*halves(Planted(n_units=24, signal=0.5, mix=0.5), seed=1)))
    assert half.text == "all 4 measures agree: related, not identical"
