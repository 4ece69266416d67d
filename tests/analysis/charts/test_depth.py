"""The chart of a grid of blocks shows the table's numbers and marks what ways of choosing take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

from emogeo.analysis.charts.depth import Grid, depth_spec
from emogeo.analysis.tables.depth import GRID_COLUMNS


def grid(a: str = "a", b: str = "b", star: float | None = 0.5) -> Grid:
    rows: list[dict[str, Any]] = [
        {
            **{"key_a": a, "key_b": b, "block_a": row, "block_b": column, "rho": 0.1234567 * (row + column)},
            **{"p_largest": 0.2 if row + column < 2 else 0.01, "rho_star": None if column else star},
            "chosen_by": {(1, 0): "middle, reliability", (0, 0): "selected"}.get((row, column)),
        }
        for row in (1, 0)
        for column in (2, 0, 1)
    ]
    frame = pd.DataFrame(rows, columns=GRID_COLUMNS).astype({"block_a": "Int64", "block_b": "Int64"})
    return Grid(frame.astype({"rho_star": "float64"}), ("run a", "run a" if a == b else "run b"))


def test_cells_are_those_of_the_table_to_three_digits() -> None:
    own = grid()
    found = {(row["a"], b): r for row in own.rows for b, r in zip(row["b"], row["r"], strict=True)}
    wanted = own.cells.set_index(["block_a", "block_b"])["rho"]
    assert len(found) == 6
    assert all(value == pytest.approx(wanted[cell], abs=5e-4) for cell, value in found.items())
    assert own.rows[0]["s"] == [0.5, None, None] and own.rows[0]["p"] == [0.2, 0.2, 0.01]


def test_ways_that_take_one_cell_have_one_number_and_two_runs_have_the_largest() -> None:
    assert [(mark["n"], mark["said"]) for mark in grid().marks] == [
        (1, "selected: blocks 0 and 0, ρ 0.00"),
        (2, "middle, highest reliability: blocks 1 and 0, ρ 0.12"),
        (3, "largest ρ: blocks 1 and 2, ρ 0.37"),
    ]
    assert next(mark["said"] for mark in grid("a", "a").marks) == "selected: block 0"
    assert not any("largest" in mark["said"] for mark in grid("a", "a").marks)


def test_rho_star_can_be_chosen_where_it_is_known() -> None:
    def shown(spec: dict[str, Any]) -> dict[str, Any]:
        return next(param for param in spec["params"] if param["name"] == "shown")

    assert shown(depth_spec(grid()))["bind"]["options"] == ["ρ", "ρ*"]
    assert "bind" not in shown(depth_spec(grid(star=None)))


def test_cells_that_relabelled_conditions_reach_are_pale_and_said_to_be() -> None:
    spec = depth_spec(grid())
    narrow = spec["usermeta"]["narrow"]
    for own in (spec, {**narrow, "datasets": spec["datasets"]}):
        drawn = vl_convert.vegalite_to_svg(own)
        assert drawn.count('opacity="0.3"') == 3
        assert "pale: not beyond relabelled" in drawn and "grey: ρ* not" in drawn and "block of run b" in drawn
    assert np.isnan(grid(star=None).cells["rho_star"]).all()
    assert "grey" not in vl_convert.vegalite_to_svg(depth_spec(grid(star=None)))
