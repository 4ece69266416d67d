"""Descriptors with their intervals and flags, of planted records."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.descriptors import by_layer_table, descriptors_table
from emogeo.geometry.descriptors import participation_ratio
from emogeo.geometry.options import Selection
from emogeo.geometry.rdm import rdm_std
from emogeo.record.files import VECTORS
from emogeo.store.tensors import pack, unpack
from tests.analysis.planted_models import LAYERS, PlantedModel, catalogue
from tests.analysis.tables.relabelled import relabelled
from tests.planted_records import altered

SMALL = PlantedModel("small", "a", "base", 0.1)


def row_of(prepared: PreparedRun, **changes: Any) -> dict[str, Any]:
    """The descriptors of a run whose record is changed."""
    again = dataclasses.replace(prepared, run=altered(prepared.run, **changes))
    (row,) = descriptors_table([again.run], [again], 99, 0).frame.to_dict("records")
    return dict(row)


@pytest.fixture(scope="module")
def prepared() -> PreparedRun:
    return catalogue([SMALL])[0]


def test_figures_at_the_layer_are_of_the_record(prepared: PreparedRun) -> None:
    row = row_of(prepared)
    assert (row["layer"], row["n_units"], row["anisotropy"], row["anisotropy_without_largest"]) == (2, 12, 0.8, 0.3)
    assert row["largest_dimensions"] == "7 (0.50), 3 (0.04), 1 (0.01)"
    assert (row["best_min_mean_cosine"], row["best_separation"], row["best_reliability"]) == (0, 2, 2)
    assert row["rdm_std"] == pytest.approx(rdm_std(prepared.run.rdm))
    vectors = prepared.run.layer_vectors
    assert vectors is not None
    assert row["participation_ratio"] == pytest.approx(participation_ratio(vectors @ vectors.T), rel=1e-5)
    assert row["participation_ratio_ci_low"] < row["participation_ratio"] < row["participation_ratio_ci_high"]
    assert row["flags"] == row["note"] == ""


def test_intervals_are_delete_one_jackknives(prepared: PreparedRun) -> None:
    """Against a plain loop over units."""
    states = prepared.run.passages.astype(float).reshape(12, 21, -1)
    figures = []
    for left_out in [None, *range(12)]:
        kept = [unit for unit in range(12) if unit != left_out]
        means = states[kept].mean(axis=0)
        means = means - means.mean(axis=0)
        figures.append(float(participation_ratio(means @ means.T)))
    deleted = np.array(figures[1:])
    error = np.sqrt(11 / 12 * ((deleted - deleted.mean()) ** 2).sum())
    row = row_of(prepared)
    assert row["participation_ratio_ci_high"] - figures[0] == pytest.approx(2.200985 * error, rel=1e-4)


def changed_curve(prepared: PreparedRun, name: str, values: list[float]) -> dict[str, Any]:
    return {"result_by_layer": {**prepared.run.result.by_layer, name: tuple(values)}}


def with_selection(prepared: PreparedRun, name: str) -> dict[str, Any]:
    config = prepared.run.config
    selection = dataclasses.replace(config.layer_selection, name=Selection(name))
    return {"config": dataclasses.replace(config, layer_selection=selection)}


def test_each_flag_has_its_reason(prepared: PreparedRun) -> None:
    narrow = row_of(catalogue([dataclasses.replace(SMALL, anisotropy=0.97)])[0])
    assert narrow["flags"] == "anisotropy 0.970, above 0.95"
    flat = changed_curve(prepared, "reliability", [0.5, 0.48, 0.5, 0.45])
    flat["result_by_layer"]["reliability_ci_low"] = (0.4,) * LAYERS
    assert "layer criterion flat: reliability 0.50" in row_of(prepared, **flat)["flags"]
    cosine = row_of(prepared, **with_selection(prepared, "min_mean_cosine"))
    assert cosine["flags"] == "layer criterion flat: mean cosine differs by 0.0020 over blocks"
    both = with_selection(prepared, "separation") | changed_curve(prepared, "separation", [0.5, 0.48, 0.5, 0.47])
    assert "layer criterion flat: separation" in row_of(prepared, **both)["flags"]
    own = prepared.run.record.provenance
    half = {"passages": dataclasses.replace(own.readings["passages"], quantized={"all": 0.5})}
    flags = row_of(prepared, provenance=dataclasses.replace(own, readings=half))["flags"]
    assert "bf16: only 50% of the blocks' weights are quantised" in flags
    assert "overflow at bf16: 3 of 4 blocks are finite" in row_of(prepared, layer_layers=(0, 1, 2))["flags"]


def test_noise_alone_is_flagged_as_unreliable() -> None:
    prepared = catalogue([SMALL])[0]
    noise = np.random.default_rng(4).normal(size=prepared.run.passages.shape).astype(np.float32)
    arrays = {**unpack(prepared.run.files[VECTORS]), "passages": noise}
    unreliable = dataclasses.replace(prepared, run=altered(prepared.run, {VECTORS: pack(arrays)}))
    assert "reliability's interval holds 0" in row_of_same(unreliable)["flags"]


def row_of_same(prepared: PreparedRun) -> dict[str, Any]:
    (row,) = descriptors_table([prepared.run], [prepared], 99, 0).frame.to_dict("records")
    return dict(row)


def test_a_refused_run_keeps_its_row_and_reason(prepared: PreparedRun) -> None:
    refused = altered(prepared.run, result=None, reason="block 7 overflows", precision="fp16")
    (row,) = descriptors_table([refused], [], 99, 0).frame.to_dict("records")
    assert (row["flags"], row["note"]) == ("overflow at fp16", "block 7 overflows")
    assert np.isnan(row["anisotropy"])


def test_a_run_over_every_block_has_no_single_axis(prepared: PreparedRun) -> None:
    row = row_of(prepared, layer_index=None)
    assert "no single anisotropy" in row["note"]
    assert np.isnan(row["valence_r"])


def test_by_layer_has_a_row_per_block_and_leaves_overflown_ones_empty(prepared: PreparedRun) -> None:
    run = altered(prepared.run, layer_layers=(0, 1), layer_index=1, nonfinite={"passages": (0, 0, 5, 9)})
    table = by_layer_table([dataclasses.replace(prepared, run=run)]).frame
    assert list(table["nonfinite"]) == [0, 0, 5, 9]
    assert list(table["anisotropy"].isna()) == [False, False, True, True]
    assert list(table["depth"]) == [0.25, 0.5, 0.75, 1.0]


def test_ratings_of_too_few_labels_give_no_axis_and_leave_the_rest(prepared: PreparedRun) -> None:
    """A run with foreign labels has a row, and spellings do not make labels foreign."""
    usual = row_of_same(prepared)
    names = {condition: condition.upper() for condition in prepared.run.conditions}
    same = row_of_same(relabelled(prepared, names))
    axes = ["valence_axis", "valence_r", "valence_p", "arousal_axis", "arousal_r", "arousal_p"]
    assert [same[name] for name in axes] == [usual[name] for name in axes]
    three = {name: names[name] for name in ("afraid", "calm", "sad")}
    row = row_of_same(relabelled(prepared, three))
    assert row["note"] == "valence and arousal: not identifiable (3 labels shared, 4 needed)"
    assert all(pd.isna(row[name]) for name in axes)
    assert row["rdm_std"] == usual["rdm_std"]
