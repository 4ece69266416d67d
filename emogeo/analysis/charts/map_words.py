"""What is said under a map."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import pandas as pd

from emogeo.analysis.charts.map_data import SURE, MapData

_WIDTH = 5.8
"""Pixels to a letter of the lines under a map."""


def lines_of_blocks(data: MapData, width: int) -> list[list[str]]:
    """Says of each block that is shown what its map is: lines that fit, as many of each block."""
    said = [_of_block(data, block) for block in data.blocks] or [_alone(data)]
    return fitted(said, width)


def lines_of_directions(data: MapData, norm: str, width: int) -> list[list[str]]:
    """Says of each block how a rating goes with its map, and of the selected one how sure that is."""
    said = [f"{norm}: {_direction(row)}" for row in data.ways(norm).itertuples()]
    return fitted(said, width)


def fitted(said: Sequence[str], width: int) -> list[list[str]]:
    """Breaks sentences into lines of so many pixels, each into as many as the longest takes."""
    broken = [wrap(own, int(width / _WIDTH)) for own in said]
    most = max(map(len, broken))
    return [own + [""] * (most - len(own)) for own in broken]


def decimals(value: float, digits: int = 2) -> str:
    """Writes a number with fixed decimals, and no minus before a zero."""
    return f"{value:z.{digits}f}"


def _of_block(data: MapData, block: int) -> str:
    depth = data.tables["map_by_block"].query("key == @data.key and block == @block")["depth"].iloc[0]
    if block == data.selected:
        return f"Block {block}, selected: {_alone(data)}"
    at = f"Block {block}" + ("" if pd.isna(depth) else f", depth {decimals(depth)}")
    return f"{at}: two dimensions hold {data.share(block):.0%} of it; turned onto the map of block {data.selected}"


def _alone(data: MapData) -> str:
    of = "the vectors' variance" if data.places["axes"].iloc[0] == "vectors" else "the geometry"
    said = f"two dimensions hold {float(data.places['share'].iloc[0]):.0%} of {of}"
    if data.ellipses is not None:
        wide = ", as wide as the map: its dimensions are not told from others" if data.vague else ""
        return f"{said}; ellipses: 95% regions{wide}"
    return f"{said}; {str(data.places['note'].iloc[0]).splitlines()[0]}"


def _direction(row: object) -> str:
    r, low, high, p = (float(getattr(row, name)) for name in ("r", "r_ci_low", "r_ci_high", "p"))
    if pd.isna(p):
        return f"r {decimals(r)} in this block"
    known = "" if pd.isna(low) else f" [{decimals(low)}, {decimals(high)}]"
    chance = "it grows along the arrow" if p <= SURE else "chance gives as much, so the arrow is dashed"
    return f"r {decimals(r)}{known}, p {decimals(p, 3)}; {chance}"
