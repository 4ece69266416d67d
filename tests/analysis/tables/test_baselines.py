"""Baselines and partials: what they are made of, on planted runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr, zscore

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.baselines import BASELINE_COLUMNS, baselines_table
from emogeo.analysis.tables.notes import NAMED
from emogeo.geometry.controls import norm_distances
from emogeo.geometry.inference import compare, reliability
from emogeo.geometry.permutation import holm, mantel_of_few
from emogeo.geometry.vectors import without_topic_means
from emogeo.record.files import VECTORS
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import Corpus, load_corpus
from emogeo.stimuli.norms import LabelledRdm, Norm, Ratings, load_norms
from emogeo.store.tensors import pack
from tests.analysis.tables.planted_words import planted_run
from tests.analysis.tables.relabelled import relabelled
from tests.planted_records import altered

FEW = (200, 0)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def prepared(corpus: Corpus) -> list[PreparedRun]:
    return [planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"])]


def test_baselines_have_all_that_stands_beside_a_rho(prepared: list[PreparedRun]) -> None:
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


def list_of(labels: list[str], values: np.ndarray, name: str = "norms own") -> Ratings:
    return Ratings(name, tuple(f"d{n}" for n in range(values.shape[1])), tuple(labels), values)


def own_rows(prepared: list[PreparedRun], *norms: Norm) -> list[dict[str, object]]:
    frame = baselines_table(prepared, *FEW, norms).frame
    return [dict(row) for row in frame[~frame["baseline"].isin(PACKAGED)].to_dict("records")]


PACKAGED = ("bag_of_words", "input_embeddings", "human_norms")
WORDS = [condition.upper() for condition in CONDITIONS[:15]]


def test_norms_of_ones_own_equal_scipy_over_the_labels_that_both_have(prepared: list[PreparedRun]) -> None:
    values = np.random.default_rng(0).normal(size=(16, 2)) * [1, 50]
    (row, _) = own_rows(prepared, list_of([*WORDS, "unheard"], values))
    states = prepared[0].run.passages.astype(float).reshape(24, 21, -1).mean(axis=0)
    wanted = spearmanr(pdist(states[:15] - states.mean(axis=0), "cosine"), pdist(zscore(values)[:15]))
    assert row["rho"] == pytest.approx(wanted.statistic)
    assert row["rho_ci_low"] < row["rho"] < row["rho_ci_high"]  # type: ignore[operator]
    assert row["n_conditions"] == 15
    assert str(row["note"]).startswith(f"without {', '.join(CONDITIONS[15:])}, which have no ratings; ")


def test_p_is_of_permuted_labels_and_a_planted_relation_is_found(prepared: list[PreparedRun]) -> None:
    run, unrelated = prepared[0].halves, np.random.default_rng(1).normal(size=(21, 3))
    rdm = squareform(run.whole[0] - run.whole[0].min())
    norms = [LabelledRdm("rdm planted", CONDITIONS, rdm), list_of(list(CONDITIONS), unrelated)]
    rows = own_rows(prepared, *norms)
    assert [row["baseline"] for row in rows] == ["rdm planted", "norms own"] * 2
    assert rows[0]["rho"] == pytest.approx(1)
    assert rows[0]["p"] == pytest.approx(1 / 801), "the smallest of 200 permutations for each of four rows"
    few = mantel_of_few(squareform(run.whole[0] + 1), squareform(norms[1].distances(CONDITIONS)), 2000, 1, False)
    assert rows[1]["p"] == pytest.approx(few.p, abs=0.06)
    assert [row["p_holm"] for row in rows] == pytest.approx(holm(np.array([row["p"] for row in rows])))
    assert "rho_star: an RDM alone has no replicates, so p is of rho" in str(rows[0]["note"])


def test_norms_of_ones_own_move_no_other_row(prepared: list[PreparedRun]) -> None:
    values = np.random.default_rng(0).normal(size=(15, 2))
    without, beside = (baselines_table(prepared, *FEW, norms).frame for norms in ((), (list_of(WORDS, values),)))
    assert beside.iloc[:6].equals(without)


@pytest.mark.parametrize(("n", "said"), [(0, "0 labels"), (1, "1 label"), (3, "3 labels")])
def test_fewer_than_four_shared_labels_give_no_number(prepared: list[PreparedRun], n: int, said: str) -> None:
    """The package's ratings of a run with foreign labels, and a list and an RDM of one's own, as well."""
    foreign = relabelled(prepared[0], {c: c.capitalize() for c in CONDITIONS[:n]})
    values = np.random.default_rng(0).normal(size=(n + 9, 2))
    labels = [*CONDITIONS[:n], *(f"word {number}" for number in range(9))]
    rdm = LabelledRdm("rdm own", tuple(labels), squareform(pdist(values)))
    frame = baselines_table([foreign], *FEW, (list_of(labels, values), rdm)).frame
    rows = frame[~frame["baseline"].isin(PACKAGED[:2])]
    assert list(rows["baseline"]) == ["human_norms", "norms own", "rdm own"]
    assert rows["note"].str.contains(f"not identifiable ({said} shared, 4 needed)", regex=False).all()
    assert rows["note"].str.contains(f"-isch and {21 - n - NAMED} more, which", regex=False).all()
    assert (rows["n_conditions"] == n).all()
    assert rows[["rho", "rho_ci_low", "rho_ci_high", "p", "p_holm", "reliability_a"]].isna().all().all()


def test_four_shared_labels_give_one(prepared: list[PreparedRun]) -> None:
    foreign = relabelled(prepared[0], {c: f" {c.upper()}" for c in CONDITIONS[:4]})
    row = baselines_table([foreign], *FEW).frame.iloc[2]
    run = prepared[0].halves
    run = run.restricted(run.products.units, CONDITIONS[:4])
    wanted = spearmanr(run.whole[0], norm_distances(load_norms(), CONDITIONS[:4])).statistic
    assert (row["rho"], row["n_conditions"]) == (pytest.approx(wanted), 4)
    assert 1 / 24 / 2 < row["p"] <= 1
    assert "p: 4 labels have 24 orders, so it can hardly be below 0.042" in row["note"]


def test_a_norm_that_cannot_be_compared_is_a_row_with_its_reason(prepared: list[PreparedRun]) -> None:
    values = np.repeat([[1.0], [2.0]], [15, 1], axis=0)  # one value for all labels that are shared
    twice = np.random.default_rng(0).normal(size=(16, 1))
    alike = list_of([*WORDS, "unheard"], values)
    differing = list_of([*WORDS, WORDS[2]], twice)
    rows = own_rows(prepared[:1], alike, differing)
    assert np.isnan(rows[0]["rho"])  # type: ignore[call-overload]
    assert str(rows[0]["note"]).endswith(
        "left out: All dissimilarities of an RDM are equal: it has no order to compare."
    )
    assert rows[0]["n_conditions"] == 15
    assert rows[1]["n_conditions"] == 14
    assert f"without {CONDITIONS[2]}: several rows that differ" in str(rows[1]["note"])
