"""Matched comparisons, effects and their biases: on planted catalogues and on a tiny model's own cells."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.catalogue import Run, read_catalogue
from emogeo.analysis.comparisons import Readied, over_shared
from emogeo.analysis.effects import EFFECT_COLUMNS, effects_table, missing, opposite_signs
from emogeo.analysis.factors import NULL, OWN_PRECISION, levels, matched, partner
from emogeo.analysis.published import decomposition
from emogeo.cell.run import run_cell
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.tracking.store import Store, unpack
from tests.conftest import Composer
from tests.planted_catalogue import EMOTIONS, VIEW, Design, draw

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)
LIKE_MATCHED = (
    *("mode=generation", "prompt_template=topic_stories", "recipe=jeong_matched", "prompt_template.chat=false"),
    *("generation.max_new_tokens=6", "generation.samples=1", "generation.min_new_tokens=3"),
)


@pytest.fixture(scope="module")
def planted() -> list[Readied]:
    return draw(DESIGN, 0)


@pytest.fixture(scope="module")
def table(planted: list[Readied]) -> pd.DataFrame:
    return effects_table(planted, 100, 0)


def row(table: pd.DataFrame, factor: str, layer: str | None = None) -> dict[str, Any]:
    rows = table[(table["factor"] == factor) & (True if layer is None else table["layer_of_effect"] == layer)]
    (only,) = rows.to_dict("records")
    return dict(only)


def test_comparisons_are_found_from_configurations(planted: list[Readied]) -> None:
    found = {(m.layer, m.factor, m.a.key, m.b.key) for m in matched([ready.run for ready in planted])}
    assert found == {
        ("method", "read alike, jeong_loose", "A", "B"),
        ("method", "read alike, jeong_matched", "A", "C"),
        ("method", "read alike, jeong_matched (int8)", "A8", "D"),
        ("sub_parameter", "all of the writing", "B", "C"),
        ("precision", "in comprehension", "A", "A8"),
        ("precision", "in replay", "C", "C_replay"),
        ("precision", "of the writer alone", "D", "C_replay"),
        ("precision", "regenerated", "C", "D"),
        ("precision", NULL, "C", "C_again"),
        ("cross_experiment", "read alike, jeong_matched", "A", "D"),
    }
    runs = {ready.run.key: ready.run for ready in planted}
    assert partner(list(runs.values()), runs["A"], runs["D"]) is runs["C"]
    assert partner([runs["A"], runs["D"], runs["C_again"]], runs["A"], runs["D"]) is None


def test_what_moves_together_is_named(table: pd.DataFrame) -> None:
    assert row(table, "all of the writing")["aliased_with"] == (
        "template, chat, samples, decoding, length, text, units"
    )
    assert row(table, "in replay")["aliased_with"] == ""
    assert row(table, "regenerated")["aliased_with"] == "text"


def test_every_column_is_filled_or_says_why(table: pd.DataFrame) -> None:
    assert list(table.columns) == EFFECT_COLUMNS
    given = ["rho", "rho_star", "effect", "ci_low", "ci_high", "floor", "p", "reliability_a", "rho_disjoint_half"]
    assert table[given].notna().all().all()
    assert (table["effect"] == 1 - table["rho_star"]).all()
    assert ((table["ci_low"] < table["effect"]) & (table["effect"] < table["ci_high"])).all()
    assert table["published"].isna().all(), "no published figure of a planted model"
    assert (table["n_conditions"] == 20).all()


def test_planted_effects_are_found_and_absent_ones_are_not(table: pd.DataFrame) -> None:
    truth = [DESIGN.truth(a, b) for a, b in zip(table["key_a"], table["key_b"], strict=True)]
    assert np.abs(table["rho_star"] - truth).max() < 0.2
    assert (table["counts"] == ["yes" if value < 0.9 else "no" for value in truth]).all()
    regenerated = row(table, "regenerated")
    assert regenerated["null"] == row(table, NULL)["effect"]
    cross = row(table, "read alike, jeong_matched", "cross_experiment")
    assert cross["bias_ci_low"] < DESIGN.truth("A", "D") - 1 < cross["bias_ci_high"] < 0
    assert cross["bias_raw"] == pytest.approx(
        row(table, "read alike, jeong_matched", "cross_experiment")["rho"] - regenerated["rho"]
    )


def test_an_effect_counts_above_its_floor_and_its_null_only(planted: list[Readied]) -> None:
    by_name = {ready.name: ready for ready in planted}
    without_floor = effects_table([by_name[name] for name in "ACD"], 100, 0)
    method = row(without_floor, "read alike, jeong_matched", "method")
    assert method["counts"] == "not identifiable"
    assert "counts: needs the floor" in method["note"]
    assert "floor: not measured for planted at bf16" in method["note"]
    regenerated = row(without_floor, "regenerated")
    assert (regenerated["counts"], np.isnan(regenerated["null"])) == ("no", True)
    assert "null: neither run was written again" in regenerated["note"]
    needs_c = effects_table([by_name["A"], by_name["D"]], 100, 0)
    assert "bias: needs the run of D at bf16 as well" in row(needs_c, "read alike, jeong_matched")["note"]


def renamed(ready: Readied, model: str, **record: Any) -> Readied:
    named = {**ready.run.record, "model": {"name": model, "id": model, "revision": None}, **record}
    return dataclasses.replace(ready, run=Run({**named, "key": f"{model} {ready.run.key}"}, ready.run.files))


def test_published_figures_stand_beside_runs_of_the_published_models(planted: list[Readied]) -> None:
    model = "llama-3.1-8b-instruct"
    sets = {ready.name: ready for ready in planted}
    a = renamed(sets["A"], model, recipe="jeong_comprehension", recipe_departures={})
    c, d = (renamed(sets[name], model, recipe_departures={}) for name in "CD")
    found = effects_table([a, c, d], 100, 0)
    rho = decomposition()[model]
    assert row(found, "as published, jeong_matched", "method")["published"] == rho["A-C"]
    assert row(found, "regenerated")["published"] == rho["C-D"]
    cross = row(found, "as published, jeong_matched", "cross_experiment")
    assert (cross["published"], cross["published_bias"]) == (rho["A-D"], rho["A-D"] - rho["C-D"])


def test_signs_are_opposite_only_beyond_their_intervals() -> None:
    def cross(model: str, bias: float, low: float, high: float) -> dict[str, Any]:
        limits = {"bias": bias, "bias_ci_low": low, "bias_ci_high": high}
        return {"layer_of_effect": "cross_experiment", "factor": "f", "model": model, **limits}

    one, two, three = cross("x", 0.2, 0.1, 0.3), cross("y", -0.2, -0.3, -0.1), cross("z", -0.2, -0.5, 0.1)
    said = opposite_signs(pd.DataFrame([one, two, three]))
    assert [line.rpartition("], ")[2] for line in said] == [
        "opposite signs beyond their intervals",
        "signs not identifiable (an interval holds 0)",
        "signs not identifiable (an interval holds 0)",
    ]
    assert said[0].startswith("cross-experiment bias (f), x and y: +0.20 [+0.10, +0.30] and -0.20")


def test_what_cannot_be_answered_is_listed_with_its_command(planted: list[Readied], table: pd.DataFrame) -> None:
    runs = [ready.run for ready in planted]
    assert missing(runs, table) == [
        "no cells yet for template, samples, decoding, length, position, layer, chat, centring: "
        "python train.py -m +study=sub_parameters model=planted"
    ]
    only = runs[:1]
    assert missing(only, effects_table(planted[:1], 100, 0)) == [
        "no cells yet for method, sub_parameter, precision, cross_experiment: "
        "python train.py -m +study=decomposition model=planted"
    ]


def test_effects_of_real_cells_are_those_of_their_vectors(tiny_cell: Composer, tmp_path: Path) -> None:
    """From the tiny model's own writing to the table; rho against the vectors in the store, set by set."""
    reading = ("pooling.position=middle", "layer_selection=middle")
    run_cell(tiny_cell("centring=neutral", "norm=unit", *reading))
    for words in ((), ("generation.repetition=1",), ("mode=replay", "precision@mode.writer=fp32"), ("precision=bf16",)):
        run_cell(tiny_cell(*LIKE_MATCHED, *reading, *words))
    replay = ("mode=replay", "precision@mode.writer=fp32", "precision=bf16")
    run_cell(tiny_cell(*LIKE_MATCHED, *reading, *replay))
    runs = read_catalogue(Store(tmp_path / "store")).finished
    found = effects_table([Readied(run, run.key[:6], 0, VIEW) for run in runs], 100, 0)
    assert row(found, OWN_PRECISION)["rho"] == pytest.approx(1)
    assert row(found, "in replay")["rho"] > row(found, "read alike, jeong_matched", "method")["rho"]
    by_key = {run.key: run for run in runs}
    for pair in found.to_dict("records"):
        rdms = [recentred_rdm(by_key[pair[name]]) for name in ("key_a", "key_b")]
        assert pair["rho"] == pytest.approx(spearmanr(*rdms).statistic, abs=1e-4), pair["factor"]
    factors = {(pair["layer_of_effect"], pair["factor"]) for pair in found.to_dict("records")}
    assert factors >= {("precision", NULL), ("precision", "regenerated"), ("precision", "of the writer alone")}
    assert ("cross_experiment", "read alike, jeong_matched") in factors


def recentred_rdm(run: Run) -> np.ndarray[Any, Any]:
    """As published: the vectors as the recipe makes them, without neutral, less their own mean."""
    vectors = unpack(run.files["vectors.safetensors"])["vectors"][:, run.record["layer"]["layers"].index(
        run.record["layer"]["index"]
    )].astype(float)  # fmt: skip
    kept = vectors[[c in EMOTIONS for c in run.conditions]]
    return upper(cosine_rdm(kept - kept.mean(axis=0), EMOTIONS))


def test_factors_without_a_meaning_have_no_level(planted: list[Readied]) -> None:
    a, c = (levels(next(r.run for r in planted if r.name == name)) for name in "AC")
    assert {name for name, value in a.items() if value == ""} >= {"template", "chat", "decoding", "writer", "seed"}
    assert c["passage template"] == c["passages"] == ""
    assert a["position"] == c["position"]


def test_topics_told_by_two_sets_are_not_independent(planted: list[Readied]) -> None:
    """Sets that share topics are paired; taken for independent they would look more alike than they are."""
    first, second = (next(r for r in planted if r.name == name) for name in "AC")
    assert over_shared(first, second).paired
    assert not over_shared(first, second).same_text
    loose = next(r for r in planted if r.name == "B")
    assert not over_shared(first, loose).paired
