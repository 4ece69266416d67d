"""The tables of agreement as texts have fewer words in common, on planted runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.tables.overlap import OVERLAP_COLUMNS, STRATA_COLUMNS, overlap_tables
from emogeo.config.model import Init
from emogeo.stimuli.corpus import Corpus, load_corpus
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered


def with_cue(corpus: Corpus) -> Corpus:
    """Passages of which those of one emotion share a word in every topic."""
    passages = [replace(p, text=f"{p.text} Zorblat." if p.emotion == "sad" else p.text) for p in corpus.passages]
    return replace(corpus, passages=tuple(passages))


def test_a_pair_has_a_row_and_one_for_each_number_of_words() -> None:
    corpus = load_corpus(topics=12)
    tables = overlap_tables([planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"])])
    pairs, strata = (tables[name].frame for name in ("overlap", "overlap_strata"))
    assert list(pairs.columns) == OVERLAP_COLUMNS and list(strata.columns) == STRATA_COLUMNS
    (row,) = pairs.to_dict("records")
    assert row["overlap_least"] < row["overlap_mean"]
    assert row["rho_star_at_zero_ci_low"] < row["rho_star_at_zero"] < row["rho_star_at_zero_ci_high"]
    assert row["reliability_words_at_zero"] < row["reliability_words"]
    assert list(strata["shared_at_most"]) == ["any", "1", "0"]
    last = strata.iloc[-1]
    assert last["rho_star"] == row["rho_star_at_zero"] and last["share"] == row["share_at_zero"]
    assert last["reliability_a"] == row["reliability_a_at_zero"]


def test_rows_are_of_trained_pairs_and_of_twins_where_there_are_no_others() -> None:
    runs = [
        planted_run(load_corpus(topics=12), name, seed) for seed, name in enumerate(["one", "two", "three", "four"])
    ]
    twins = [replace(run, run=altered(run.run, key=run.name, model_init=Init.random)) for run in runs[2:]]
    for own, wanted in (([*runs[:2], *twins], runs[:2]), (twins, twins)):
        for table in overlap_tables(own).values():
            keys = table.frame[["key_a", "key_b"]].drop_duplicates().to_numpy()
            assert [tuple(row) for row in keys] == [tuple(run.run.key for run in wanted)]


def test_where_all_texts_of_an_emotion_share_a_word_the_note_says_so() -> None:
    corpus = with_cue(load_corpus(topics=12))
    tables = overlap_tables([planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"])])
    (row,) = tables["overlap"].frame.to_dict("records")
    assert row["rho_star_at_zero"] != row["rho_star_at_zero"]
    assert "rho_star_at_zero: not identifiable (in 100 of 100 splits some half has no two texts without" in row["note"]
    assert list(tables["overlap_strata"].frame["shared_at_most"]) == ["any", "1"]


@pytest.mark.parametrize("topics", [4])
def test_too_few_units_leave_the_row_with_its_reason(topics: int) -> None:
    corpus = load_corpus(topics=topics)
    tables = overlap_tables([planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"])])
    assert tables["overlap"].frame["note"].tolist() == [f"left out: not identifiable ({topics} units, 8 needed)"]
    assert tables["overlap_strata"].frame.empty
