"""Heat maps of RDMs as HTML tables with coloured cells, in which every value can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex

from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.report.parts import Text, csv_link
from emogeo.arrays import Array
from emogeo.stimuli.conditions import Noun, noun_of

COLOURS = 32
MOST = 200
"""The most conditions of an RDM on the page: as a table, that of 200 takes 1.5 MB."""
SMALL_ABOVE = 40
"""The number of conditions above which cells are small."""


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

    @property
    def small(self) -> bool:
        """Whether cells are small."""
        return len(self.conditions) > SMALL_ABOVE


def heat_maps(prepared: Sequence[PreparedRun], bare: Sequence[PreparedBare] = ()) -> list[HeatMap | Text]:
    """Makes one per run that is no reread and, where there are others, no untrained twin; the first is open.

    Of a run with more than `MOST` conditions it says where its RDM is.
    """
    own: list[Compared] = [*subjects([each for each in prepared if each.run.reread_of is None]), *bare]
    return [
        _heat_map(each, number == 0) if len(each.run.conditions) <= MOST else _elsewhere(each)
        for number, each in enumerate(own)
    ]


def _elsewhere(prepared: Compared) -> Text:
    n, names = len(prepared.run.conditions), f"rdm_…_{prepared.run.key[:8]}.png"
    return Text(
        f"{prepared.name}: an RDM of {n} conditions is too large for this page; figures/{names} shows it, and rdms.h5, "
        "beside this page, has its numbers."
    )


def palette() -> str:
    """Gives the style sheet's rules for the colours of cells."""
    colours = colormaps["viridis"](np.linspace(0, 1, COLOURS))
    rules = [f".k{number}{{background:{to_hex(colour)}}}" for number, colour in enumerate(colours)]
    stops = ",".join(to_hex(colour) for colour in colormaps["viridis"](np.linspace(0, 1, 9)))
    return "\n".join([*rules, f".scale{{background:linear-gradient(to right,{stops})}}"])


def _heat_map(prepared: Compared, first: bool) -> HeatMap:
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
