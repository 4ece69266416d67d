"""The section of the map: conditions in two dimensions, with regions of uncertainty."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.charts.map import map_spec
from emogeo.analysis.charts.map_pair import LEVEL, pair_spec
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.map import DRAWN, SLIDERS, file_of, moved_most, of_runs, pair_of
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, Text, beside, figure, sheet, word
from emogeo.installation import command

SHOWN = SLIDERS
"""The most runs whose maps are on the page."""
_FIRST = 600
"""Pixels of the maps on the first screen."""
TREES = 2
"""The most runs whose trees are on the page."""
MOST = 100
"""The most conditions of a map on the page: more cannot be read there."""


def map_section(material: Material) -> Section:
    """Shows the map of each run, two runs one over the other, and trees, with the tables folded."""
    about = (
        f"The {material.noun.many} of each run in two dimensions, turned onto one consensus. An ellipse holds the "
        "place without text noise in 95 of 100 samples of units; where ellipses overlap, neighbours may trade places. "
        "Point at one to see its nearest; the slider shows how the map forms with depth."
    )
    return Section("map", "The map", about, _parts(material))


FIRST = "map"
"""The name of the chart that stands beside the answer."""


def write_first_map(material: Material, pair: tuple[str, str] | None, figures: FigureFolder) -> None:
    """Writes the maps of the two runs that the answer is about, or of the only run, always under one name."""
    frames = {name: own.frame for name, own in material.tables.items()}
    table = material.table("map")
    places = table if table.empty else table.dropna(subset=["x"])
    keys = list(dict.fromkeys(places["key"])) if len(places) else []
    if pair is None and keys:
        figures.draw(FIRST, map_spec, of_runs(frames, keys[0]), keys[0])
    elif pair is not None and {*pair} <= {*keys} and len(places) <= MOST * len(keys):
        figures.draw(FIRST, pair_spec, of_runs(frames, *pair), *pair, _FIRST)


def first_map(material: Material, pair: tuple[str, str] | None) -> list[Part]:
    """Shows what `write_first_map` has written; nothing where there was no map."""
    if pair is None:
        return material.drawn(FIRST, "The map", "The map of the only run.")
    named = " and ".join(material.names.get(key, key) for key in pair)
    which = "both" if len(material.of_trained("pairs", "key_a")) <= 1 else "the two that agree least"
    return material.drawn(FIRST, f"The maps of {which}, turned onto one another", f"The maps of {named}.")


def _parts(material: Material) -> list[Part]:
    table = material.table("map")
    drawn = table.dropna(subset=["x"]) if len(table) else table
    if drawn.empty:
        return [Absent("No finished geometry, so no map.", command("train"))]
    runs = drawn.drop_duplicates("key")
    large = set(drawn["key"].value_counts().loc[lambda n: n > MOST].index)
    shown = [(key, name) for key, name in zip(runs["key"], runs["run"], strict=True) if key not in large][:SHOWN]
    parts = _too_large(runs[runs["key"].isin(large)], material)
    parts += [part for key, name in shown for part in _map(material, key, name)]
    if len(runs) - len(large) > SHOWN:
        parts.append(Text(_not_shown(len(runs))))
    parts += _shifts(material)
    parts += [part for key, name in shown[:TREES] for part in _tree(material, key, name)]
    parts += [sheet(table, "Places on the map", "map", _of_places(material), open=False)]
    return [*parts, *_nearest(material), *_directions(material), *_of_shifts(material)]


def _map(material: Material, key: str, name: str) -> list[Part]:
    own = material.table("map").query("key == @key")
    said = f"The map of {name}: {len(own)} {material.noun.many} in two dimensions that hold {own['share'].iloc[0]:.0%}."
    return material.drawn(file_of("map", name, key), f"The map of {name}", said)


def _tree(material: Material, key: str, name: str) -> list[Part]:
    title = f"The tree of {name}"
    return material.drawn(file_of("tree", name, key), title, f"{title}, with the supports of its branches.")


def _not_shown(n: int) -> str:
    drawn = min(n, DRAWN)
    others = "the others" if drawn == n else f"{drawn - SHOWN} more"
    return f"Maps of {SHOWN} of {n} runs are shown; {others}, and trees, are in the folder of figures."


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
    for (a, b), own in moved_most(table[few])[:1]:
        both = f"{material.names.get(a, a)} and {material.names.get(b, b)}"
        parts += material.drawn(pair_of("maps", a, b), f"{both}, side by side", f"The maps of {both}, side by side.")
        moved = f"{(own['p_holm'] <= LEVEL).sum()} of {len(own)} {material.noun.many} moved beyond text noise"
        parts += material.drawn(pair_of("shifts", a, b), f"{both}, one over the other", f"{both}: {moved}.")
    return parts


def _nearest(material: Material) -> list[Part]:
    table = material.table("map_nearest")
    columns = [
        word("run", "run"),
        word(material.noun.value, "condition"),
        figure("rank", "rank", digits=0),
        word("nearest", "nearest"),
        figure("dissimilarity", "distance"),
    ]
    return [] if table.empty else [sheet(table, "The three nearest", "map_nearest", columns, open=False)]


def _directions(material: Material) -> list[Part]:
    table = material.table("map_directions")
    known = table if table.empty else table.dropna(subset=["p"])
    columns = [word("run", "run"), word("rating", "norm"), figure("r", "r"), figure("p", "p", digits=3)]
    title = "Directions of ratings on the map"
    return [] if known.empty else [sheet(known, title, "map_directions", columns, open=False)]


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


def _of_shifts(material: Material) -> list[Part]:
    table = material.table("map_shifts")
    columns = [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word(material.noun.value, "condition"),
        figure("displacement", "displacement"),
        figure("by text noise alone", "noise"),
        beside("p / Holm", "p", "p_holm", digits=3),
        word("note", "note", style="long"),
    ]
    return [] if table.empty else [sheet(table, "Shifts between two maps", "map_shifts", columns, open=False)]
