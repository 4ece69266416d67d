"""A run's files, from planted activations and back from the store."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from emogeo.extraction.files import finished_files, refused_files
from emogeo.extraction.measure import Measures, Readings, measure
from emogeo.extraction.plan import RunPlan, plan_run
from emogeo.geometry.geometry import Geometry
from emogeo.record.origin import Generation, PromptSet, TextCounts, Written
from emogeo.record.passes import StoredActivations
from emogeo.record.reading import read_record, read_run, record_in
from emogeo.record.run import Run
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.store import RUNS, Store
from tests.conftest import Composer
from tests.extraction.planted_passes import random_states, stored

N = len(load_corpus(topics=6).passages)
Passes = dict[str, StoredActivations]


def readings() -> Passes:
    overflowing = np.zeros((N, 4), np.int64)
    overflowing[5, 3] = 7
    return {"passages": stored(random_states(N), overflowing), "facts": stored(random_states(30, seed=1))}


def measured(plan: RunPlan, own: Passes) -> Measures:
    passages, facts = own["passages"].states, own["facts"].states
    return measure(
        Readings(plan.config, plan.labelled, [0, 1, 2], plan.named_layer, plan.weights.title, passages, facts, None)
    )


@pytest.fixture
def plan(tiny_run: Composer) -> RunPlan:
    return plan_run(tiny_run("layer_selection=separation", "nonfinite=finite_layers"))


@pytest.fixture
def finished(plan: RunPlan, tmp_path: Path) -> tuple[Run, Geometry]:
    """The run as it is read from the store, and the geometry that was measured."""
    own = readings()
    measures = measured(plan, own)
    store = Store(tmp_path / "kept")
    store.write(RUNS, plan.key, finished_files(plan, measures, own, {"norm": ["none", "unit"]}))
    run = read_run(store, plan.key)
    assert isinstance(run, Run)
    return run, measures.geometry


def test_the_geometry_comes_back_from_the_record(finished: tuple[Run, Geometry]) -> None:
    run, geometry = finished
    np.testing.assert_array_equal(run.rdm, geometry.rdm)
    np.testing.assert_array_equal(run.rdm_by_layer, geometry.rdm_by_layer)
    np.testing.assert_array_equal(run.vectors, geometry.vectors.astype(np.float32))
    np.testing.assert_array_equal(run.passages, geometry.features.astype(np.float32))
    np.testing.assert_array_equal(run.embeddings, readings()["passages"].embeddings)
    assert run.geometry.labels == geometry.labels
    assert run.geometry.options == geometry.options
    for name, curve in geometry.curves.items():
        np.testing.assert_array_equal(run.geometry.curves[name], curve)


def test_the_layer_and_its_numbers_are_recorded(finished: tuple[Run, Geometry]) -> None:
    run, geometry = finished
    layer, metrics = run.result.layer, run.result.metrics
    assert (layer.index, layer.layers, layer.criterion) == (geometry.layer, (0, 1, 2), "highest separation")
    assert geometry.choice.held_out is not None
    assert layer.held_out == (geometry.choice.held_out.value, None, None), "no interval is no number"
    assert layer.n_choosing == 3
    assert geometry.layer is not None
    for name in ("separation", "mean_cosine", "participation_ratio", "anisotropy", "anisotropy_without_largest"):
        assert getattr(metrics, name) == geometry.curves[name][geometry.layer], name
    assert (metrics.nonfinite, metrics.finite_layers, metrics.tokens_per_s) == (7, 3, 20.0)
    upper = geometry.rdm[np.triu_indices(21, 1)]
    assert metrics.rdm_std == pytest.approx(upper.std(), rel=0.01)
    assert run.result.recipe_departures == {"norm": ("none", "unit")}
    assert len(run.result.largest_dimensions) == 3


def test_the_record_says_what_was_read_and_how(finished: tuple[Run, Geometry], plan: RunPlan) -> None:
    record = finished[0].record
    assert (record.key, record.title, record.meaning) == (plan.key, plan.title, json.loads(json.dumps(plan.meaning)))
    assert (record.n_texts, record.n_units, record.n_distinct_texts) == (N, 6, N)
    assert record.nonfinite == {"passages": (0, 0, 0, 7), "facts": (0, 0, 0, 0)}
    assert set(record.provenance.readings) == {"passages", "facts"}
    assert (record.provenance.n_blocks, record.provenance.token_budget) == (4, plan.token_budget)
    assert record.generation is None
    assert [row["text"] for row in finished[0].rows("texts.jsonl")] == list(plan.labelled.texts)


def test_a_refused_run_has_its_counts_and_no_result(plan: RunPlan, tmp_path: Path) -> None:
    store = Store(tmp_path / "kept")
    for number, own in enumerate(({}, readings())):
        files = refused_files(plan, "it overflowed", own)
        assert list(files) == ["run.json"]
        store.write(RUNS, plan.key, files)
        record = read_record(store, plan.key)
        assert isinstance(record, GeometryRecord)
        assert (record.status, record.reason, record.result) == ("refused", "it overflowed", None)
        assert len(record.nonfinite) == 2 * number


def test_written_texts_are_named_with_their_counts_and_empty_ones_are_not_distinct(plan: RunPlan) -> None:
    written = Written(
        model="mine",
        precision="fp32",
        recipe=None,
        prompt_template=PromptSet("stories", True, ("{emotion}",)),
        topics=None,
        generation=plan.config.generation,
        seed=3,
    )
    counts = TextCounts(**{field.name: place for place, field in enumerate(fields(TextCounts))})
    labelled = replace(plan.labelled, texts=("", "", *plan.labelled.texts[2:]))
    source = replace(plan.source, generation="ab" * 32, counts=counts, written=written, labelled=labelled)
    files = refused_files(replace(plan, source=source), "so", {})
    record = record_in(files, "here", plan.key)
    assert isinstance(record, GeometryRecord)
    assert record.generation == Generation(key="ab" * 32, counts=counts, written=written)
    assert record.prompt_template == "stories"
    assert record.n_distinct_texts == N - 2
