"""Curves over blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emogeo.figures import curves
from emogeo.figures.curves import Apart, Band, checkpoints_figure, layers_figure, reliability_figure
from tests.figures.caught import drawn, same_png

BAND = Band(
    "m fp16", np.array([2, 3, 5]), np.array([0.1, 0.6, 0.4]), np.array([0.0, 0.5, 0.3]), np.array([0.2, 0.7, 0.5]), 5
)

APART = Apart(
    "tuned", np.arange(3), np.array([1.0, 0.9, 0.4]), np.array([0.9, 0.8, -9.0]), np.array([1.1, 1.0, 9.0]),
    np.array([1e-3, np.nan, 2e-3]), np.array([False, False, True]),
)  # fmt: skip


def test_each_curve_has_a_panel_with_the_selected_block_marked() -> None:
    values = {"mean_cosine": [0.1, 0.2], "rdm_std": [0.3, 0.4]}
    figure = drawn(curves, layers_figure, [4, 7], values, 7, "a model")
    assert [axes.get_title() for axes in figure.axes] == ["mean cosine", "rdm std"]
    for axes, own in zip(figure.axes, values.values(), strict=True):
        curve, mark = axes.lines
        assert curve.get_xydata().tolist() == [[4, own[0]], [7, own[1]]]
        assert set(mark.get_xdata()) == {7}
    assert figure.get_suptitle() == "a model (dashed: the selected block, 7)"
    figure = drawn(curves, layers_figure, [4, 7], {"one": [0.1, 0.2]}, None, "a model")
    assert len(figure.axes[0].lines) == 1
    assert figure.get_suptitle() == "a model (every block is used)"


def test_reliability_has_a_line_its_interval_and_a_dot_at_the_selected_block() -> None:
    (axes,) = drawn(curves, reliability_figure, {"m": [BAND]}).axes
    line, dot, zero = axes.lines
    assert line.get_xydata().tolist() == [[2, 0.1], [3, 0.6], [5, 0.4]]
    assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([5], [0.4])
    assert set(zero.get_ydata()) == {0}
    (band,) = axes.collections
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices.tolist()}
    assert corners == {(2.0, 0.0), (3.0, 0.5), (5.0, 0.3), (2.0, 0.2), (3.0, 0.7), (5.0, 0.5)}
    assert axes.get_title(loc="left") == "m"
    assert axes.get_legend() is None, "one line needs no legend"


def test_every_line_of_a_panel_is_in_its_legend() -> None:
    """The run whose name is the model's alone keeps that name."""
    bands = [replace(BAND, name="m"), BAND, replace(BAND, name="m int8", selected=None)]
    (axes,) = drawn(curves, reliability_figure, {"m": bands}).axes
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["m", "fp16", "int8"]
    assert len(axes.lines) == 3 + 2 + 1, "a dot for each selected block"


def test_models_fill_three_columns_and_what_is_left_is_hidden() -> None:
    figure = drawn(curves, reliability_figure, {name: [BAND] for name in "abcd"})
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()] == ["a", "b", "c", "d"]
    assert [axes.get_visible() for axes in figure.axes] == [True] * 4 + [False] * 2
    assert [bool(axes.get_ylabel()) for axes in figure.axes] == [True, False, False, True, False, False]


def test_checkpoints_have_a_line_a_band_their_floor_and_the_bound() -> None:
    panels = {"base": [APART, replace(APART, name="later")], "other": [APART]}
    figure = drawn(curves, checkpoints_figure, panels, 0.1)
    axes, other = figure.axes
    assert axes.get_title(loc="left") == "from base" and other.get_title(loc="left") == "from other"
    line, floor, dots = axes.lines[:3]
    assert line.get_xydata().tolist() == [[0, 1.0], [1, 0.9], [2, 0.4]]
    np.testing.assert_allclose(floor.get_ydata(), [0.999, np.nan, 0.998])
    assert dots.get_xydata().tolist() == [[2, 0.4]]
    assert set(axes.lines[-1].get_ydata()) == {0.9}
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["to tuned", "to later", "bound, 0.9"]
    assert axes.get_ylim() == (-0.5, 1.3), "an interval without an end does not flatten the others"
    assert len(axes.collections) == 2
    assert same_png(checkpoints_figure, panels, 0.1)


def test_files_are_the_same_twice() -> None:
    assert same_png(layers_figure, [0, 1], {"one": [0.1, 0.2]}, 0, "a model")
    assert same_png(reliability_figure, {"m": [BAND]})
