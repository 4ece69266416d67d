"""Runs ready to be compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.comparing.prepared import Features, PreparedRun, View
from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.geometry.sharing import over_shared
from emogeo.record.files import VECTORS
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.tensors import pack
from tests.analysis.tables.planted_words import planted_run
from tests.planted_catalogue import EMOTIONS, Design, draw
from tests.planted_records import altered

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


def test_topics_told_by_two_sets_are_not_independent(planted: list[PreparedRun]) -> None:
    """Sets that share topics are paired; taken for independent they would look more alike than they are."""
    first, second = (next(r for r in planted if r.name == name) for name in "AC")
    assert over_shared(first, second).paired
    assert not over_shared(first, second).same_text
    loose = next(r for r in planted if r.name == "B")
    assert not over_shared(first, loose).paired


def test_halves_are_those_of_the_recorded_geometry(planted: list[PreparedRun]) -> None:
    """Over all conditions, the ranks of the whole are those of the RDM that was recorded."""
    ready = replace(planted[0], view=View())
    assert ready.halves.products.conditions == CONDITIONS
    assert spearmanr(ready.halves.whole[0], upper(ready.run.rdm)).statistic == pytest.approx(1, abs=1e-6)


def test_a_view_drops_conditions_and_recentres_on_the_rest(planted: list[PreparedRun]) -> None:
    states = planted[0].run.passages.astype(float).reshape(24, len(CONDITIONS), -1).mean(axis=0)
    kept = states[[CONDITIONS.index(emotion) for emotion in EMOTIONS]]
    for recentre, origin in ((True, kept.mean(axis=0)), (False, states.mean(axis=0))):
        halves = replace(planted[0], view=View(EMOTIONS, recentre)).halves
        assert halves.products.conditions == EMOTIONS
        wanted = upper(cosine_rdm(kept - origin, EMOTIONS))
        assert spearmanr(halves.whole[0], wanted).statistic == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("features", [Features.states, Features.bag_of_words])
def test_a_part_is_made_of_what_the_whole_run_holds(features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, view = PreparedRun(planted_run(load_corpus(), "one", 0).run, "x", 0), View(CONDITIONS[:9], recentre=True)
    alone = replace(whole, view=view).features_over(features, whole.labels.units)
    whole.features_over(features, whole.labels.units)
    monkeypatch.setattr(PreparedRun, "_features", None)  # nothing is read again
    part = whole.viewed(view).features_over(features, whole.labels.units)
    assert part.products.conditions == CONDITIONS[:9]
    assert np.array_equal(part.products.values, alone.products.values)
    assert np.array_equal(part.ranks, alone.ranks)


def test_units_may_be_others_and_are_made_once(planted: list[PreparedRun]) -> None:
    ready = planted[0]
    units = [f"half {row % 2}" for row in range(len(ready.labels.texts))]
    halves = ready.halves_over(units)
    assert halves.products.units == ("half 0", "half 1")
    assert ready.halves_over(list(units)) is halves
    assert ready.halves.n_units == 24


def test_baselines_are_of_the_embeddings_and_of_the_words(planted: list[PreparedRun]) -> None:
    ready = planted_run(load_corpus(), "one", 0)
    same = PreparedRun(ready.run, "x", 0)
    embeddings = altered(ready.run, {VECTORS: pack({"passages": same.run.embeddings, "embeddings": same.run.passages})})
    swapped = PreparedRun(embeddings, "x", 0)
    np.testing.assert_allclose(same.input_embeddings.whole, swapped.halves.whole)
    np.testing.assert_allclose(same.halves.whole, swapped.input_embeddings.whole)
    words = bag_of_words(same.run.texts)
    means = np.stack([words[np.array(same.run.record.emotions) == c].mean(axis=0) for c in CONDITIONS])
    wanted = upper(cosine_rdm(means - means.mean(axis=0), CONDITIONS))
    assert spearmanr(same.bag_of_words.whole[0], wanted).statistic == pytest.approx(1, abs=1e-6)


def test_baselines_are_shared_by_the_runs_that_have_the_same() -> None:
    first, other = (planted_run(load_corpus(topics=8), name, seed) for name, seed in (("one", 0), ("two", 1)))
    again = PreparedRun(altered(first.run, key="f" * 64), "again", 0)
    assert again.bag_of_words is first.bag_of_words and again.input_embeddings is first.input_embeddings
    assert other.bag_of_words is first.bag_of_words, "the same texts"
    assert other.input_embeddings is not first.input_embeddings and other.halves is not first.halves
    for changed in (replace(first, seed=1), replace(first, view=View(EMOTIONS))):
        assert changed.bag_of_words is not first.bag_of_words
        assert changed.input_embeddings is not first.input_embeddings
