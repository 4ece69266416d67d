"""The map of a run: its conditions in two dimensions, with regions, ratings and, by a slider, its other blocks."""

from __future__ import annotations

from typing import Any

import altair
import numpy as np

from emogeo.analysis.charts.chart import NARROW, PADDING, WIDE, for_both, spec_of
from emogeo.analysis.charts.map_data import MapData, Tables
from emogeo.analysis.charts.map_layers import colour_of, panel, pointed
from emogeo.analysis.charts.map_rows import reach_of
from emogeo.analysis.charts.plane import plane_over


def map_spec(tables: Tables, key: str, by_block: bool = True) -> dict[str, Any]:
    """Makes the chart of a run's map, for a page and for a phone.

    Args:
        tables: those of `emogeo.analysis.tables.map`, by name.
        by_block: whether a slider goes through the run's blocks.
    """
    data = MapData(tables, key, by_block)
    return for_both(_laid_out(data, WIDE), _laid_out(data, NARROW))


def _laid_out(data: MapData, width: int) -> dict[str, Any]:
    plane = plane_over(np.concatenate([data.points.reshape(-1, 2), reach_of(data)]), width)
    layers, rows = panel(data, plane, pointed())
    chart = altair.layer(*layers).properties(width=plane.width, height=plane.height, padding=PADDING)
    return spec_of(chart.add_params(*colour_of(data.norms), *_slider(data)), rows)


def _slider(data: MapData) -> list[altair.Parameter]:
    """Makes the slider over blocks, and the place of the block that it is at among those that are shown."""
    if not data.blocks:
        return [altair.param(name="place", value=0)]
    first, last = data.blocks[0], data.blocks[-1]
    nearest = [int(np.abs(np.array(data.blocks) - block).argmin()) for block in range(first, last + 1)]
    slide = altair.binding_range(min=first, max=last, step=1, name="block")
    return [
        altair.param(name="places", value=nearest),
        altair.param(name="block", value=data.selected, bind=slide),
        altair.param(name="place", expr=f"places[block - {first}]"),
    ]
