"""What two models agree in beyond the words that both have read, on planted runs."""

from __future__ import annotations

import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.partials import PARTIAL_COLUMNS, partials_table
from emogeo.record.files import VECTORS
from emogeo.stimuli.corpus import Corpus, load_corpus
from emogeo.store.tensors import pack
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


def test_partials_take_out_what_the_words_explain(corpus: Corpus) -> None:
    table = partials_table(
        [planted_run(corpus, name, seed, emotion=0.0) for seed, name in enumerate(["one", "two"])]
    ).frame
    assert list(table.columns) == PARTIAL_COLUMNS
    assert list(table["given"]) == ["bag_of_words", "input_embeddings", "both"]
    assert (table["rho"] > 0.5).all()
    assert (table["rho_partial"] < table["rho"]).all()
    assert (table["rho_partial"] < 0.3).tolist() == [False, True, True], "states follow a projection of the words"
    assert (table["rho_partial_ci_low"] < table["rho_partial"]).all()


def test_a_baseline_that_explains_everything_leaves_the_other(corpus: Corpus) -> None:
    """Embeddings with the run's own geometry leave no residual; the words still do."""
    ready, other = (planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"]))
    arrays = {"passages": ready.run.passages, "embeddings": ready.run.passages}
    same = PreparedRun(altered(ready.run, {VECTORS: pack(arrays)}), "one", 0)
    table = partials_table([same, other]).frame.set_index("given")
    assert table.loc["input_embeddings", "note"].startswith("left out: What is given explains")
    assert table.loc["bag_of_words", "note"] == ""
    assert table.loc["bag_of_words", "rho_partial"] > 0
