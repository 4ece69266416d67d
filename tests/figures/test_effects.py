"""Effects with their intervals, and shares of variance."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

from emogeo.figures import effects
from emogeo.figures.effects import (
    Bar,
    Bounded,
    KindRow,
    Point,
    Share,
    layers_of_effect_figure,
    sub_parameters_figure,
    variance_figure,
)
from tests.figures.caught import drawn, legend_of, rows_of, same_png

NAN = float("nan")
ROWS = [KindRow("method", {"one": 0.3, "two": 0.1}), KindRow("precision")]
PANELS = {"m": [Point(1, 0.4, Bounded(0.8, 0.7, 0.85), 0.05), Point(0, 0.2, None, 0.5)], "n": []}
BARS = {"m": [Bar(0, 0.5, Bounded(0.2, 0.1, 0.4)), Bar(1, 0.6, None)], "n": [Bar(1, 0.3, Bounded(0.1, 0.0, 0.2))]}
SHARES = [
    Share("chat", "", Bounded(0.1, 0.05, 0.2), 0.04, 0.002),
    Share("text", "length", Bounded(0.4, NAN, NAN), NAN, NAN),
]


def marks(axes: Axes, label: str) -> list[tuple[float, float]]:
    return [tuple(line.get_xydata()[0].tolist()) for line in axes.lines if line.get_label() == label]


def test_rows_hold_raw_and_disattenuated_agreement_with_its_null() -> None:
    figure = drawn(effects, layers_of_effect_figure, ROWS, PANELS)
    first, second = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["m", "n"]
    assert rows_of(first) == ["method", "precision"]
    assert marks(first, "ρ, raw, as published") == [(0.4, 1), (0.2, 0)]
    assert marks(first, "ρ* with its interval") == [(0.8, 1)]
    assert marks(first, "ρ* of the null") == [(pytest.approx(0.95), 1)], "no null without a ρ*"
    assert [0.7, 0.85] in [list(line.get_xdata()) for line in first.lines]
    assert marks(second, "ρ, raw, as published") == []


def test_published_figures_stand_in_every_panel_beside_their_row_alone() -> None:
    figure = drawn(effects, layers_of_effect_figure, ROWS, PANELS)
    for axes in figure.axes:
        assert (marks(axes, "published: one"), marks(axes, "published: two")) == ([(0.3, 0)], [(0.1, 0)])
    assert sorted(legend_of(figure)) == [
        "published: one",
        "published: two",
        "ρ* of the null",
        "ρ* with its interval",
        "ρ, raw, as published",
    ]


def test_a_bar_is_the_effect_with_its_interval_inside_the_raw_one() -> None:
    figure = drawn(effects, sub_parameters_figure, ["chat", "layer"], BARS)
    (axes,) = figure.axes
    assert rows_of(axes) == ["chat", "layer"]
    bars = [(bar.get_width(), round(bar.get_y() + bar.get_height() / 2, 6)) for bar in axes.patches if bar.get_width()]
    assert bars == [(0.5, -0.2), (0.2, -0.2), (0.6, 0.8), (0.3, 1.2), (0.1, 1.2)], "models side by side in a row"
    intervals = [lines.get_segments()[0][:, 0].tolist() for lines in axes.collections]
    assert intervals == [pytest.approx([0.1, 0.4]), pytest.approx([0.0, 0.2])]
    assert legend_of(figure) == ["m: 1 − ρ*", "n: 1 − ρ*", "1 − ρ, raw (alone where ρ* is not identifiable)"]


def test_shares_are_sorted_with_their_p_and_no_interval_where_there_is_none() -> None:
    (axes,) = drawn(effects, variance_figure, SHARES[::-1]).axes
    assert [bar.get_width() for bar in axes.patches] == [0.1, 0.4]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["chat", "text (= length)"]
    assert [text.get_text() for text in axes.texts] == ["  0.10, p = 0.04 (least: 0.002)", "  0.40, no relabelling"]
    (lines,) = axes.collections
    assert [segment[:, 0].tolist() for segment in lines.get_segments()] == [
        pytest.approx([0.05, 0.2]),
        pytest.approx([0.4, 0.4]),
    ]
    assert axes.get_xlim() == (0.0, pytest.approx(0.6))
    assert [text.get_position() for text in axes.texts] == [(0.2, 0), (0.4, 1)], "beside bars and their intervals"


def test_a_long_label_is_broken() -> None:
    label = Share("a factor", "one that is called at length, and another one too", Bounded(0, 0, 0), 1, 1).label
    assert label.replace("\n", " ") == "a factor (= one that is called at length, and another one too)"
    assert max(map(len, label.split("\n"))) <= 46


def test_reach_is_how_far_an_interval_goes() -> None:
    np.testing.assert_allclose(Bounded(0.5, 0.2, 0.6).reach, [[0.3], [0.1]])


def test_files_are_the_same_twice() -> None:
    assert same_png(layers_of_effect_figure, ROWS, {"m": PANELS["m"]})
    assert same_png(sub_parameters_figure, ["chat", "layer"], BARS)
    assert same_png(variance_figure, SHARES)
