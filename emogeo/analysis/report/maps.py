"""The section of the map: conditions in two dimensions, with regions of uncertainty."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.figures.map import file_of, moved_most
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, Text, beside, figure, sheet, word

SHOWN = 6
"""The most runs whose maps are on the page."""
TREES = 2
"""The most runs whose trees are on the page."""
MOST = 100
"""The most conditions of a map on the page: the pictures of more take megabytes each."""


def map_section(material: Material) -> Section:
    """Shows the map of each run, two runs one over the other, and trees, with the tables folded."""
    about = (
        f"The {material.noun.many} of each run in two dimensions, turned onto one consensus. An ellipse holds the "
        "place without text noise in 95 of 100 samples of units; where ellipses overlap, neighbours may trade places."
    )
    return Section("map", "The map", about, _parts(material))


def first_map(material: Material, pair: tuple[str, str] | None) -> list[Part]:
    """Shows the maps of the two runs that the answer is about, or of the only run; nothing where none was drawn."""
    table = material.table("map")
    if table.empty:
        return []
    keys = list(pair) if pair is not None else list(dict.fromkeys(table["key"]))[:1]
    name = f"shifts_{keys[0][:8]}_{keys[-1][:8]}.png" if len(keys) > 1 else ""
    named = " and ".join(material.names.get(key, key) for key in keys)
    found = material.picture(name, f"The maps of {named}") if name else []
    return found or [
        part
        for key in keys[:1]
        for part in material.picture(file_of("map", material.names.get(key, key), key), f"The map of {named}")
    ]


def _parts(material: Material) -> list[Part]:
    table = material.table("map")
    drawn = table.dropna(subset=["x"]) if len(table) else table
    if drawn.empty:
        return [Absent("No finished geometry, so no map.", "python train.py")]
    runs = drawn.drop_duplicates("key")
    large = set(drawn["key"].value_counts().loc[lambda n: n > MOST].index)
    shown = [(key, name) for key, name in zip(runs["key"], runs["run"], strict=True) if key not in large][:SHOWN]
    parts = _too_large(runs[runs["key"].isin(large)], material)
    parts += [part for key, name in shown for part in material.picture(file_of("map", name, key), f"The map of {name}")]
    if len(runs) - len(large) > SHOWN:
        parts.append(
            Text(f"Maps of {SHOWN} of {len(runs)} runs are shown; the others, and trees, are in the folder of figures.")
        )
    parts += [sheet(table, "Places on the map", "map", _of_places(material), open=False)]
    parts += _shifts(material)
    return parts + [
        part
        for key, name in shown[:TREES]
        for part in material.picture(file_of("tree", name, key), f"The tree of {name}")
    ]


def _too_large(runs: pd.DataFrame, material: Material) -> list[Part]:
    """Says where the maps are that have too many conditions for the page."""
    return [
        Text(
            f"{row.run}: a map of more than {MOST} {material.noun.many} is among the figures, map_…_{row.key[:8]}.png."
        )
        for row in runs.itertuples()
    ]


def _shifts(material: Material) -> list[Part]:
    table = material.table("map_shifts")
    if table.empty:
        return []
    parts: list[Part] = []
    few = table.groupby(["key_a", "key_b"])["condition"].transform("size") <= MOST
    for (a, b), _ in moved_most(table[few])[:1]:
        title = f"{material.names.get(a, a)} and {material.names.get(b, b)} over each other"
        parts += material.picture(f"shifts_{a[:8]}_{b[:8]}.png", title)
    return [*parts, sheet(table, "Shifts between two maps", "map_shifts", _of_shifts(material), open=False)]


def _of_places(material: Material) -> list[Column]:
    return [
        word("run", "run"),
        word(material.noun.value, "condition"),
        beside("x / y", "x", "y"),
        beside("half axes of its region", "half_axis_long", "half_axis_short"),
        figure("share of two dimensions", "share"),
        word("nearest", "nearest"),
        figure("at a dissimilarity of", "nearest_distance"),
        word("note", "note", style="long"),
    ]


def _of_shifts(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word(material.noun.value, "condition"),
        figure("displacement", "displacement"),
        figure("by text noise alone", "noise"),
        beside("p / Holm", "p", "p_holm", digits=3),
        word("note", "note", style="long"),
    ]
