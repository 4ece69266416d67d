"""What a chart of a map shows is what the tables say."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.analysis.charts import map_data
from emogeo.analysis.charts.map_data import MapData
from tests.analysis.charts.planted import BLOCKS, SELECTED, keys, tables


@pytest.fixture
def data() -> MapData:
    return MapData(tables(), keys()[0], by_block=True)


def test_places_are_those_of_the_tables_at_every_block(data: MapData) -> None:
    assert (data.blocks, data.selected, data.start) == (list(BLOCKS), SELECTED, SELECTED)
    own = tables()["map"].query("key == @data.key")
    assert data.points[SELECTED] == pytest.approx(own[["x", "y"]].to_numpy())
    other = tables()["map_by_block"].query("key == @data.key and block == 0").set_index("condition")
    assert data.points[0] == pytest.approx(other.loc[data.conditions, ["x", "y"]].to_numpy())
    assert data.share(0) == other["share"].iloc[0] and data.share(SELECTED) == own["share"].iloc[0]
    assert data.ellipses == pytest.approx(own[["half_axis_long", "half_axis_short", "angle"]].to_numpy())


def test_without_a_slider_there_is_the_selected_block_alone() -> None:
    alone = MapData(tables(), keys()[0], by_block=False)
    assert alone.blocks == [] and alone.points.shape[0] == 1 and alone.start == 0
    assert len(alone.ways("valence")) == 1 and alone.ways("valence")["p"].notna().all()


def test_of_many_blocks_some_are_shown_and_the_selected_one_among_them(
    data: MapData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_data, "MOST_PLACES", 2 * len(data.conditions))
    assert data.blocks == [0, 2] and data.start == 1


def test_ratings_are_shares_of_their_scales(data: MapData) -> None:
    assert data.norms == ["valence", "arousal", "dominance"]
    rating, share = data.rated()["happy"]["valence"]
    assert share == pytest.approx((rating - 1) / 8, abs=0.001) and "exasperated" not in data.rated()
    assert data.scale("arousal") == {"norm": "arousal", "low": "1", "high": "9"}
    ways = data.ways("valence")
    assert len(ways) == len(BLOCKS) and np.isfinite(ways["r"]).all()


def test_few_units_have_no_regions() -> None:
    assert MapData(tables(4), keys(4)[0], by_block=True).ellipses is None
