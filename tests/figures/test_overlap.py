"""Agreement by the words that texts share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emogeo.figures import overlap
from emogeo.figures.overlap import PANELS_AT_MOST, OverlapCurve, overlap_figure
from tests.figures.caught import drawn, legend_of, same_png

CURVE = OverlapCurve(
    "a · b",
    np.array([0.24, 0.0]),
    np.array([[0.7, 0.6, 0.8], [0.5, -0.1, 0.7]]),
    np.array([[0.8, 0.7], [0.6, 0.65]]),
    "ρ* 0.90 [0.80, 1.00]",
)


def test_a_panel_shows_agreement_and_reliabilities_down_to_no_word() -> None:
    figure = drawn(overlap, overlap_figure, [CURVE])
    (axes,) = figure.axes
    assert [line.get_xdata().tolist() for line in axes.lines] == [[0.0, 0.24]] * 3
    assert [line.get_ydata().tolist() for line in axes.lines] == [[0.5, 0.7], [0.6, 0.8], [0.65, 0.7]]
    assert axes.get_title(loc="left") == "a · b\nno content word in common: ρ* 0.90 [0.80, 1.00]"
    assert -0.05 < axes.get_xlim()[0] < 0 and axes.get_ylim()[0] < -0.1
    assert legend_of(figure) == [
        *("the two runs, opposite halves", "its 95% interval", "first run with itself", "second run with itself"),
    ]


def test_panels_have_one_scale_that_holds_every_interval() -> None:
    flat = replace(CURVE, values=np.full((2, 3), 0.5), shared=np.array([0.4, 0.0]))
    figure = drawn(overlap, overlap_figure, [CURVE, flat, flat, flat])
    assert {axes.get_ylim() for axes in figure.axes} == {(-0.13, 1.0)}
    (limits,) = {axes.get_xlim() for axes in figure.axes}
    assert limits[0] < 0 and limits[1] > 0.4


def test_of_many_pairs_the_first_are_shown() -> None:
    figure = drawn(overlap, overlap_figure, [CURVE] * (PANELS_AT_MOST + 2))
    assert sum(axes.get_visible() for axes in figure.axes) == PANELS_AT_MOST
    assert figure.get_supxlabel().endswith("; the first 12 of 14 pairs of runs")
    assert "pairs" not in drawn(overlap, overlap_figure, [CURVE]).get_supxlabel()


def test_the_file_is_the_same_twice() -> None:
    assert same_png(overlap_figure, [CURVE])
