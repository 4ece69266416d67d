"""The chart of a run's map, as it is drawn."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import vl_convert

from emogeo.analysis.charts.chart import unchecked
from emogeo.analysis.charts.map import map_spec
from emogeo.analysis.charts.map_data import MOST_PLACES
from tests.analysis.charts.planted import BLOCKS, SELECTED, keys, tables

LARGEST = 200_000
"""Letters of a chart's JSON."""


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return map_spec(tables(), keys()[0])


def test_the_slider_stands_at_the_selected_block(spec: dict[str, Any]) -> None:
    params = {param["name"]: param for param in spec["params"]}
    bind = params["block"]["bind"]
    assert params["block"]["value"] == SELECTED and (bind["min"], bind["max"]) == (BLOCKS[0], BLOCKS[-1])
    assert params["places"]["value"] == [0, 1, 2, 3]
    still = {param["name"]: param for param in map_spec(tables(), keys()[0], by_block=False)["params"]}
    assert "block" not in still and still["place"]["value"] == 0


def test_every_condition_is_drawn_wide_and_narrow(spec: dict[str, Any]) -> None:
    narrow = spec["usermeta"]["narrow"]
    small = {**narrow, "datasets": {**spec["datasets"], **narrow["datasets"]}}
    assert small["width"] < spec["width"]
    for own in (spec, small):
        drawn = vl_convert.vegalite_to_svg(own)
        assert all(f">{row['name']}</text>" in drawn for row in spec["datasets"]["at"])


def test_it_is_small_with_as_many_places_as_there_may_be(spec: dict[str, Any]) -> None:
    still, moving = (len(json.dumps(own)) for own in (map_spec(tables(), keys()[0], by_block=False), spec))
    n_more = (len(BLOCKS) - 1) * len(spec["datasets"]["at"])
    assert still + (moving - still) / n_more * MOST_PLACES < LARGEST


def test_names_that_a_program_could_mistake_stay_names() -> None:
    own = {name: table.copy() for name, table in tables().items()}
    for table in own.values():
        for column in ("condition", "nearest", "norm"):
            if column in table:
                table[column] = table[column].replace({"calm": 'it\'s </script> "calm"', "valence": "val'ence"})
    drawn = vl_convert.vegalite_to_svg(map_spec(own, keys()[0]))
    assert 'it\'s &lt;/script&gt; "calm"' in drawn.replace("&#39;", "'").replace("&quot;", '"') and "val'ence" in drawn


def test_parts_that_copies_share_change_no_chart() -> None:
    names: dict[str, str] = {}

    def renamed(chart: dict[str, Any]) -> str:
        """The chart with altair's running numbers of views, parameters and layers counted from the first."""
        names.clear()
        number = re.compile(r"\b(view|param|concat|name|layer)_\d+")
        return number.sub(lambda found: names.setdefault(found[0], f"X{len(names)}"), json.dumps(chart))

    made = [renamed(map_spec(tables(), keys()[0]))]
    with unchecked():
        made += [renamed(map_spec(tables(), keys()[0]))]
    assert made[0] == made[1]
