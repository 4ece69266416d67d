"""Heat maps show their matrices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from emogeo.figures import matrices
from emogeo.figures.matrices import rdm_figure, rho_figure
from tests.figures.caught import drawn, rows_of, same_png

NAN = float("nan")
RHO = np.array([[1.0, 0.854, -0.7], [0.854, NAN, -0.001], [-0.7, -0.001, 1.07]])


def test_an_rdm_is_shown_from_zero_to_its_largest_distance() -> None:
    rdm = np.array([[0.0, 1.4, 0.2], [1.4, 0.0, 0.3], [0.2, 0.3, 0.0]])
    axes, bar = drawn(matrices, rdm_figure, rdm, ["sad", "calm", "proud"], "a run").axes
    (image,) = axes.images
    np.testing.assert_array_equal(image.get_array(), rdm)
    assert image.get_clim() == (0.0, 1.4)
    assert (axes.get_title(loc="left"), bar.get_ylabel()) == ("a run", "dissimilarity, 1 − cosine")
    assert rows_of(axes) == ["sad", "calm", "proud"]
    (image,) = drawn(matrices, rdm_figure, rdm / 10, ["sad", "calm", "proud"], "a run").axes[0].images
    assert image.get_clim() == (0.0, 1.0), "small distances are not blown up"


def test_every_rho_is_written_in_its_cell_and_a_dash_where_there_is_none() -> None:
    axes, bar = drawn(matrices, rho_figure, RHO, ["x", "y", "z"], "title", "label").axes
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {
        **{(0, 0): "1.00", (1, 0): "0.85", (2, 0): "-0.70"},
        **{(0, 1): "0.85", (1, 1): "–", (2, 1): "0.00"},
        **{(0, 2): "-0.70", (1, 2): "0.00", (2, 2): "1.07"},
    }
    assert axes.images[0].get_clim() == (-1.0, 1.0)
    assert (axes.get_title(loc="left"), bar.get_ylabel(), rows_of(axes)) == ("title", "label", ["x", "y", "z"])


def test_words_are_light_on_dark_runs() -> None:
    axes = drawn(matrices, rho_figure, RHO, ["x", "y", "z"], "title").axes[0]
    light = {text.get_position() for text in axes.texts if text.get_color() == "white"}
    assert light == {(0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (2, 2)}


@pytest.mark.parametrize("draw", [rdm_figure, rho_figure])
def test_files_are_the_same_twice(draw: object) -> None:
    assert same_png(draw, np.eye(2), ["x", "y"], "title")  # type: ignore[arg-type]


def extent(label: Text) -> Bbox:
    return label.get_window_extent()


@pytest.mark.parametrize("n", [6, 60, 171, 400])
def test_labels_of_many_conditions_do_not_overlap_and_files_stay_small(n: int) -> None:
    rdm, names = 1 - np.eye(n), [f"condition {number:03d}" for number in range(n)]
    figure = drawn(matrices, rdm_figure, rdm, names, "a run")
    axes = figure.axes[0]
    figure.draw_without_rendering()
    for labels, side in ((axes.get_yticklabels(), "y"), (axes.get_xticklabels(), "x")):
        ends = sorted((getattr(box, f"{side}0"), getattr(box, f"{side}1")) for box in map(extent, labels))
        if side == "y" or n > 60:
            assert all(high <= low + 1 for (_, high), (low, _) in pairwise(ends))
        assert float(labels[0].get_fontsize()) >= 5
    assert [text.get_text() for text in axes.get_yticklabels()] == (names if n < 400 else names[::2])
    assert ("one label in 2 is written" in axes.get_title(loc="left")) == (n == 400)
    assert max(figure.get_size_inches()) < 25
