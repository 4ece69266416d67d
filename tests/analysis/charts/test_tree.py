"""The tree of conditions."""

from __future__ import annotations

import numpy as np
import pytest
import vl_convert

from emogeo.analysis.charts.tree import tree_places, tree_spec
from tests.analysis.charts.planted import keys, tables

LINKAGE = np.array([[1, 2, 0.2, 2], [0, 3, 0.5, 2], [4, 5, 0.9, 4]], dtype=float)


def test_leaves_stand_in_the_order_of_the_tree_and_merges_between_them() -> None:
    rows, heights = tree_places(LINKAGE)
    assert sorted(rows[:4]) == [0, 1, 2, 3]
    assert abs(rows[1] - rows[2]) == 1 and abs(rows[0] - rows[3]) == 1
    assert rows[4:].tolist() == [(rows[1] + rows[2]) / 2, (rows[0] + rows[3]) / 2, (rows[4] + rows[5]) / 2]
    assert heights.tolist() == [0, 0, 0, 0, 0.2, 0.5, 0.9]


def test_branches_have_the_heights_and_supports_of_the_table() -> None:
    spec, key = tree_spec(tables(), keys()[0]), keys()[0]
    own = tables()["map_branches"].query(f"key == {key!r}")
    merges = spec["datasets"]["merges"]
    assert [merge["x"] for merge in merges] == pytest.approx(own["height"], abs=1e-4)
    assert [merge["support"] for merge in merges[:-1]] == [round(100 * value) for value in own["support"][:-1]]
    assert "support" not in merges[-1], "the branch of all conditions is no finding"
    drawn = vl_convert.vegalite_to_svg(spec)
    assert ">calm</text>" in drawn and "% of resamples" in drawn


def test_without_supports_it_says_why() -> None:
    drawn = vl_convert.vegalite_to_svg(tree_spec(tables(4), keys(4)[0]))
    assert "too few units" in drawn
