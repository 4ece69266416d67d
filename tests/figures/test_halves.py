"""Same half against opposite halves."""

from __future__ import annotations

import numpy as np

from emogeo.figures import halves
from emogeo.figures.halves import ROWS_AT_MOST, halves_figure
from tests.figures.caught import drawn, legend_of, rows_of, same_png

SAME, DISJOINT, CEILING = np.array([0.8, 0.5]), np.array([0.6, 0.1]), np.array([0.9, 0.7])


def test_every_pair_is_a_row_with_its_three_figures() -> None:
    figure = drawn(halves, halves_figure, ["a · b", "a · c"], SAME, DISJOINT, CEILING)
    (axes,) = figure.axes
    assert rows_of(axes) == ["a · b", "a · c"]
    span, *points = axes.collections
    assert [segment.tolist() for segment in span.get_segments()] == [
        [[0.6, 0.0], [0.8, 0.0]],
        [[0.1, 1.0], [0.5, 1.0]],
    ]
    shown = {own.get_label(): np.asarray(own.get_offsets()).tolist() for own in points}
    assert shown == {
        "ceiling: √(reliability a · b)": [[0.9, 0.0], [0.7, 1.0]],
        "same half: the same texts": [[0.8, 0.0], [0.5, 1.0]],
        "opposite halves: disjoint texts": [[0.6, 0.0], [0.1, 1.0]],
    }
    assert legend_of(figure) == list(shown)


def test_no_point_lies_outside_of_the_axis() -> None:
    for same, disjoint in ((-0.4, 0.1), (0.1, -0.4), (0.2, 0.3)):
        (axes,) = drawn(halves, halves_figure, ["a"], *(np.array([v]) for v in (same, disjoint, 0.5))).axes
        low, high = axes.get_xlim()
        assert low < min(same, disjoint, 0.01) and high == 1.0
        assert low == min(0.0, min(same, disjoint) - 0.03)


def test_many_pairs_are_points_and_no_rows() -> None:
    values = np.linspace(-0.2, 0.9, ROWS_AT_MOST + 1)
    (axes,) = drawn(halves, halves_figure, ["x"] * len(values), values[::-1], values, values).axes
    (points,) = axes.collections
    np.testing.assert_allclose(points.get_offsets(), np.stack([values, values[::-1]], axis=1))
    assert axes.get_title(loc="left") == f"Spearman ρ of half RDMs, {len(values)} pairs of runs"
    (few,) = drawn(halves, halves_figure, ["x"] * ROWS_AT_MOST, *(values[1:],) * 3).axes
    assert len(rows_of(few)) == ROWS_AT_MOST


def test_the_file_is_the_same_twice() -> None:
    assert same_png(halves_figure, ["a · b", "a · c"], SAME, DISJOINT, CEILING)
