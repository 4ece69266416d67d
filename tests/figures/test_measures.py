"""Measures beside each other."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.figures import measures
from emogeo.figures.measures import Dots, measures_cloud, measures_figure
from tests.figures.caught import drawn, legend_of, rows_of, same_png

NAN = float("nan")
DOTS = Dots(*(np.array(v) for v in ([0.8, 0.9], [0.5, 0.6], [0.0, 0.3], [0.7, NAN], [0.6, NAN], [0.85, NAN])))


def test_every_pair_is_a_panel_and_every_measure_a_row() -> None:
    figure = drawn(measures, measures_figure, ["Pearson", "mutual"], {"a · b": DOTS, "a · c": DOTS})
    first, second = figure.axes
    assert rows_of(first) == ["Pearson", "mutual"]
    assert [axes.get_title(loc="left") for axes in (first, second)] == ["a · b", "a · c"]
    points = {
        own.get_label(): np.asarray(own.get_offsets())[:, 0] for own in first.collections if own.get_label()[0] != "_"
    }
    np.testing.assert_array_equal(points["all text"], DOTS.plain)
    np.testing.assert_array_equal(points["disjoint text"], DOTS.disjoint)
    np.testing.assert_array_equal(points["chance, all text"], DOTS.chance)
    np.testing.assert_array_equal(points["disattenuated"], DOTS.disattenuated)
    assert legend_of(figure) == [
        *("chance, all text", "all text", "disjoint text", "from disjoint to all text"),
        *("disattenuated", "its 95% interval"),
    ]


@pytest.mark.parametrize(("n", "shown"), [(1, 1), (3, 3), (4, 4), (12, 12)])
def test_panels_that_are_not_used_are_hidden(n: int, shown: int) -> None:
    figure = drawn(measures, measures_figure, ["x", "y"], {str(i): DOTS for i in range(n)})
    assert sum(axes.get_visible() for axes in figure.axes) == shown


def test_many_pairs_are_points() -> None:
    values = np.linspace(0, 1, 20)
    figure = drawn(measures, measures_cloud, "rho", values, dict.fromkeys("abcde", values**2))
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in panels] == list("abcde")
    np.testing.assert_allclose(panels[0].collections[0].get_offsets(), np.stack([values, values**2], axis=1))


def test_the_file_is_the_same_twice() -> None:
    assert same_png(measures_figure, ["x", "y"], {"a": DOTS})
