"""Chooses the models that are drawn beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.records.names import file_stem
from emogeo.arrays import Array
from emogeo.figures.models import Line, Shifts, descriptors_figure, shifts_figure, universality_figure

FEWEST = 3
"""The fewest models for a tree or a map."""
_DESCRIPTORS = {
    "anisotropy": "anisotropy",
    "anisotropy_without_largest": "anisotropy without\nits 3 largest dimensions",
    "rdm_std": "spread of the RDM",
    "participation_ratio": "participation ratio\n(dimensions)",
}


def write_model_figures(tables: Mapping[str, pd.DataFrame], figures: FigureFolder) -> None:
    """Draws trees and maps of comparable models, descriptors by depth, and shifts of emotion words."""
    readings = (own for _, own in tables["universality"].groupby("reading", sort=False))
    drawn = [of for own in readings if (of := universality(own)) is not None]
    for number, of in enumerate(drawn, start=1):
        figures.draw(f"universality_{number}", universality_figure, *of)
    for name, own in _lines_of_descriptors(tables["descriptors_by_layer"]).items():
        figures.draw(name, descriptors_figure, _lines(own), own["reading"].iloc[0])
    if len(tables["steering_shifts"]):
        figures.draw("steering_shifts", shifts_figure, _shifts(tables["steering_shifts"]))


def universality(pairs: pd.DataFrame) -> tuple[dict[str, str], Array, str, str] | None:
    """Gives what is drawn of comparable models: families, how far models are apart, by what, and how they were read.

    That is by 1 − ρ* where every pair has one, else by 1 − ρ. None with fewer than three models, or where a pair has
    no ρ.
    """
    families = dict(zip(pairs["model_a"], pairs["family_a"], strict=True))
    families |= dict(zip(pairs["model_b"], pairs["family_b"], strict=True))
    if len(families) < FEWEST or pairs["rho"].isna().any():
        return None
    column, symbol = ("rho_star", "ρ*") if pairs["rho_star"].notna().all() else ("rho", "ρ, on shared passages")
    return families, _distances(pairs, list(families), column), symbol, pairs["reading"].iloc[0]


def _distances(pairs: pd.DataFrame, models: list[str], column: str) -> Array:
    """Gives 1 − agreement [model, model]; for a ρ* above 1 it is 0."""
    matrix = np.zeros((len(models), len(models)))
    for a, b, value in pairs[["model_a", "model_b", column]].itertuples(index=False):
        i, j = models.index(a), models.index(b)
        matrix[i, j] = matrix[j, i] = max(1.0 - value, 0.0)
    return matrix


def _lines_of_descriptors(by_layer: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Chooses the largest set of comparable models; and a model's precisions, where it has several."""
    if by_layer.empty:
        return {}
    models = by_layer.groupby(["reading", "precision"], sort=False)["model"].nunique()
    reading, precision = models.idxmax()
    found = {"descriptors_by_layer": by_layer[(by_layer["reading"] == reading) & (by_layer["precision"] == precision)]}
    for model, own in by_layer.groupby("model", sort=False):
        precisions = own.groupby("reading", sort=False)["precision"].nunique()
        if precisions.max() > 1:
            found[f"descriptors_by_precision_{file_stem(str(model))}"] = own[own["reading"] == precisions.idxmax()]
    return found


def _lines(by_layer: pd.DataFrame) -> list[Line]:
    """Gives lines for the first run of each model at a precision."""
    firsts = by_layer.drop_duplicates(["model", "precision"])[["key", "model", "precision"]]
    lines = []
    for key, model, precision in firsts.itertuples(index=False):
        own = by_layer[by_layer["key"] == key]
        curves = {title: own[column].to_numpy(dtype=float) for column, title in _DESCRIPTORS.items()}
        selected = (own["selected"] == "yes").to_numpy(dtype=bool)
        lines.append(Line(f"{model} {precision}", own["depth"].to_numpy(dtype=float), curves, selected))
    return lines


def _shifts(shifts: pd.DataFrame) -> dict[str, dict[str, Shifts]]:
    """Gives the shifts in the first run of each model, by emotion."""
    shifts = shifts[shifts["key"].isin(shifts.drop_duplicates("model")["key"])]
    names = ("strength", "shift", "random_mean", "random_low", "random_high")
    found: dict[str, dict[str, Shifts]] = {}
    for (model, emotion), own in shifts.sort_values("strength").groupby(["model", "emotion"], sort=False):
        of_emotion = Shifts(*(own[name].to_numpy(dtype=float) for name in names))
        found.setdefault(str(model), {})[str(emotion)] = of_emotion
    return {model: found[model] for model in dict.fromkeys(shifts["model"])}
