"""The layers of a map."""

from __future__ import annotations

import altair
import pytest

from emogeo.analysis.charts.map_data import MapData
from emogeo.analysis.charts.map_layers import NO_COLOUR, colour_of, panel, pointed
from emogeo.analysis.charts.map_rows import reach_of
from emogeo.analysis.charts.plane import plane_over
from tests.analysis.charts.planted import keys, tables


@pytest.mark.parametrize(("topics", "n"), [(8, 17), (4, 16)])
def test_regions_are_drawn_where_they_are_known(topics: int, n: int) -> None:
    data = MapData(tables(topics), keys(topics)[0], by_block=True)
    layers, rows = panel(data, plane_over(data.points, 520), pointed(), "1")
    assert len(layers) == n and set(rows) == {"at1", "norms1", "blocks1"}
    assert len(rows["at1"]) == len(data.conditions) and [row["norm"] for row in rows["norms1"]] == data.norms


def test_regions_are_cut_only_where_they_leave_the_map() -> None:
    data = MapData(tables(), keys()[0], by_block=True)
    for room, cut in ((reach_of(data, 100.0), False), (data.points, True)):
        layers, _ = panel(data, plane_over(room, 520), pointed())
        (regions,) = [layer.mark for layer in layers if layer.mark.to_dict().get("fillOpacity")]
        assert regions.clip is cut


def test_the_choice_of_colour_has_every_norm_and_none() -> None:
    (choice,) = colour_of(["valence", "own"])
    assert choice.param.value == "valence" and choice.param.bind.options == ["valence", "own", NO_COLOUR]
    (alone,) = colour_of([])
    assert alone.param.value == NO_COLOUR and alone.param.bind is altair.Undefined


def test_a_dashed_arrow_is_one_that_is_not_known_to_be_more_than_chance() -> None:
    data = MapData(tables(), keys()[0], by_block=True)
    _, rows = panel(data, plane_over(data.points, 520), pointed())
    for row in rows["norms"]:
        ways = data.ways(row["norm"])
        assert row["sure"] == [int(p <= 0.05) for p in ways["p"]]
        assert row["wx"] == pytest.approx(ways["x"], abs=5e-4)
