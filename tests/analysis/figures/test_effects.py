"""Which effects are drawn, in which rows, with which words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.levels import Parameter
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.effects import (
    layers_of_effect,
    of_sub_parameters,
    one_of_each,
    shares,
    sub_parameters,
    write_effect_figures,
)
from emogeo.analysis.records.published import decomposition
from emogeo.figures.effects import Bar, Bounded, Point, Share
from tests.analysis.planted_effects import effect, single

MATCHED = Factor(EffectKind.method, Contrast.methods, writing=Writing.matched)
AS_PUBLISHED = replace(MATCHED, as_published=True)
STAR = {"rho_star": 0.8, "rho_star_ci_low": 0.7, "rho_star_ci_high": 0.9}
VARIANCE = pd.DataFrame(
    [
        {"factor": "chat", "share": 0.25, "ci_low": 0.125, "ci_high": 0.5}
        | {"aliased_with": "text", "p": 0.5, "p_min": 0.25},
        {"factor": "layer", "aliased_with": "", "p": 1, "p_min": 1},
    ]
)


def test_a_bar_is_of_the_first_row_with_a_rho_star_and_not_of_the_largest_effect() -> None:
    length, chat = (single(name) for name in (Parameter.length, Parameter.chat))
    rows = [(length, None), (length, 0.9), (length, 0.2), (chat, None)]
    drawn = one_of_each([effect(factor, "m", rho_star=star) for factor, star in rows])
    assert [(own.factor, own.figures["rho_star"]) for own in drawn] == [(length, 0.9), (chat, None)]


def test_rows_are_kinds_in_their_order_with_units_and_what_was_published() -> None:
    regenerated = Factor(EffectKind.precision, Contrast.regenerated)
    effects = [
        effect(regenerated, "m", rho=0.5, n_units=12, **STAR, null=0.05),
        effect(AS_PUBLISHED, "n", rho=0.2, n_units=1),
        effect(MATCHED, "m", rho=0.3, n_units=12),
    ]
    rows, panels = layers_of_effect(effects)
    assert [row.label for row in rows] == [
        "method: as published, matched (1 unit)",
        "method: comparable, matched (12 units)",
        "precision: regenerated (12 units)",
    ]
    assert rows[0].published == {model: rho["A-C"] for model, rho in decomposition().items()}
    assert rows[1].published == rows[2].published == {}
    assert panels == {
        "m": [Point(2, 0.5, Bounded(0.8, 0.7, 0.9), 0.05), Point(1, 0.3, None, None)],
        "n": [Point(0, 0.2, None, None)],
    }


@pytest.mark.parametrize(
    ("factor", "sets"),
    [
        (replace(AS_PUBLISHED, writing=Writing.loose), "A-B"),
        (Factor(EffectKind.sub_parameter, Contrast.all_at_once, as_published=True), "B-C"),
        (Factor(EffectKind.precision, Contrast.regenerated, as_published=True), "C-D"),
        (replace(AS_PUBLISHED, kind=EffectKind.cross_experiment), "A-D"),
    ],
)
def test_every_published_pair_of_sets_has_its_own_figures(factor: Factor, sets: str) -> None:
    ((row,), _) = layers_of_effect([effect(factor, "m", rho=0.5, n_units=2)])
    assert row.published == {model: rho[sets] for model, rho in decomposition().items()}


def test_sub_parameters_are_in_the_order_of_the_tables_and_what_moves_together_is_last() -> None:
    together = Factor(EffectKind.sub_parameter, Contrast.all_writing)
    layer, chat = (single(name) for name in (Parameter.layer, Parameter.chat))
    rows = [(together, "m"), (layer, "m"), (chat, "n"), (layer, "n")]
    effects = [effect(factor, model, rho=0.75, **STAR) for factor, model in rows]
    factors, models = sub_parameters(effects)
    assert factors == ["chat", "layer", "all of the writing"]
    size = Bounded(pytest.approx(0.2), pytest.approx(0.1), pytest.approx(0.3))
    assert models == {"m": [Bar(2, 0.25, size), Bar(1, 0.25, size)], "n": [Bar(0, 0.25, size), Bar(1, 0.25, size)]}


def test_shares_are_the_rows_that_have_one() -> None:
    assert shares(VARIANCE) == [Share("chat", "text", Bounded(0.25, 0.125, 0.5), 0.5, 0.25)]


def test_effects_of_reading_passages_are_no_sub_parameters_of_generation() -> None:
    own = effect(single(Parameter.layer), "m")
    passages = effect(replace(single(Parameter.layer), of_comprehension=True), "m")
    assert of_sub_parameters([passages, own, effect(MATCHED, "m")]) == [own]


def test_only_figures_with_something_in_them_are_written(tmp_path: Path) -> None:
    nothing = VARIANCE.assign(share=np.nan)
    uncompared = [effect(MATCHED, "m"), effect(single(Parameter.chat), "m")]
    write_effect_figures(uncompared, nothing, FigureFolder(tmp_path))
    assert list(tmp_path.iterdir()) == []
    write_effect_figures([effect(single(Parameter.chat), "m", rho=0.5, n_units=4)], VARIANCE, FigureFolder(tmp_path))
    assert {file.stem for file in tmp_path.iterdir()} == {"sub_parameters", "variance"}
    write_effect_figures([effect(MATCHED, "m", rho=0.5, n_units=4)], nothing, FigureFolder(tmp_path))
    assert (tmp_path / "layers_of_effect.png").read_bytes().startswith(b"\x89PNG")
