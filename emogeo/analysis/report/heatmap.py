"""Heat maps of RDMs, and of differences of two, as HTML tables with coloured cells in which every value can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex

from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.report.parts import Text, csv_link
from emogeo.analysis.tables.rdm_differences import YES
from emogeo.arrays import Array
from emogeo.stimuli.conditions import Noun, noun_of

COLOURS, STEPS = 32, 31
"""The colours of an RDM, and those of a difference, of which the middle one is 0."""
MOST = 200
"""The most conditions of an RDM on the page: as a table, that of 200 takes 1.5 MB."""
SMALL_ABOVE = 40
"""The number of conditions above which cells are small."""
OPEN, SHOWN = 12, 60
"""How many heat maps are open from the start, and how many there are at most."""
DIFFERENCES = 4
"""The most differences of two runs on the page."""
TREE = "the tree that all runs have in common"
"""The order at the start."""
_WRITTEN = ["condition_a", "condition_b", "dissimilarity_a", "dissimilarity_b", "difference", "p_largest"]
"""The columns of a difference's download; the table has the others."""
_RATED_SHARE = 0.5
"""The share of conditions that must be rated for an order by these ratings."""
_SCALES = {"k": "viridis", "d": "PuOr_r"}
"""The colours of an RDM and of a difference, by the letter of their classes; both can be told by all."""


@dataclass(frozen=True)
class HeatMap:
    """One RDM, or the difference of two."""

    title: str
    noun: Noun
    file: str
    conditions: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]
    """The class, which gives the colour, and the value of each cell."""
    download: str
    open: bool

    @property
    def small(self) -> bool:
        """Whether cells are small."""
        return len(self.conditions) > SMALL_ABOVE


@dataclass(frozen=True)
class HeatMaps:
    """Several side by side in one scale and one order, which the reader chooses."""

    kind: ClassVar[str] = "heatmaps"
    title: str
    said: str
    maps: Sequence[HeatMap]
    scale: str
    """The letter of the scale's classes."""
    ends: tuple[str, str]
    """The values of the first and the last colour."""
    of: str
    """What a cell is."""
    orders: Mapping[str, Sequence[str]]
    """Conditions in each order that can be chosen, by its name; the first is that of the start."""

    @property
    def choices(self) -> dict[str, str]:
        """Gives the orders as the page's script reads them."""
        return {name: json.dumps(list(order)) for name, order in self.orders.items()}


def heat_maps(
    prepared: Sequence[PreparedRun], bare: Sequence[PreparedBare], ratings: pd.DataFrame
) -> list[HeatMaps | Text]:
    """Makes one per run that is no reread and, where there are others, no untrained twin, in one scale.

    Of a run with more than `MOST` conditions it says where its RDM is.

    Args:
        ratings: `map_ratings`, the package's and the user's own, each of which may give an order.
    """
    own: list[Compared] = [*subjects([each for each in prepared if each.run.reread_of is None]), *bare]
    shown = [each for each in own if len(each.run.conditions) <= MOST]
    elsewhere = [_elsewhere(each) for each in own if each not in shown]
    if not shown:
        return [*elsewhere]
    orders = orders_of([*prepared, *bare], ratings)
    top = max(1.0, *(float(each.run.rdm.max()) for each in shown))
    maps = [_heat_map(each, orders[TREE], top, number < OPEN) for number, each in enumerate(shown[:SHOWN])]
    many = noun_of(orders[TREE]).many
    said = f"Point at a cell, tap it, or move with the arrow keys, for its two {many} and their dissimilarity."
    if len(shown) > SHOWN:
        said += f" {SHOWN} of {len(shown)} runs; the others are in the folder of figures."
    title = "Every run" if len(maps) > 1 else "The run"
    ends = ("0", f"{top:.2f}")
    return [HeatMaps(title, said, maps, "k", ends, "dissimilarity, 1 − cosine", orders), *elsewhere]


def difference_maps(
    table: pd.DataFrame, names: Mapping[str, str], order: Sequence[str], first: tuple[str, str] | None = None
) -> list[HeatMaps]:
    """Makes one per pair of runs, those with most cells beyond the noise of the texts first, `DIFFERENCES` at most.

    Args:
        table: `rdm_differences`.
        names: of the runs, by key.
        first: the keys of a pair that comes before all others.
    """
    known = table.dropna(subset=["difference"])
    pairs = [own for _, own in known.groupby(["key_a", "key_b"], sort=False) if len(_conditions(own)) <= MOST]
    asked = set(first or ())
    marked = [({*own["key_a"], *own["key_b"]} != asked, -int((own["beyond_noise"] == YES).sum())) for own in pairs]
    shown = [pairs[at] for at in sorted(range(len(pairs)), key=marked.__getitem__)][:DIFFERENCES]
    if not shown:
        return []
    top = max(float(own["difference"].abs().max()) for own in shown)
    maps = [_difference(own, names, order, top) for own in shown]
    said = (
        "The RDM of the second run less that of the first, without text noise (cross-validated over topics). Framed "
        "cells differ by more than the noise of the texts gives: p ≤ 0.05 over all cells of a pair."
    )
    ends = (f"−{top:.2f}", f"{top:.2f}")
    return [HeatMaps("Where two runs differ", said, maps, "d", ends, "difference of dissimilarities", {TREE: order})]


def orders_of(compared: Sequence[Compared], ratings: pd.DataFrame) -> dict[str, list[str]]:
    """Gives the conditions of all runs by their tree, by alphabet, and by each norm that rates most of them.

    Args:
        ratings: `map_ratings`.
    """
    order = shared_order(compared)
    found = {TREE: order, "the alphabet": sorted(order)}
    known = ratings[ratings["condition"].isin(order)].dropna(subset=["rating"]) if len(ratings) else ratings
    for norm, own in known.groupby("norm", sort=False) if len(known) else ():
        rated = dict(zip(own["condition"], own["rating"], strict=True))
        if len(rated) >= _RATED_SHARE * len(order):
            name = str(norm) if len(rated) == len(order) else f"{norm} (unrated ones last)"
            found[name] = sorted(order, key=lambda name, rated=rated: rated.get(name, np.inf))  # type: ignore[misc]
    return found


def palette() -> str:
    """Gives the style sheet's rules for the colours of cells and of scales."""
    rules = []
    for letter, name in _SCALES.items():
        colours = colormaps[name](np.linspace(0, 1, COLOURS if letter == "k" else STEPS))
        rules += [f".{letter}{number}{{background:{to_hex(colour)}}}" for number, colour in enumerate(colours)]
        stops = ",".join(to_hex(colour) for colour in colormaps[name](np.linspace(0, 1, 9)))
        rules.append(f".scale.{letter}{{background:linear-gradient(to right,{stops})}}")
    return "\n".join(rules)


def _elsewhere(prepared: Compared) -> Text:
    n, names = len(prepared.run.conditions), f"rdm_…_{prepared.run.key[:8]}.png"
    return Text(
        f"{prepared.name}: an RDM of {n} conditions is too large for this page; figures/{names} shows it, and rdms.h5, "
        "beside this page, has its numbers."
    )


def _heat_map(prepared: Compared, order: Sequence[str], top: float, unfolded: bool) -> HeatMap:
    rdm, conditions, layer = prepared.run.rdm, prepared.run.conditions, prepared.run.layer
    table = pd.DataFrame(rdm, index=pd.Index(conditions, name="emotion"), columns=conditions)
    own = [name for name in order if name in set(conditions)]
    return HeatMap(
        title=f"{prepared.name}, {'every block' if layer is None else f'block {layer}'}",
        noun=noun_of(conditions),
        file=f"rdm_{prepared.run.key[:8]}.csv",
        conditions=own,
        rows=_cells(table.loc[own, own].to_numpy(), top),
        download=csv_link(table.round(6), True),
        open=unfolded,
    )


def _cells(rdm: Array, top: float) -> list[list[tuple[str, str]]]:
    """Colours cells as `rdm_figure` does: 0 is the first colour, `top` the last."""
    colours = np.clip(rdm / top * (COLOURS - 1), 0, COLOURS - 1).round().astype(int)
    return [
        [(f"k{colour}", f"{abs(value):.3f}") for colour, value in zip(*row, strict=True)]
        for row in zip(colours, rdm, strict=True)
    ]


def _conditions(own: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*own["condition_a"], *own["condition_b"]]))


def _difference(own: pd.DataFrame, names: Mapping[str, str], order: Sequence[str], top: float) -> HeatMap:
    a, b = str(own["key_a"].iloc[0]), str(own["key_b"].iloc[0])
    present = set(_conditions(own))
    conditions = [name for name in order if name in present]
    cells = {(row.condition_a, row.condition_b): _difference_cell(row, top) for row in own.itertuples()}
    cells |= {(second, first): cell for (first, second), cell in cells.items()}
    marked = int((own["beyond_noise"] == YES).sum())
    return HeatMap(
        title=f"{names.get(b, b)} − {names.get(a, a)}: {marked} of {len(own)} cells framed",
        noun=noun_of(conditions),
        file=f"difference_{a[:8]}_{b[:8]}.csv",
        conditions=conditions,
        rows=[[cells.get((first, second), (f"d{STEPS // 2}", "0")) for second in conditions] for first in conditions],
        download=csv_link(own[_WRITTEN].round(6)),
        open=True,
    )


def _difference_cell(row: object, top: float) -> tuple[str, str]:
    value, p, sure = (getattr(row, name) for name in ("difference", "p_largest", "beyond_noise"))
    colour = round((value / top + 1) / 2 * (STEPS - 1)) if top > 0 else STEPS // 2
    said = f"{value:+.3f} (p {p:.3f}{', beyond text noise' if sure == YES else ''})"
    return f"d{colour} sure" if sure == YES else f"d{colour}", said.replace("-", "−")
