"""Matched comparisons, effects and their biases: on planted catalogues and on a tiny model's own cells."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.comparing.factor import Contrast
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.recipes import published_set
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.records.published import decomposition
from emogeo.analysis.tables.effects import EFFECT_COLUMNS, Effect, effects_of, effects_table
from emogeo.analysis.tables.notes import NoteKind
from emogeo.extraction.run import run_extraction
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.record.files import TEXTS
from emogeo.record.origin import TextCounts
from emogeo.record.run import Run
from emogeo.store.store import Store
from tests.analysis.comparing.test_made import made_by
from tests.analysis.planted_effects import as_recipe
from tests.conftest import Composer
from tests.planted_catalogue import EMOTIONS, MATCHED, VIEW, Design, draw
from tests.planted_records import altered, usual_config

NULL, OWN_PRECISION = Contrast.null.value, Contrast.own_precision.value
MANY = "generation.replicates=24"
DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)
LIKE_MATCHED = (
    *("mode=generation", "prompt_template=topic_stories", "recipe=jeong_matched", "prompt_template.chat=false"),
    *("generation.max_new_tokens=6", "generation.samples=1", "generation.min_new_tokens=3"),
)


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


@pytest.fixture(scope="module")
def effects(planted: list[PreparedRun]) -> list[Effect]:
    return effects_of(planted, 100, 0)


@pytest.fixture(scope="module")
def table(effects: list[Effect]) -> pd.DataFrame:
    return effects_table(effects).frame


def table_of(prepared: list[PreparedRun]) -> pd.DataFrame:
    return effects_table(effects_of(prepared, 100, 0)).frame


def row(table: pd.DataFrame, factor: str, layer: str | None = None) -> dict[str, Any]:
    rows = table[(table["factor"] == factor) & (True if layer is None else table["layer_of_effect"] == layer)]
    (only,) = rows.to_dict("records")
    return dict(only)


def test_what_moves_together_is_named(table: pd.DataFrame) -> None:
    assert row(table, "all of the writing")["aliased_with"] == (
        "template, chat, samples, decoding, length, text, units"
    )
    assert row(table, "in replay, bf16–int8")["aliased_with"] == ""
    assert row(table, "regenerated, bf16–int8")["aliased_with"] == "text"


def test_the_prompt_is_an_alias_of_the_method_unless_texts_were_read_without_it(planted: list[PreparedRun]) -> None:
    a, c = (next(ready for ready in planted if ready.name == name) for name in "AC")
    counts = TextCounts(
        texts=9, distinct=9, empty=0, refusals=0, stopped=0, retried=0, naming_their_emotion=4, new_tokens=9
    )
    config = usual_config(*MATCHED, "centring=grand_mean", "norm=none", "generation.context=none")
    assert c.run.record.generation is not None
    told = dataclasses.replace(c.run.record.generation, counts=counts)
    alone = dataclasses.replace(c, run=altered(c.run, key="alone", config=config, generation=told))
    table = table_of([a, c, alone])
    usual, other = (row(table, f"comparable, matched{words}") for words in ("", ", without the prompt"))
    assert (usual["aliased_with"], other["aliased_with"]) == ("text, template, prompt", "text, template")
    said = "4 of 9 texts name their emotion"
    assert [said in own["note"] for own in (usual, other, row(table, "context"))] == [False, True, True]


def test_every_column_is_filled_or_says_why(table: pd.DataFrame) -> None:
    assert list(table.columns) == EFFECT_COLUMNS
    given = ["rho", "rho_star", "effect", "ci_low", "ci_high", "floor", "p", "reliability_a", "rho_disjoint_half"]
    assert table[given].notna().all().all()
    assert ((table["ci_low"] < table["effect"]) & (table["effect"] < table["ci_high"])).all()
    assert table["published"].isna().all(), "no published figure of a planted model"
    assert (table["n_conditions"] == 20).all()


def test_planted_effects_are_found_and_absent_ones_are_not(table: pd.DataFrame) -> None:
    truth = [DESIGN.truth(a, b) for a, b in zip(table["key_a"], table["key_b"], strict=True)]
    assert np.abs(table["rho_star"] - truth).max() < 0.2
    assert (table["counts"] == ["yes" if value < 0.9 else "no" for value in truth]).all()
    regenerated = row(table, "regenerated, bf16–int8")
    assert regenerated["null"] == row(table, NULL)["effect"]
    assert row(table, "all of the writing")["null"] == row(table, NULL)["effect"]
    cross = row(table, "comparable, matched, bf16–int8")
    assert cross["bias_ci_low"] < DESIGN.truth("A", "D") - 1 < cross["bias_ci_high"] < 0
    assert cross["bias_raw"] == pytest.approx(cross["rho"] - regenerated["rho"])


def test_an_effect_that_counts_differs_and_one_that_does_not_never_does(table: pd.DataFrame) -> None:
    assert set(table["counts"]) == {"yes", "no"}
    assert (table["equivalence"].str.startswith("differs") == (table["counts"] == "yes")).all()


def test_the_raw_rho_keeps_its_interval_where_all_texts_are_compared(table: pd.DataFrame) -> None:
    assert ((table["rho_ci_low"] < table["rho"]) & (table["rho"] < table["rho_ci_high"])).all()
    assert not table["note"].str.contains("rho is over all texts").any()


def test_an_effect_counts_above_its_floor_and_its_null_only(planted: list[PreparedRun]) -> None:
    by_name = {each.name: each for each in planted}
    without_floor = table_of([by_name[name] for name in "ACD"])
    method = row(without_floor, "comparable, matched", "method")
    assert method["counts"] == "not identifiable"
    assert "counts: needs the floor" in method["note"]
    assert "floor: not measured for planted at bf16" in method["note"]
    regenerated = row(without_floor, "regenerated, bf16–int8")
    assert (regenerated["counts"], np.isnan(regenerated["null"])) == ("no", True)
    assert "null: none is identifiable" in regenerated["note"]
    needs_c = table_of([by_name["A"], by_name["D"]])
    assert "bias: needs the run of D at bf16 as well" in row(needs_c, "comparable, matched, bf16–int8")["note"]


def test_published_figures_stand_beside_what_repeats_the_published_sets_and_nothing_else(
    planted: list[PreparedRun],
) -> None:
    model, sets = "llama-3.1-8b-instruct", {each.name: each for each in planted}
    a = as_recipe(sets["A"], model, "recipe=jeong_comprehension")
    c = as_recipe(sets["C"], model, "recipe=jeong_matched")
    d = as_recipe(sets["D"], model, "recipe=jeong_matched", "precision=int8")
    b = as_recipe(sets["B"], model, "recipe=jeong_loose", "layer_selection=min_mean_cosine", MANY)
    assert [published_set(each.run) for each in (a, b, c, d)] == ["A", "B", "C", "D"]
    found = table_of([a, b, c, d])
    rho = decomposition()[model]
    published = dict(zip(found["factor"] + " " + found["layer_of_effect"], found["published"], strict=True))
    assert published == {
        "as published, matched method": rho["A-C"],
        "as published, loose method": rho["A-B"],
        "all at once, as published sub_parameter": rho["B-C"],
        "regenerated, as published, bf16–int8 precision": rho["C-D"],
        "as published, matched, bf16–int8 cross_experiment": rho["A-D"],
    }
    cross = row(found, "as published, matched, bf16–int8")
    assert cross["published_bias"] == rho["A-D"] - rho["C-D"]
    for changed in ("generation.temperature=0.7", "prompt_template.chat=false", "pooling.position=last"):
        assert published_set(as_recipe(sets["C"], model, "recipe=jeong_matched", changed).run) is None
    for changed in ("norm=unit", "denoising.method=neutral_pcs", "prompt_template=feeling", "precision=int8"):
        assert published_set(as_recipe(sets["A"], model, "recipe=jeong_comprehension", changed).run) is None
    other = as_recipe(sets["C"], model, "recipe=jeong_matched", "generation.temperature=0.7")
    assert table_of([a, other, d])["published"].notna().sum() == 1, "only A-D is as published"


def test_the_raw_rho_is_of_all_texts_whatever_units_are_left(planted: list[PreparedRun]) -> None:
    """One text that two topics have in common ties them; the published figure does not know of units."""
    a, c = (next(r for r in planted if r.name == name) for name in "AC")
    lines = c.run.files[TEXTS].split(b"\n")
    told = json.loads(lines[0])
    lines[30] = json.dumps({**json.loads(lines[30]), "text": told["text"]}).encode()
    tied = dataclasses.replace(c, run=altered(c.run, {TEXTS: b"\n".join(lines)}))
    before, after = (row(table_of([a, run]), "comparable, matched") for run in (c, tied))
    assert (before["n_units"], after["n_units"]) == (24, 23)
    assert before["rho"] == pytest.approx(after["rho"], abs=1e-12)
    assert "rho is over all texts of either run, everything else over 23 units" in after["note"]
    assert before["rho_star"] != after["rho_star"]


def test_effects_of_real_runs_are_those_of_their_vectors(tiny_run: Composer, tmp_path: Path) -> None:
    """From the tiny model's own writing to the table; rho against the vectors in the store, set by set."""
    reading = ("pooling.position=middle", "layer_selection=middle")
    run_extraction(tiny_run("centring=neutral", "norm=unit", *reading))
    for words in ((), ("generation.repetition=1",), ("mode=replay", "precision@mode.writer=fp32"), ("precision=bf16",)):
        run_extraction(tiny_run(*LIKE_MATCHED, *reading, *words))
    replay = ("mode=replay", "precision@mode.writer=fp32", "precision=bf16")
    run_extraction(tiny_run(*LIKE_MATCHED, *reading, *replay))
    runs = read_catalogue(Store(tmp_path / "store")).finished
    found = table_of([PreparedRun(run, run.key[:6], 0, VIEW) for run in runs])
    assert row(found, OWN_PRECISION)["rho"] == pytest.approx(1)
    assert row(found, "in replay, fp32–bf16")["rho"] > row(found, "comparable, other writing", "method")["rho"]
    by_key = {run.key: run for run in runs}
    for pair in found.to_dict("records"):
        rdms = [recentred_rdm(by_key[pair[name]]) for name in ("key_a", "key_b")]
        assert pair["rho"] == pytest.approx(spearmanr(*rdms).statistic, abs=1e-4), pair["factor"]
    factors = {(pair["layer_of_effect"], pair["factor"]) for pair in found.to_dict("records")}
    writer = "of the writer alone, read at bf16"
    assert factors >= {("precision", NULL), ("precision", "regenerated, fp32–bf16"), ("precision", writer)}
    assert not [factor for layer, factor in factors if layer == "cross_experiment"], "nothing is quantized"


def recentred_rdm(run: Run) -> np.ndarray[Any, Any]:
    """As published: the vectors as the recipe makes them, without neutral, less their own mean."""
    vectors = run.layer_vectors
    assert vectors is not None
    kept = vectors[[c in EMOTIONS for c in run.conditions]]
    return upper(cosine_rdm(kept - kept.mean(axis=0), EMOTIONS))


def test_an_effect_between_states_that_were_made_with_other_versions_says_so(planted: list[PreparedRun]) -> None:
    changed = [made_by(each, f"2.{13 + row % 2}.0") for row, each in enumerate(planted)]
    for effect in effects_of(changed, 100, 0):
        a, b = (each.record.provenance.readings["passages"].made_with for each in (effect.pair.a, effect.pair.b))
        assert a is not None and b is not None
        noted = [note for note in effect.notes if note.kind is NoteKind.made_otherwise]
        assert bool(noted) is (a.libraries["torch"] != b.libraries["torch"] and effect.compared)
