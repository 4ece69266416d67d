"""Chooses the effects that are drawn, and their labels."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.levels import EXTRACTION
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.records.published import PUBLISHED_LAYERS, decomposition
from emogeo.analysis.tables.effects import Effect
from emogeo.figures.effects import (
    Bar,
    Bounded,
    KindRow,
    Point,
    Share,
    layers_of_effect_figure,
    sub_parameters_figure,
    variance_figure,
)
from emogeo.geometry.inference import Estimate

_TITLES = {
    EffectKind.method: "method",
    EffectKind.sub_parameter: "sub-parameters",
    EffectKind.precision: "precision",
    EffectKind.cross_experiment: "cross-experiment",
    EffectKind.text: "text",
}


def write_effect_figures(effects: Sequence[Effect], variance: pd.DataFrame, figures: FigureFolder) -> None:
    """Draws effects by kind, single sub-parameters, and shares of variance; no file where there is nothing to draw."""
    compared = [effect for effect in effects if effect.compared]
    if kinds := [effect for effect in compared if not _is_single(effect)]:
        figures.draw("layers_of_effect", layers_of_effect_figure, *layers_of_effect(kinds))
    if parameters := of_sub_parameters(compared):
        figures.draw("sub_parameters", sub_parameters_figure, *sub_parameters(parameters))
    if variance["share"].notna().any():
        figures.draw("variance", variance_figure, shares(variance))


def _is_single(effect: Effect) -> bool:
    """Whether an effect is of a single sub-parameter, which have a figure of their own."""
    return effect.factor.contrast is Contrast.one and effect.kind is not EffectKind.text


def layers_of_effect(effects: Sequence[Effect]) -> tuple[list[KindRow], dict[str, list[Point]]]:
    """Gives the rows of effects that have a rho, and the points of each model.

    Args:
        effects: without those of single sub-parameters, which have a figure of their own.
    """
    kinds = list(EffectKind)
    rows = sorted(
        {_row(effect) for effect in effects}, key=lambda row: (kinds.index(row[0].kind), row[0].label, row[1])
    )
    panels: dict[str, list[Point]] = {}
    for effect in effects:
        star = effect.rho_star
        bounded, null = None if star is None else _bounded(star), effect.figures.get("null")
        point = Point(rows.index(_row(effect)), effect.figures["rho"], bounded, null)
        panels.setdefault(effect.model, []).append(point)
    return [KindRow(_label(*row), _published(row[0])) for row in rows], panels


def _row(effect: Effect) -> tuple[Factor, int]:
    return effect.factor, int(effect.figures["n_units"])


def _label(factor: Factor, n: int) -> str:
    return f"{_TITLES[factor.kind]}: {factor.label} ({n} unit{'' if n == 1 else 's'})"


def _published(factor: Factor) -> dict[str, float]:
    """Gives the values of the two published models, for the rows that repeat their sets."""
    if not factor.as_published:
        return {}
    sets = PUBLISHED_LAYERS[factor.kind][-1 if factor.writing is Writing.loose else 0]
    return {model: rho[sets] for model, rho in decomposition().items()}


def of_sub_parameters(effects: Sequence[Effect]) -> list[Effect]:
    """Selects the effects of generation's sub-parameters, one by one and all at once."""
    return [e for e in effects if e.kind is EffectKind.sub_parameter and not e.factor.of_comprehension]


def one_of_each(effects: Sequence[Effect]) -> list[Effect]:
    """Selects one effect per model and factor: the first with a rho*, else the first, whatever its size."""
    firsts: dict[tuple[str, Factor], Effect] = {}
    for effect in sorted(effects, key=lambda effect: effect.rho_star is None):
        firsts.setdefault((effect.model, effect.factor), effect)
    return list(firsts.values())


def sub_parameters(effects: Sequence[Effect]) -> tuple[list[str], dict[str, list[Bar]]]:
    """Gives the factors of the effects of `of_sub_parameters` that have a rho, and the bars of each model."""
    drawn = one_of_each(effects)
    factors = list(dict.fromkeys(effect.factor for effect in drawn))
    order = {name: at for at, name in enumerate(EXTRACTION)}
    factors.sort(key=lambda factor: len(order) if factor.parameter is None else order[factor.parameter])
    models: dict[str, list[Bar]] = {}
    for effect in drawn:
        size = None if effect.size is None else _bounded(effect.size)
        bar = Bar(factors.index(effect.factor), 1 - effect.figures["rho"], size)
        models.setdefault(effect.model, []).append(bar)
    return [factor.label for factor in factors], models


def shares(variance: pd.DataFrame) -> list[Share]:
    """Selects the factors of the `variance` table that have a share."""
    return [
        Share(
            row["factor"],
            row["aliased_with"],
            Bounded(row["share"], row["ci_low"], row["ci_high"]),
            row["p"],
            row["p_min"],
        )
        for row in variance[variance["share"].notna()].to_dict("records")
    ]


def _bounded(estimate: Estimate) -> Bounded:
    return Bounded(estimate.value, estimate.low, estimate.high)
