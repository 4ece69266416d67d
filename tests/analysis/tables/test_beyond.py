"""What is left of agreements beyond words: planted networks read the package's passages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.analysis.comparing.nulls import Level, Twins, pair_nulls
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS, Options, beyond_table
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.config.model import Init
from emogeo.geometry.beyond import beyond_nulls
from emogeo.stimuli.corpus import Corpus, load_corpus
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered

OPTIONS = Options(200, 0)


def long_corpus() -> Corpus:
    """The passages, each told in three languages, so that words are many."""
    languages = [load_corpus(), *(load_corpus(language=language) for language in ("es", "de"))]
    told = zip(*(corpus.passages for corpus in languages), strict=True)
    joined = [replace(same[0], text=" ".join(passage.text for passage in same)) for same in told]
    return Corpus("long", tuple(joined))


def network(
    name: str, seed: int, emotion: float = 0.0, init: Init = Init.random, corpus: Corpus | None = None
) -> PreparedRun:
    """A network that reads the passages, and has learned emotions or nothing."""
    run = planted_run(corpus or load_corpus(), name, seed, emotion, projection=seed)
    card = replace(run.run.record.model, init=init, init_seed=0 if init is Init.trained else seed)
    return replace(run, run=altered(run.run, model=card, key=f"{name}{seed}"), name=f"{name} {seed}")


@pytest.fixture(scope="module")
def trained() -> list[PreparedRun]:
    return [network(name, seed, 1.0, Init.trained) for seed, name in enumerate(["one", "two"])]


@pytest.fixture(scope="module")
def twins() -> list[PreparedRun]:
    return [network(name, seed) for name, seeds in (("one", (11, 12, 13)), ("two", (21, 22, 23))) for seed in seeds]


def test_a_trained_pair_with_twins_agrees_beyond_words(trained: list[PreparedRun], twins: list[PreparedRun]) -> None:
    table = beyond_table([*trained, *twins], {}, OPTIONS)
    assert list(table.frame.columns) == BEYOND_COLUMNS
    words, meanings = table.frame[table.frame["key_a"] == trained[0].run.key].to_dict("records")
    assert (words["level"], words["verdict"]) == ("words", "yes")
    assert words["given"] == "bag of words, character n-grams, untrained one, untrained two"
    assert (words["twin_command"], words["n_units"], words["n_conditions"]) == ("", 24, 21)
    both = f"{meanings['given']}, {meanings['note']}"
    assert all(f"input embeddings of {run.name}" in both for run in trained)
    nulls = pair_nulls(*trained, Twins([*trained, *twins]), Level.words)
    found = beyond_nulls(nulls.a, nulls.b, nulls.nulls, "", OPTIONS.permutations, OPTIONS.seed)
    assert found.partial is not None
    assert (words["rho_partial"], words["rho_partial_ci_low"], words["p"]) == (
        *(found.partial.value, found.partial.low, found.p),
    )


def test_untrained_pairs_agree_no_more_than_words(trained: list[PreparedRun], twins: list[PreparedRun]) -> None:
    table = beyond_table([*trained, *twins], {}, OPTIONS).frame
    untrained = table[(table["level"] == "words") & (table["key_a"] != trained[0].run.key)]
    assert len(untrained) == 9
    assert set(untrained["verdict"]) <= {"no more than words", "cannot tell"}


def test_an_untrained_pair_that_passes_for_trained_is_found_out() -> None:
    """Two checkpoints that have learned nothing, given as models like any other, with their twins."""
    corpus = long_corpus()
    pair = [network(name, seed, 0.0, Init.trained, corpus) for seed, name in enumerate(["one", "two"])]
    twins = [
        network(name, seed, corpus=corpus) for name, seeds in (("one", (11, 12)), ("two", (21, 22))) for seed in seeds
    ]
    words = beyond_table([*pair, *twins], {}, OPTIONS).frame.iloc[0]
    assert words["verdict"] in {"no more than words", "cannot tell"}
    (row,) = pairs_table(pair, 100, 0).frame.to_dict("records")
    assert row["rho"] > 0.5, "words alone"
    assert row["p_same_text"] < 0.05


def test_without_two_twins_of_each_there_is_no_yes(trained: list[PreparedRun], twins: list[PreparedRun]) -> None:
    words = beyond_table([*trained, *twins[:4]], {}, OPTIONS).frame.iloc[0]
    assert words["verdict"] == "cannot tell"
    assert " is left; fewer than 2 untrained twins of two; untrained two: reliability " in words["reason"]
    assert "untrained two: " not in words["note"], "the reason names it"
    assert words["rho_partial"] > 0.5, "the number is given all the same"
    assert "model.init=random model.init_seed=1,2" in words["twin_command"]


def test_no_verdict_rests_on_texts_that_give_conditions_away(
    trained: list[PreparedRun], twins: list[PreparedRun]
) -> None:
    blocked = {trained[0].run.text_digest: "units repeat each other"}
    table = beyond_table([*trained, *twins], blocked, OPTIONS).frame
    assert set(table["verdict"]) == {"cannot tell"}
    assert set(table["reason"]) == {"units repeat each other"}


def test_verdicts_stand_before_rho_in_the_table_of_pairs(trained: list[PreparedRun], twins: list[PreparedRun]) -> None:
    runs = [*trained, *twins[:2], *twins[3:5]]
    beyond = beyond_table(runs, {}, OPTIONS).frame
    pairs = pairs_table(runs, 100, 0, beyond).frame
    row = pairs[pairs["key_a"] == trained[0].run.key].iloc[0]
    assert row["beyond_words"] == beyond.iloc[0]["verdict"]
    assert row["rho_partial"] == beyond.iloc[0]["rho_partial"]
    columns = list(pairs.columns)
    assert columns.index("beyond_words") < columns.index("rho_partial") < columns.index("rho_star")
    assert np.isfinite(row["p_holm"])
