"""Two maps beside and over each other."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import vl_convert

from emogeo.analysis.charts.map_pair import pair_spec, shifts_spec
from tests.analysis.charts.planted import keys, tables


def whole(spec: dict[str, Any]) -> dict[str, Any]:
    narrow = spec["usermeta"]["narrow"]
    return {**narrow, "datasets": {**spec["datasets"], **narrow["datasets"]}}


def test_both_maps_have_one_scale_and_stand_under_each_other_on_a_phone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec = pair_spec(tables(), *keys(), width=560)
        drawn = [vl_convert.vegalite_to_svg(own) for own in (spec, whole(spec))]
    assert len(spec["hconcat"]) == 2 and len(spec["usermeta"]["narrow"]["vconcat"]) == 2
    sizes = {(panel["width"], panel["height"]) for panel in spec["hconcat"]}
    assert len(sizes) == 1 and spec["usermeta"]["room"] == 560
    for own in drawn:
        assert own.count(">calm</text>") == 4, "name and rim, twice"


def test_shifts_are_those_of_the_table_and_the_real_ones_are_thick() -> None:
    own = tables()["map_shifts"]
    spec = shifts_spec(own, ("first", "second"))
    for row, way in zip(own.itertuples(), spec["datasets"]["ways"], strict=True):
        assert (way["x"], way["y2"]) == pytest.approx((row.x_a, row.y_b), abs=5e-4)
        assert way["moved"].startswith("moved") == (row.p_holm <= 0.05)
        assert way["displacement"] == pytest.approx(row.displacement, abs=0.006)
    assert len(spec["datasets"]["ends"]) == 2 * len(own)
    for chart in (spec, whole(spec)):
        drawn = vl_convert.vegalite_to_svg(chart)
        assert ">first</text>" in drawn and ">calm</text>" in drawn
