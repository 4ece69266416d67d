"""What the figure of a grid shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.figures import depth
from emogeo.figures.depth import BlockGrid, depth_figure
from tests.figures.caught import drawn, legend_of, same_png

RHO = np.linspace(-0.3, 0.9, 12).reshape(3, 4)
STAR = np.where(RHO > 0.3, RHO + 0.1, np.nan)
GRID = BlockGrid(
    ("a", "b"),
    ([0, 1, 2], [0, 2, 4, 6]),
    RHO,
    STAR,
    RHO > 0.2,
    {"selected": (2, 6), "middle": (1, 4), "largest ρ": (2, 6)},
)


def test_both_numbers_have_one_scale_and_the_marks_say_who_took_what() -> None:
    figure = drawn(depth, depth_figure, GRID, "a and b", 0.05)
    raw, star, _ = figure.axes
    assert np.asarray(raw.images[0].get_array()) == pytest.approx(RHO)
    assert np.isnan(np.ma.filled(star.images[0].get_array(), np.nan)).sum() == np.isnan(STAR).sum()
    assert raw.images[0].get_clim() == star.images[0].get_clim() == (0.0, 1.0)
    assert [text.get_text() for text in raw.texts] == ["1", "2"]
    assert legend_of(figure) == [
        "1  selected, largest ρ: 2 × 6, ρ .90",
        "2  middle: 1 × 4, ρ .35",
        "not beyond relabelled conditions (p of the largest > .05)",
        "ρ* not identifiable",
    ]
    assert (raw.get_ylabel(), raw.get_xlabel()) == ("block of a", "block of b")
    ticks = [label.get_text() for label in raw.get_xticklabels()]
    assert set(ticks) <= {"0", "2", "4", "6"} and ticks[0] == "0"


def test_only_cells_that_relabelling_reaches_are_hatched() -> None:
    raw, star, _ = drawn(depth, depth_figure, GRID, "a and b", 0.05).axes
    (area,) = raw.patches
    assert area.get_hatch() and len(area.get_path().vertices) == 5 * int((~GRID.beyond).sum())
    assert not star.patches
    all_beyond = replace(GRID, beyond=np.ones(RHO.shape, dtype=bool), star=None)
    figure = drawn(depth, depth_figure, all_beyond, "a and b", 0.05)
    assert len(figure.axes) == 2 and not figure.axes[0].patches and len(legend_of(figure)) == 2


def test_within_a_run_the_diagonal_is_not_hatched_and_a_mark_is_one_block() -> None:
    rho = np.eye(3)
    own = BlockGrid(("a", "a"), ([0, 1, 2], [0, 1, 2]), rho, None, np.zeros((3, 3), dtype=bool), {"middle": (1, 1)})
    figure = drawn(depth, depth_figure, own, "a", 0.05)
    assert len(figure.axes[0].patches[0].get_path().vertices) == 5 * 6
    assert legend_of(figure)[0] == "1  middle: block 1"


def test_the_same_grid_gives_the_same_picture() -> None:
    assert same_png(depth_figure, GRID, "a and b", 0.05)
