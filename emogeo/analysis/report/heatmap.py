"""Heat maps of RDMs as HTML tables with coloured cells, in which every value can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.report.parts import csv_link
from emogeo.arrays import Array
from emogeo.stimuli.conditions import Noun, noun_of

COLOURS = 32


@dataclass(frozen=True)
class HeatMap:
    """One RDM."""

    kind: ClassVar[str] = "heatmap"
    title: str
    noun: Noun
    file: str
    conditions: Sequence[str]
    rows: Sequence[Sequence[tuple[int, str]]]
    """The colour and the value of each cell."""
    top: str
    """The value of the last colour; the first is 0."""
    download: str
    open: bool


def heat_maps(prepared: Sequence[PreparedRun]) -> list[HeatMap]:
    """Makes one per run that is no reread and, where there are others, no untrained twin; the first is open."""
    own = subjects([each for each in prepared if each.run.reread_of is None])
    return [_heat_map(each, number == 0) for number, each in enumerate(own)]


def palette() -> str:
    """Gives the style sheet's rules for the colours of cells."""
    colours = colormaps["viridis"](np.linspace(0, 1, COLOURS))
    rules = [f".k{number}{{background:{to_hex(colour)}}}" for number, colour in enumerate(colours)]
    stops = ",".join(to_hex(colour) for colour in colormaps["viridis"](np.linspace(0, 1, 9)))
    return "\n".join([*rules, f".scale{{background:linear-gradient(to right,{stops})}}"])


def _heat_map(prepared: PreparedRun, first: bool) -> HeatMap:
    rdm, conditions, layer = prepared.run.rdm, prepared.run.conditions, prepared.run.layer
    top = max(1.0, float(rdm.max()))
    return HeatMap(
        title=f"{prepared.name}, {'every block' if layer is None else f'block {layer}'}",
        noun=noun_of(conditions),
        file=f"rdm_{prepared.run.key[:8]}.csv",
        conditions=conditions,
        rows=_cells(rdm, top),
        top=f"{top:.2f}",
        download=csv_link(
            pd.DataFrame(rdm.round(6), index=pd.Index(conditions, name="emotion"), columns=conditions), True
        ),
        open=first,
    )


def _cells(rdm: Array, top: float) -> list[list[tuple[int, str]]]:
    """Colours cells as `rdm_figure` does: 0 is the first colour, `top` the last."""
    colours = np.clip(rdm / top * (COLOURS - 1), 0, COLOURS - 1).round().astype(int)
    return [
        [(int(colour), f"{abs(value):.3f}") for colour, value in zip(*row, strict=True)]
        for row in zip(colours, rdm, strict=True)
    ]
