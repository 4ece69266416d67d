"""Which maps, shifts and trees are drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.figures.map import Mapped, Moved, map_figure, shifts_figure
from emogeo.figures.rating import Rating
from emogeo.figures.tree import tree_figure
from emogeo.geometry.direction import direction
from emogeo.stimuli.norms import package_norms

OVER_EACH_OTHER = 3
"""How many pairs of runs are drawn one over the other: those whose conditions moved most."""
_SCALE = (1.0, 9.0)
_RATED_SHARE = 0.5
"""The share of conditions that must have a valence for maps to be coloured by it."""


def write_map_figures(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Draws a map and a tree for each run, and the runs over each other whose maps differ most."""
    maps, branches = tables["map"].dropna(subset=["x"]), tables["map_branches"]
    names = dict(zip(maps["key"], maps["run"], strict=True))
    for key, own in maps.groupby("key", sort=False):
        title, conditions = names[str(key)], [str(name) for name in own["condition"]]
        points = own[["x", "y"]].to_numpy(dtype=float)
        rating = valence(conditions, points)
        ellipses = own[["half_axis_long", "half_axis_short", "angle"]].to_numpy(dtype=float)
        known = not np.isnan(ellipses).any()
        drawn = Mapped(
            title,
            conditions,
            points,
            float(own["share"].iloc[0]),
            ellipses if known else None,
            rating,
            str(own["note"].iloc[0]),
        )
        (folder / file_of("map", title, str(key))).write_bytes(map_figure(drawn))
        tree = branches[branches["key"] == key]
        if len(tree):
            (folder / file_of("tree", title, str(key))).write_bytes(_tree(title, conditions, tree, rating))
    for (a, b), own in moved_most(tables["map_shifts"]):
        (folder / f"shifts_{a[:8]}_{b[:8]}.png").write_bytes(_shifts((names[a], names[b]), own))


def file_of(kind: str, name: str, key: str) -> str:
    """Gives the name of a run's figure."""
    return f"{kind}_{re.sub(r'[^A-Za-z0-9.]+', '-', name)}_{key[:8]}.png"


def moved_most(shifts: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Gives the pairs whose conditions moved most, in the mean, each with its rows."""
    found = shifts.dropna(subset=["displacement"])
    groups = [((str(a), str(b)), own) for (a, b), own in found.groupby(["key_a", "key_b"], sort=False)]
    return sorted(groups, key=lambda own: -own[1]["displacement"].mean())[:OVER_EACH_OTHER]


def valence(conditions: Sequence[str], points: Array) -> Rating | None:
    """Gives the valence of conditions with its direction on the map; None where too few have one."""
    norms = package_norms()
    words = norms.match(conditions).words
    if len(words) < _RATED_SHARE * len(conditions):
        return None
    place = norms.dimensions.index("valence")
    values = np.array([norms.entries[words[name]][place] if name in words else np.nan for name in conditions])
    try:
        way = direction(points, values, seed=0)
    except GeometryError:
        return Rating("valence (Warriner et al. 2013)", values, _SCALE)
    said = f"arrow: valence grows, r = {way.r:.2f}, p = {way.p:.3f}"
    return Rating("valence (Warriner et al. 2013)", values, _SCALE, np.array([way.x, way.y]), said, way.p <= 0.05)


def _tree(title: str, conditions: Sequence[str], tree: pd.DataFrame, rating: Rating | None) -> bytes:
    linkage = tree[["left", "right", "height", "n_conditions"]].to_numpy(dtype=float)
    support = tree["support"].to_numpy(dtype=float)
    return tree_figure(title, conditions, linkage, None if np.isnan(support).any() else support, rating)


def _shifts(runs: tuple[str, str], own: pd.DataFrame) -> bytes:
    points = np.stack([own[[f"x_{run}", f"y_{run}"]].to_numpy(dtype=float) for run in "ab"])
    return shifts_figure(
        Moved([str(name) for name in own["condition"]], runs, points, (own["p_holm"] <= 0.05).to_numpy())
    )
