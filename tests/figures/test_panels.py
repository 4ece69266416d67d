"""Grids that are not full."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from emogeo.figures.panels import hide_unused


@pytest.mark.parametrize(("used", "labelled"), [(6, [3, 4, 5]), (4, [1, 2, 3]), (2, [0, 1])])
def test_unused_panels_are_hidden_and_the_lowest_used_of_each_column_have_labels(
    used: int, labelled: list[int]
) -> None:
    grid = Figure().subplots(2, 3, sharex=True, squeeze=False)
    hide_unused(grid, used)
    panels = list(grid.flat)
    assert [axes.get_visible() for axes in panels] == [i < used for i in range(6)]
    shown = [i for i, axes in enumerate(panels) if i < used and axes.xaxis.get_tick_params()["labelbottom"]]
    assert shown == labelled
