"""The `behaviour_geometry` table: distances between models in behaviour, beside their distances in geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from emogeo.analysis.tables.behaviour import FACETS
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, left_out
from emogeo.analysis.tables.relations import FEWEST, RELATION_COLUMNS, too_few
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.permutation import mantel_of_few

GEOMETRY_COLUMNS = ["model_a", "model_b", "behaviour_distance", "geometry_distance", "reading", "note"]
_DECIMALS = 12
_EXACT = 40_320
"""The orders of eight models: up to this number all are tried."""


def behaviour_geometry_table(behaviour: pd.DataFrame, universality: pd.DataFrame) -> Table:
    """Gives two models' distance in behaviour and, for each way of reading that they have in common, in geometry.

    Behaviour: Euclidean, over flip rate and compliance as measured (the mean where a model has several runs).
    Geometry: 1 - rho_star where every pair of comparable models has one, else 1 - rho.
    """
    placed, rows, seen = _placed(behaviour), [], set()
    for reading, pairs in universality.groupby("reading", sort=False):
        figure = "rho_star" if pairs["rho_star"].notna().all() else "rho"
        for a, b, agreement in pairs[["model_a", "model_b", figure]].itertuples(index=False):
            row = {**_beside(a, b, placed), "reading": reading, "geometry_distance": 1 - agreement}
            rows.append({**row, "note": [Note(f"1 - {figure}"), *row["note"]]})
            seen.add(frozenset((a, b)))
    asked = combinations(sorted(placed), 2)
    rows += [_beside(a, b, placed, "no comparable geometries") for a, b in asked if frozenset((a, b)) not in seen]
    return typed(rows, GEOMETRY_COLUMNS, ["model_a", "model_b", "reading", "note"])


def behaviour_relations(geometry: pd.DataFrame, behaviour: pd.DataFrame, permutations: int, seed: int) -> Table:
    """Makes rows of the `relations` table for each way of reading: Mantel over models of both distances, two-sided.

    All orders are tried up to eight models; fewer than six are too few to tell from chance.
    """
    families = dict(zip(behaviour["model"], behaviour["family"], strict=True))
    rows = []
    for reading, pairs in geometry[geometry["reading"].fillna("") != ""].groupby("reading", sort=False):
        known = pairs.dropna(subset=["behaviour_distance", "geometry_distance"])
        models = sorted({*known["model_a"], *known["model_b"]})
        row: Row = {"reading": reading, "relation": "behaviour", "n_models": len(models)}
        row["n_families"] = len({families[model] for model in models})
        rows.append({**row, **_related(known, models, permutations, seed)})
    return typed(rows, RELATION_COLUMNS, ["reading", "relation", "note"])


def _related(known: pd.DataFrame, models: Sequence[str], permutations: int, seed: int) -> Row:
    if len(models) < FEWEST:
        return {"note": too_few(len(models), "models")}
    measured = [_matrix(known, models, f"{name}_distance") for name in ("behaviour", "geometry")]
    if any(np.isnan(matrix).any() for matrix in measured):
        return {"note": [left_out("not every two of these models have comparable runs")]}
    try:
        found = mantel_of_few(measured[0], measured[1], max(permutations, _EXACT), seed, two_sided=True)
    except GeometryError as error:  # all distances are equal
        return {"note": [left_out(error)]}
    return {"r": found.r, "p": found.p, "p_min": found.p_min, "note": [Note("models of a family count as independent")]}


def _matrix(pairs: pd.DataFrame, models: Sequence[str], column: str) -> Array:
    """Gives distances [model, model], NaN where a pair is absent; rounded, so that equal distances are ties."""
    position, matrix = {model: row for row, model in enumerate(models)}, np.full((len(models),) * 2, np.nan)
    np.fill_diagonal(matrix, 0.0)
    for a, b, value in pairs[["model_a", "model_b", column]].itertuples(index=False):
        matrix[position[a], position[b]] = matrix[position[b], position[a]] = round(value, _DECIMALS)
    return matrix


def _placed(behaviour: pd.DataFrame) -> dict[str, Array]:
    """Gives flip rate and compliance of the models that have both."""
    measured = behaviour[(behaviour["source"] == "measured") & behaviour["value"].notna()]
    means = measured.groupby(["model", "facet"])["value"].mean().unstack().reindex(columns=list(FACETS)).dropna()
    return {str(model): row.to_numpy(dtype=float) for model, row in means.iterrows()}


def _beside(a: str, b: str, placed: Mapping[str, Array], note: str = "") -> Row:
    absent = [model for model in (a, b) if model not in placed]
    row: Row = {"model_a": a, "model_b": b, "note": [Note(note)] if note else []}
    if absent:
        return {**row, "note": [Note(f"behaviour: not both facets are given for {' and '.join(absent)}")]}
    return {**row, "behaviour_distance": float(np.linalg.norm(placed[a] - placed[b]))}
