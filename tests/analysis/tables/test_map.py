"""The tables of the map, on planted runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.analysis.comparing.map_blocks import block_maps
from emogeo.analysis.comparing.maps import maps_of
from emogeo.analysis.tables.map import (
    BLOCK_COLUMNS,
    BRANCH_COLUMNS,
    MAP_COLUMNS,
    NEAREST,
    NEAREST_COLUMNS,
    SHIFT_COLUMNS,
    map_tables,
)
from emogeo.analysis.tables.map_ratings import DIRECTION_COLUMNS, RATING_COLUMNS
from emogeo.config.model import Init
from emogeo.geometry.options import Axes
from emogeo.geometry.options import Norm as ConfigNorm
from emogeo.geometry.permutation import holm
from emogeo.stimuli.corpus import load_corpus
from tests.analysis.charts.planted import BLOCKS, deep
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered


def runs(n: int, topics: int = 8) -> list:
    return [planted_run(load_corpus(topics=topics), f"run {seed}", seed) for seed in range(n)]


def test_each_run_has_a_row_per_condition_and_each_pair_too() -> None:
    own = runs(3)
    tables = {name: table.frame for name, table in map_tables(own, 0).items()}
    n = len(own[0].run.conditions)
    columns = {"map": MAP_COLUMNS, "map_shifts": SHIFT_COLUMNS, "map_branches": BRANCH_COLUMNS}
    columns |= {"map_nearest": NEAREST_COLUMNS, "map_by_block": BLOCK_COLUMNS}
    columns |= {"map_ratings": RATING_COLUMNS, "map_directions": DIRECTION_COLUMNS}
    assert {name: list(frame.columns) for name, frame in tables.items()} == columns
    assert [len(tables[name]) for name in list(columns)[:4]] == [3 * n, 3 * n, 3 * (n - 1), 3 * n * NEAREST]
    places = tables["map"]
    assert (places["half_axis_long"] >= places["half_axis_short"]).all() and (places["n_units"] == 8).all()
    assert (places["nearest_distance_ci_low"] <= places["nearest_distance"]).all()
    maps, _ = maps_of(own, 0)
    assert places[["x", "y"]].to_numpy()[:n] == pytest.approx(maps[0].regions.points)
    for _, pair in tables["map_shifts"].groupby(["key_a", "key_b"]):
        assert pair["p_holm"].to_numpy() == pytest.approx(holm(pair["p"].to_numpy()))
        away = (pair["x_a"] - pair["x_b"]) ** 2 + (pair["y_a"] - pair["y_b"]) ** 2
        assert pair["displacement"].to_numpy() ** 2 == pytest.approx(away.to_numpy())


def test_the_nearest_are_in_order_and_the_first_is_that_of_the_map() -> None:
    tables = {name: table.frame for name, table in map_tables(runs(1), 0).items()}
    near, places = tables["map_nearest"], tables["map"]
    assert near.groupby("condition")["distance"].apply(lambda own: own.is_monotonic_increasing).all()
    first = near[near["rank"] == 1].set_index("condition")
    assert (first["nearest"].loc[places["condition"]].to_numpy() == places["nearest"].to_numpy()).all()
    assert first["distance_ci_low"].loc[places["condition"]].to_numpy() == pytest.approx(
        places["nearest_distance_ci_low"].to_numpy()
    )


def test_blocks_have_the_maps_of_a_run_over_depth() -> None:
    run = deep(0)
    own = map_tables([run], 0)["map_by_block"].frame
    maps, _ = maps_of([run], 0)
    assert own[["x", "y"]].to_numpy() == pytest.approx(block_maps(maps[0]).points.reshape(-1, 2))
    assert sorted(own["block"].unique()) == list(BLOCKS)


def test_axes_of_vectors_are_said() -> None:
    (own,) = runs(1)
    by_axes = {axes: map_tables([own], 0, axes=axes)["map"].frame for axes in Axes}
    assert {axes.value: set(frame["axes"]) for axes, frame in by_axes.items()} == {
        axes.value: {axes.value} for axes in Axes
    }
    assert not np.allclose(by_axes[Axes.scaling][["x", "y"]], by_axes[Axes.vectors][["x", "y"]])
    unit = replace(own, run=altered(own.run, config=replace(own.run.config, norm=ConfigNorm.unit)))
    assert set(map_tables([unit], 0, axes=Axes.vectors)["map"].frame["axes"]) == {"scaling"}, "one length, one map"


def test_branches_end_in_all_conditions() -> None:
    (own,) = runs(1)
    branches = map_tables([own], 0)["map_branches"].frame
    last = branches.iloc[-1]
    assert last["n_conditions"] == len(own.run.conditions) and last["support"] == 1
    assert last["members"].split(", ") == list(own.run.conditions)
    assert branches["height"].is_monotonic_increasing and branches["support"].between(0, 1).all()


def test_twins_and_rereads_have_no_map() -> None:
    first, second, third = runs(3)
    twin = replace(second, run=altered(second.run, key="twin", model_init=Init.random))
    reread = replace(third, run=altered(third.run, key="reread", reread_of=first.run.key))
    assert set(map_tables([first, twin, reread], 0)["map"].frame["key"]) == {first.run.key}
    assert set(map_tables([twin], 0)["map"].frame["key"]) == {"twin"}


def test_few_units_leave_places_without_regions_and_say_so() -> None:
    tables = map_tables(runs(2, topics=4), 0)
    places, shifts = tables["map"].frame, tables["map_shifts"].frame
    assert places["x"].notna().all() and places["half_axis_long"].isna().all()
    assert (places["note"] == "no regions: 4 units, 6 are needed").all()
    assert list(shifts["note"]) == ["left out: 4 units; regions of uncertainty need 6."]
    assert tables["map_branches"].frame["support"].isna().all()


def test_without_runs_there_are_no_rows() -> None:
    assert all(table.frame.empty for table in map_tables([], 0).values())
