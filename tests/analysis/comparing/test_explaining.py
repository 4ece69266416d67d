"""What may explain a run: predictors of planted runs, and those that are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.analysis.comparing.explaining import EMBEDDINGS, LENGTH, OWN, RATINGS, TEXTS, WORDS, explain
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.errors import GeometryError
from emogeo.geometry.about import TOGETHER
from emogeo.geometry.inference import compare
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.norms import LabelledRdm, Norm, Ratings, package_norms
from tests.analysis.tables.planted_words import planted_run

RATED = tuple(condition for condition in CONDITIONS if condition != "exasperated")


@pytest.fixture(scope="module")
def prepared() -> PreparedRun:
    return planted_run(load_corpus(), "one", 0, embedded=0.3)


def ratings(name: str, words: tuple[str, ...], dimensions: int = 1) -> Ratings:
    values = np.random.default_rng(len(words)).normal(size=(len(words), dimensions))
    return Ratings(name, tuple(f"d{n}" for n in range(dimensions)), words, values)


def test_ratings_and_texts_are_predictors_over_the_rated_conditions(prepared: PreparedRun) -> None:
    found = explain(prepared, [], 0, 20)
    assert found.conditions == RATED and not found.absent
    own = {each.name: each for each in found.about.found}
    assert set(own) == {"valence", "arousal", "dominance", WORDS, EMBEDDINGS, LENGTH, RATINGS, TEXTS, TOGETHER}
    units = prepared.halves.products.units
    run, words = (each.restricted(units, RATED) for each in (prepared.halves, prepared.bag_of_words))
    assert own[WORDS].rho_star.value == pytest.approx(compare(run, words).rho_star.value)
    distances = package_norms().only("valence").distances(RATED)
    ranks = np.argsort(np.argsort(distances)) - (len(distances) - 1) / 2
    ranks /= np.linalg.norm(ranks)
    assert own["valence"].rho.value == pytest.approx(float((run.ranks @ ranks).mean()), abs=1e-3), "but for ties"
    assert own[TEXTS].explained.value > 0.3, "words are planted"


def test_norms_of_ones_own_stand_by_dimension_and_the_list_as_a_whole_where_it_is_one(prepared: PreparedRun) -> None:
    several = ratings("norms own", CONDITIONS, 2)
    rdm = LabelledRdm("rdm own", CONDITIONS, np.abs(np.subtract.outer(range(21), range(21))).astype(float))
    norms: list[Norm] = [several, several.only("d0"), several.only("d1"), rdm]
    found = explain(prepared, norms, 0, 20)
    own = {each.name: each for each in found.about.found}
    assert own[OWN].members == ("norms own: d0", "norms own: d1", "rdm own")
    assert "norms own" not in own and found.conditions == RATED


def test_a_norm_of_few_labels_is_left_out_by_name(prepared: PreparedRun) -> None:
    found = explain(prepared, [ratings("few", CONDITIONS[:8])], 0, 20)
    assert found.absent == {"few": "left out: it has 8 of 21 labels, and more would be lost than it can explain"}
    assert found.conditions == RATED
    assert explain(prepared, [ratings("many", CONDITIONS[:15])], 0, 20).conditions == RATED[: len(RATED) - 6]


def test_labels_that_no_rating_has_leave_the_texts(prepared: PreparedRun) -> None:
    names = {condition: f"label {row:02}" for row, condition in enumerate(CONDITIONS)}
    corpus = load_corpus()
    other = planted_run(corpus, "two", 1, embedded=0.3)
    record = replace(
        other.run.record,
        emotions=tuple(names[own] for own in other.run.record.emotions),
        result=None
        if other.run.record.result is None
        else replace(other.run.record.result, conditions=tuple(sorted(names.values()))),
    )
    found = explain(replace(other, run=replace(other.run, record=record)), [], 0, 20)
    assert set(found.absent) == {"valence", "arousal", "dominance"} and len(found.conditions) == 21
    assert {each.name for each in found.about.found} == {WORDS, EMBEDDINGS, LENGTH, TOGETHER}


def test_too_few_units_are_said() -> None:
    with pytest.raises(GeometryError, match="4 units, 6 needed"):
        explain(planted_run(load_corpus(topics=4), "one", 0), [], 0, 20)
