"""Trees with supports, against scipy's dendrogram."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import dendrogram, linkage

from emogeo.figures import tree as trees
from emogeo.figures.tree import tree_figure, tree_places
from tests.figures.caught import drawn, rows_of, same_png

POINTS = np.random.default_rng(0).normal(size=(7, 2))
LINKAGE = linkage(POINTS, "average")
NAMES = list("abcdefg")
SUPPORT = np.array([1.0, 0.96, 0.7, 0.3, 0.2, 1.0])


def test_places_are_those_of_scipy() -> None:
    rows, heights = tree_places(LINKAGE)
    known = dendrogram(LINKAGE, no_plot=True)
    assert np.argsort(rows[:7]).tolist() == known["leaves"]
    scipys = sorted(
        (x[1], sorted([(y[0] - 5) / 10, (y[2] - 5) / 10]))
        for y, x in zip(known["icoord"], known["dcoord"], strict=True)
    )
    ours = sorted((own[2], sorted(rows[own[:2].astype(int)])) for own in LINKAGE)
    for (height, ends), (wanted, places) in zip(ours, scipys, strict=True):
        assert (height, ends) == (pytest.approx(wanted), pytest.approx(places))
    assert heights.tolist() == [0.0] * 7 + LINKAGE[:, 2].tolist()


def test_each_branch_but_the_whole_has_its_support() -> None:
    (axes,) = drawn(trees, tree_figure, "a run", NAMES, LINKAGE, SUPPORT, None).axes
    assert [text.get_text() for text in axes.texts] == ["100", "96", "70", "30", "20"]
    assert [text.get_weight() for text in axes.texts] == ["bold", "bold", "normal", "normal", "normal"]
    assert rows_of(axes) == [NAMES[leaf] for leaf in dendrogram(LINKAGE, no_plot=True)["leaves"]]
    assert len(axes.lines) == 6


def test_without_supports_it_says_so() -> None:
    (axes,) = drawn(trees, tree_figure, "a run", NAMES, LINKAGE, None, None).axes
    assert not axes.texts and "no supports" in axes.get_title(loc="left")
    assert same_png(tree_figure, "a run", NAMES, LINKAGE, None, None)
