"""Baselines and partials: what they are made of, on planted runs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.baselines import BASELINE_COLUMNS, PARTIAL_COLUMNS, baselines_table, partials_table
from emogeo.analysis.catalogue import Run
from emogeo.analysis.comparisons import Readied
from emogeo.analysis.tables import MantelTests
from emogeo.geometry.controls import bag_of_words, norm_distances
from emogeo.geometry.inference import compare, reliability
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import Corpus, load_corpus
from emogeo.stimuli.norms import load_norms
from emogeo.tracking.store import pack
from tests.planted import D_TEXT, codes


def few_permutations() -> MantelTests:
    return MantelTests(200, 0)


def planted_run(corpus: Corpus, name: str, seed: int, emotion: float = 1.0, centring: str = "grand_mean") -> Readied:
    """States of a planted emotion and of the bag of words, with noise; embeddings of the latter alone."""
    generator = np.random.default_rng(seed)
    words = bag_of_words(corpus.texts)
    words = words @ np.random.default_rng(0).normal(size=(words.shape[1], D_TEXT)) / 5
    code = codes(1.0)[0][[CONDITIONS.index(e) for e in corpus.emotions]]
    record: dict[str, Any] = {
        "key": name * 8,
        "model": {"name": name, "id": name, "revision": "r"},
        "precision": "fp32",
        "config": {"centring": centring},
        "emotions": corpus.emotions,
        "units": corpus.topics,
        "twin": None,
    }
    arrays = {
        "passages": (emotion * code + words + 0.3 * generator.normal(size=words.shape)).astype(np.float32),
        "embeddings": (words + 0.1 * generator.normal(size=words.shape)).astype(np.float32),
    }
    texts = "\n".join(json.dumps({"text": text}) for text in corpus.texts).encode()
    return Readied(Run(record, {"vectors.safetensors": pack(arrays), "texts.jsonl": texts}), 0)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def readied(corpus: Corpus) -> list[Readied]:
    return [planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"])]


def test_baselines_have_every_companion_of_a_rho(readied: list[Readied]) -> None:
    table = baselines_table(readied, few_permutations())
    assert list(table.columns) == BASELINE_COLUMNS
    assert list(table["baseline"]) == ["bag_of_words", "input_embeddings", "human_norms"] * 2
    texts = table[table["baseline"] != "human_norms"]
    given = ["rho", "rho_ci_low", "p_same_text", "reliability_a", "reliability_baseline", "rho_same_half"]
    assert texts[given].notna().all().all()
    assert texts["note"].str.contains("floor: not measured for (?:one|two) at fp32").all()
    wanted = compare(readied[0].halves, readied[0].bag_of_words)
    assert table.loc[0, "rho"] == wanted.rho.value
    assert table.loc[0, "reliability_baseline"] == reliability(readied[0].bag_of_words).value
    assert pd.isna(table.loc[0, "rho_star"]) == (wanted.rho_star is None)


def test_human_norms_leave_out_the_word_that_has_none(readied: list[Readied]) -> None:
    row = baselines_table(readied[:1], few_permutations()).iloc[2]
    rated = [c for c in CONDITIONS if c != "exasperated"]
    run = readied[0].halves.restricted(readied[0].halves.products.units, rated)
    assert row["rho"] == pytest.approx(spearmanr(run.whole[0], norm_distances(load_norms(), rated)).statistic)
    assert row["n_conditions"] == 20
    assert "without exasperated, which has no ratings" in row["note"]
    assert np.isnan(row["p_same_text"])
    assert 0 < row["p"] <= row["p_holm"] <= 1


def test_partials_take_out_what_the_words_explain(corpus: Corpus) -> None:
    table = partials_table([planted_run(corpus, name, seed, emotion=0.0) for seed, name in enumerate(["one", "two"])])
    assert list(table.columns) == PARTIAL_COLUMNS
    assert list(table["given"]) == ["bag_of_words", "input_embeddings", "both"]
    assert (table["rho"] > 0.5).all()
    assert (table["rho_partial"] < table["rho"]).all()
    assert (table["rho_partial"] < 0.3).tolist() == [False, True, True], "states follow a projection of the words"
    assert (table["rho_partial_ci_low"] < table["rho_partial"]).all()


def test_baselines_follow_the_centring_of_the_run(corpus: Corpus) -> None:
    ready = planted_run(corpus, "one", 0, centring="neutral")
    assert "neutral" not in ready.bag_of_words.products.conditions
    assert set(baselines_table([ready], few_permutations())["n_conditions"]) == {19, 20}
