"""Comparable models: pairs, variants, what agreement goes with; on planted catalogues."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.published import published_pair
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.analysis.tables.universality import universality_table
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.analysis.tables.read_alike import MODELS, QWEN, tables
from tests.planted_records import altered


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    return catalogue(MODELS)


def test_every_two_models_read_alike_are_a_row_with_all_of_their_figures(prepared: list[PreparedRun]) -> None:
    pairs, universality, _ = tables(prepared)
    assert len(universality) == 6
    row = universality[(universality["model_a"] == QWEN) & (universality["model_b"] == "smollm2-1.7b")].iloc[0]
    pair = pairs[(pairs["model_a"] == QWEN) & (pairs["model_b"] == "smollm2-1.7b")].iloc[0]
    for name in ("rho", "rho_star", "rho_star_ci_low", "reliability_a", "reliability_b", "p_holm"):
        assert row[name] == pair[name]
    assert row["published"] == published_pair(QWEN, "smollm2-1.7b") == 0.8203
    assert row["log_size_ratio"] == pytest.approx(abs(np.log(1.54 / 1.7)))
    assert (row["within_family"], row["depth_difference"]) == ("no", 0.0)
    assert row["rho_star"] > 0.85
    strange = universality[universality["model_b"] == "other"]
    assert (strange["rho_star"].fillna(0) < 0.75).all()


def test_a_second_run_of_a_model_is_left_out_and_said(prepared: list[PreparedRun]) -> None:
    (again,) = catalogue([PlantedModel("smollm2-1.7b", "smollm2", "base", 1.7)], seed=1)
    again = replace(again, run=altered(again.run, key="again"))
    both = [*prepared, again]
    pairs = pairs_table(both, 100, 0).frame
    universality = universality_table(both, pairs).frame
    assert len(universality) == 6
    concerned = universality[["model_a", "model_b"]].eq("smollm2-1.7b").any(axis=1)
    noted = universality["note"].str.contains("smollm2-1.7b: the first of 2 runs (also again)", regex=False)
    assert (noted == concerned).all()


def test_another_precision_is_another_reading(prepared: list[PreparedRun]) -> None:
    both = [*prepared, *catalogue([PlantedModel("smollm2-1.7b", "smollm2", "base", 1.7, precision="int8")])]
    pairs = pairs_table(both, 100, 0).frame
    assert len(universality_table(both, pairs).frame) == 6
