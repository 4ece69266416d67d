"""The classifier of conditions by words, against scikit-learn and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from emogeo.errors import GeometryError
from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.word_classifier import SMOOTHING, count_words, left_out_hits, telling
from emogeo.stimuli.corpus import load_corpus


def test_counts_are_those_of_the_bag_of_words() -> None:
    texts = ["A dog, the dog!", "the cat’s tail", ""]
    found = count_words(texts)
    assert found.words == ("a", "cat's", "dog", "tail", "the")
    assert np.array_equal(found.values, bag_of_words(texts))


def test_hits_are_those_of_scikit_learn() -> None:
    corpus = load_corpus(topics=6)
    ours = left_out_hits(count_words(corpus.texts).values, corpus.emotions, corpus.topics)
    bag = CountVectorizer(token_pattern=r"[^\W\d_]+(?:'[^\W\d_]+)*").fit_transform(corpus.texts).toarray()
    topics, emotions = np.array(corpus.topics), np.array(corpus.emotions)
    theirs = np.zeros(len(topics))
    for topic in set(topics):
        held = topics == topic
        theirs[held] = MultinomialNB().fit(bag[~held], emotions[~held]).predict(bag[held]) == emotions[held]
    assert np.array_equal(ours, theirs)
    assert ours.mean() > 2 / 21


def test_conditions_that_fit_equally_well_share_the_hit() -> None:
    texts = ["dog", "dog", "sun", "sun", "new", "new"]
    hits = left_out_hits(count_words(texts).values, ["a", "b"] * 3, ["u", "u", "v", "v", "w", "w"])
    assert hits == pytest.approx(0.5)


def test_telling_words_by_a_plain_loop() -> None:
    counts = np.random.default_rng(0).integers(0, 9, (3, 5)).astype(float)
    found = telling(counts)
    for condition in range(3):
        own = counts[condition] + SMOOTHING
        rest = sum(counts[other] + SMOOTHING for other in range(3) if other != condition)
        for word in range(5):
            odds = [math.log(x[word] / (x.sum() - x[word])) for x in (own, rest)]
            error = math.sqrt(1 / own[word] + 1 / rest[word])
            assert found[condition, word] == pytest.approx((odds[0] - odds[1]) / error)


def test_a_word_that_returns_tells_more_than_one_that_was_seen_once() -> None:
    counts = np.array([[6.0, 1.0, 50.0], [0.0, 0.0, 50.0]])
    assert telling(counts)[0, 0] > telling(counts)[0, 1] > telling(counts)[0, 2]


@pytest.mark.parametrize(
    ("conditions", "units", "said"),
    [(["a", "b"], ["u", "u"], "at least two"), (["a", "a", "b"], ["u", "v", "v"], "Only the unit v has texts of b")],
)
def test_what_cannot_be_learned_on_other_units_is_refused(conditions: list[str], units: list[str], said: str) -> None:
    with pytest.raises(GeometryError, match=said):
        left_out_hits(np.ones((len(units), 2)), conditions, units)
