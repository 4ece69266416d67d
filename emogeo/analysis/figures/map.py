"""Which maps, pairs of maps and trees are drawn."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.charts.map import map_spec
from emogeo.analysis.charts.map_pair import pair_spec, shifts_spec
from emogeo.analysis.charts.tree import tree_spec
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.records.names import file_stem

DRAWN = 12
"""The most runs whose maps and trees are drawn: of more, the places are in map.csv."""
SLIDERS = 6
"""The most runs whose maps have a slider over blocks: those of the report."""
_BOTH = 720
"""Pixels of two maps side by side."""
OVER_EACH_OTHER = 3
"""How many pairs of runs are drawn beside and over each other: those whose conditions moved most."""


def write_map_figures(tables: Mapping[str, pd.DataFrame], figures: FigureFolder) -> None:
    """Draws a map and a tree for each run, and beside and over each other the runs whose maps differ most."""
    maps, branches = tables["map"].dropna(subset=["x"]), tables["map_branches"]
    names = dict(zip(maps["key"], maps["run"], strict=True))
    for number, (key, name) in enumerate(list(names.items())[:DRAWN]):
        own = of_runs(tables, key)
        figures.draw(file_of("map", name, key), map_spec, own, key, number < SLIDERS, title=name)
        if (branches["key"] == key).any():
            figures.draw(file_of("tree", name, key), tree_spec, own, key, title=name)
    for (a, b), shifts in moved_most(tables["map_shifts"]):
        both = (names[a], names[b])
        title = " and ".join(both)
        figures.draw(pair_of("maps", a, b), pair_spec, of_runs(tables, a, b), a, b, _BOTH, title=title)
        figures.draw(pair_of("shifts", a, b), shifts_spec, shifts, both, title=title)


_OF_MAPS = ("map", "map_branches", "map_nearest", "map_by_block", "map_directions")
"""Tables with rows of runs that maps and trees are drawn of."""


def of_runs(tables: Mapping[str, pd.DataFrame], *keys: str) -> dict[str, pd.DataFrame]:
    """Gives the rows of some runs that their maps and trees are drawn of."""
    own = {name: tables[name][tables[name]["key"].isin(keys)] for name in _OF_MAPS}
    return {**own, "map_ratings": tables["map_ratings"]}


def file_of(kind: str, name: str, key: str) -> str:
    """Gives the name of a run's figure, without an ending."""
    return f"{kind}_{file_stem(name)}_{key[:8]}"


def pair_of(kind: str, a: str, b: str) -> str:
    """Gives the name of the figure of two runs, by their keys, without an ending."""
    return f"{kind}_{a[:8]}_{b[:8]}"


def moved_most(shifts: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Gives the pairs whose conditions moved most, in the mean, each with its rows.

    Two comparable runs come before any others.
    """
    found = shifts.dropna(subset=["displacement"])
    groups = [((str(a), str(b)), own) for (a, b), own in found.groupby(["key_a", "key_b"], sort=False)]
    ordered = sorted(groups, key=lambda own: (not _of_models(own[1]), -own[1]["displacement"].mean()))
    return ordered[:OVER_EACH_OTHER]


def _of_models(pair: pd.DataFrame) -> bool:
    first = pair.iloc[0]
    return bool(first["comparable"] == "yes" and first["model_a"] != first["model_b"])
