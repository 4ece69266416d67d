"""Tables of ratings and of their directions on maps."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.analysis.tables.map import map_tables
from emogeo.analysis.tables.map_ratings import (
    DIRECTION_COLUMNS,
    RATING_COLUMNS,
    direction_table,
    rating_rows,
    rating_table,
)
from emogeo.geometry.direction import direction
from emogeo.stimuli.norms import LabelledRdm, Ratings, load_norms
from tests.analysis.charts.planted import BLOCKS, SELECTED, deep, keys, tables


def test_ratings_are_the_packages_and_each_dimension_of_the_users_own() -> None:
    names = list(load_norms())[:6]
    one = Ratings("norms own: warmth", ("warmth",), tuple(names), np.arange(6.0)[:, None])
    two = Ratings("norms own", ("warmth", "size"), tuple(names), np.arange(12.0).reshape(6, 2))
    rdm = LabelledRdm("rdm own", tuple(names), np.zeros((6, 6)))
    frame = rating_table(rating_rows([*names, "zorblat"], [two, one, rdm])).frame
    assert list(frame.columns) == RATING_COLUMNS
    assert list(frame["norm"].unique()) == ["valence", "arousal", "dominance", "norms own: warmth"]
    own = frame[frame["norm"] == "norms own: warmth"]
    assert own["rating"].tolist() == list(range(6)) and set(zip(own["lowest"], own["highest"], strict=True)) == {(0, 5)}
    assert "zorblat" not in set(frame["condition"])
    assert frame.set_index(["norm", "condition"])["rating"]["valence", names[0]] == load_norms()[names[0]][0]


def test_directions_are_those_of_the_map_and_have_p_at_the_selected_block_alone() -> None:
    key, own = keys()[0], tables()
    places = own["map"][own["map"]["key"] == key]
    found = own["map_directions"].query(f"key == {key!r} and norm == 'valence'")
    assert sorted(found["block"]) == list(BLOCKS)
    row = found.dropna(subset=["p"]).iloc[0]
    values = np.array([load_norms().get(name, (np.nan,))[0] for name in places["condition"]])
    wanted = direction(places[["x", "y"]].to_numpy(), values, 0)
    assert row["block"] == SELECTED and row["n_units"] == 8 and row["n_conditions"] == wanted.n
    assert (row["x"], row["y"], row["r"], row["p"]) == pytest.approx((wanted.x, wanted.y, wanted.r.value, wanted.p))
    assert row["r_ci_low"] <= row["r"] <= row["r_ci_high"]
    assert found["p"].notna().sum() == 1 and found["r"].between(0, 1).all()


def test_norms_that_rate_few_conditions_have_no_direction() -> None:
    few = Ratings("norms own: warmth", ("warmth",), ("calm", "happy", "sad", "angry"), np.arange(4.0)[:, None])
    frame = map_tables([deep(0)], 0, norms=[few])["map_directions"].frame
    assert "norms own: warmth" not in set(frame["norm"])
    assert list(direction_table([]).frame.columns) == DIRECTION_COLUMNS
