"""Models beside each other."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.figures import models
from emogeo.figures.models import Line, Shifts, descriptors_figure, shifts_figure, universality_figure
from tests.figures.caught import drawn, legend_of, same_png

FAMILIES = {"a": "f", "b": "f", "c": "g", "d": "g"}
PLACES = np.array([[0.0, 0.0], [0.1, 0.0], [1.0, 0.0], [1.0, 0.3]])
DISTANCES = np.linalg.norm(PLACES[:, None] - PLACES[None], axis=-1)


def lines() -> list[Line]:
    depth, selected = np.array([0.25, 0.5, 0.75]), np.array([False, True, False])
    values = np.array([0.1, 0.3, 0.2])
    return [
        Line("m fp16", depth, {"one": values, "two\nlines": 2 * values}, selected),
        Line("m int8", depth, {"one": values + 0.1, "two\nlines": values}, ~selected),
    ]


def shifts(scale: float) -> Shifts:
    strength = np.array([0.1, 0.2])
    return Shifts(strength, scale * strength, 0 * strength, -strength, strength)


def test_the_map_keeps_planted_distances_and_names_every_model() -> None:
    figure = drawn(models, universality_figure, FAMILIES, DISTANCES, "ρ*", "bf16, last token")
    _, space = figure.axes
    points = np.concatenate([np.asarray(own.get_offsets()) for own in space.collections])
    np.testing.assert_allclose(np.linalg.norm(points[:, None] - points[None], axis=-1), DISTANCES, atol=1e-9)
    assert [own.get_label() for own in space.collections] == ["f", "g"]
    named = {text.get_text(): text.xy for text in space.texts}
    assert list(named) == list("abcd")
    np.testing.assert_allclose(list(named.values()), points)
    assert space.get_title() == "1 − ρ* in two dimensions (100% of it)"
    assert figure.get_suptitle() == "4 models: bf16, last token"


def test_the_tree_joins_the_nearest_first() -> None:
    tree, _ = drawn(models, universality_figure, FAMILIES, DISTANCES, "ρ", "x").axes
    leaves = [label.get_text() for label in tree.get_yticklabels()]
    assert {frozenset(leaves[:2]), frozenset(leaves[2:])} == {frozenset("ab"), frozenset("cd")}
    joints = sorted(segment[:, 0].max() for own in tree.collections for segment in own.get_segments())
    assert joints == pytest.approx([0.1, 0.3, DISTANCES[:2, 2:].mean()])
    assert tree.get_xlabel() == "1 − ρ, average linkage"


def test_descriptors_have_a_panel_each_with_dots_at_selected_blocks() -> None:
    figure = drawn(models, descriptors_figure, lines(), "bf16, last token")
    assert [axes.get_title() for axes in figure.axes] == ["one", "two\nlines"]
    first, dot, second, dots = figure.axes[0].lines
    assert first.get_xydata().tolist() == [[0.25, 0.1], [0.5, 0.3], [0.75, 0.2]]
    assert dot.get_xydata().tolist() == [[0.5, 0.3]]
    assert (dot.get_color(), dots.get_color()) == (first.get_color(), second.get_color())
    assert dots.get_xdata().tolist() == [0.25, 0.75]
    assert legend_of(figure) == ["m fp16", "m int8"]
    assert figure.get_suptitle().startswith("bf16, last token; dots")


def test_shifts_have_a_row_per_emotion_and_a_column_per_model() -> None:
    figure = drawn(models, shifts_figure, {"m": {"sad": shifts(3), "calm": shifts(2)}, "n": {"sad": shifts(5)}})
    grid = np.array(figure.axes, dtype=object).reshape(2, 2)
    assert [axes.get_title() for axes in grid[0]] == ["m", "n"]
    assert [axes.get_ylabel().split("\n")[0] for axes in grid[:, 0]] == ["words of calm", "words of sad"]
    along = [[axes.lines[1].get_ydata().tolist() for axes in row] for row in grid]
    assert along == [[[0.2, 0.4], []], [[pytest.approx(0.3), pytest.approx(0.6)], [0.5, 1.0]]]
    corners = grid[1, 0].collections[0].get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (-0.2, 0.2)
    assert legend_of(figure) == ["random directions: mean, range", "along the emotion's vector"]


def test_files_are_the_same_twice() -> None:
    assert same_png(universality_figure, FAMILIES, DISTANCES, "ρ*", "x")
    assert same_png(descriptors_figure, lines(), "x")
    assert same_png(shifts_figure, {"m": {"sad": shifts(1)}})
