"""Baselines and partials: what they are made of, on planted runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.baselines import BASELINE_COLUMNS, baselines_table
from emogeo.geometry.controls import norm_distances
from emogeo.geometry.inference import compare, reliability
from emogeo.geometry.permutation import holm
from emogeo.geometry.vectors import without_topic_means
from emogeo.record.files import VECTORS
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import Corpus, load_corpus
from emogeo.stimuli.norms import load_norms
from emogeo.store.tensors import pack
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered

FEW = (200, 0)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def prepared(corpus: Corpus) -> list[PreparedRun]:
    return [planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"])]


def test_baselines_have_every_companion_of_a_rho(prepared: list[PreparedRun]) -> None:
    table = baselines_table(prepared, *FEW).frame
    assert list(table.columns) == BASELINE_COLUMNS
    assert list(table["baseline"]) == ["bag_of_words", "input_embeddings"] * 2 + ["human_norms"] * 2
    texts = table[table["baseline"] != "human_norms"]
    given = ["rho", "rho_ci_low", "p_same_text", "reliability_a", "reliability_baseline", "rho_same_half"]
    assert texts[given].notna().all().all()
    assert texts["note"].str.contains("floor: not measured for (?:one|two) at fp32").all()
    wanted = compare(prepared[0].halves, prepared[0].bag_of_words)
    assert table.loc[0, "rho"] == wanted.rho.value
    assert table.loc[0, "reliability_baseline"] == reliability(prepared[0].bag_of_words).value
    assert wanted.rho_star is not None
    assert table.loc[0, "rho_star"] == wanted.rho_star.value
    assert table.loc[0, "stimulus_share"] == table.loc[0, "rho_same_half"] - table.loc[0, "rho_disjoint_half"]


def test_human_norms_leave_out_the_word_that_has_none(prepared: list[PreparedRun]) -> None:
    table = baselines_table(prepared, *FEW).frame
    row = table.iloc[4]
    rated = [c for c in CONDITIONS if c != "exasperated"]
    run = prepared[0].halves.restricted(prepared[0].halves.products.units, rated)
    assert row["rho"] == pytest.approx(spearmanr(run.whole[0], norm_distances(load_norms(), rated)).statistic)
    assert row["n_conditions"] == 20
    assert "without exasperated, which has no ratings" in row["note"]
    assert np.isnan(row["p_same_text"])
    assert row["reliability_a"] == pytest.approx(reliability(run).value)
    family = table["p"][4:].to_numpy()
    assert sorted(table["p_holm"][4:]) == sorted(holm(family)), "a family of their own"


def test_baselines_lose_topic_means_where_the_run_has(corpus: Corpus) -> None:
    """Embeddings that are the states before topic means went have the same geometry, in an uncrossed corpus too."""
    told = Corpus("some", tuple(p for i, p in enumerate(corpus.passages) if (i % 21 + i // 21) % 3))
    prepared = planted_run(told, "one", 0, centring="topic_mean")
    units = [f"u:{told.emotions[:row].count(emotion)}" for row, emotion in enumerate(told.emotions)]
    raw = prepared.run.passages
    arrays = {"passages": without_topic_means(raw.astype(float)[:, None], told.topics)[:, 0], "embeddings": raw}
    same = PreparedRun(altered(prepared.run, {VECTORS: pack(arrays)}, units=tuple(units)), "one", 0)
    assert compare(same.halves, same.input_embeddings).rho.value == pytest.approx(1, abs=1e-6)


def test_baselines_follow_the_centring_of_the_run(corpus: Corpus) -> None:
    prepared = planted_run(corpus, "one", 0, centring="neutral")
    assert "neutral" not in prepared.bag_of_words.products.conditions
    assert set(baselines_table([prepared], *FEW).frame["n_conditions"]) == {19, 20}
