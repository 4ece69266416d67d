"""The word classifier against scikit-learn's, and its stratum of texts without a common sentence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from emogeo.geometry.ngrams import tokens_of
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.word_accuracy import WordAccuracy, word_accuracy
from tests.made_up_corpora import labelled, one_sentence_in_ten_places, one_sentence_that_ends_in_ten_places, package


def of(labels: LabelledTexts) -> WordAccuracy:
    found = word_accuracy(labels, [tokens_of(text) for text in labels.texts])
    assert found is not None
    return found


@pytest.mark.parametrize("n_topics", [6, 24])
def test_accuracy_equals_scikit_learns(n_topics: int) -> None:
    labels = package(n_topics)
    counts = CountVectorizer(analyzer=tokens_of).fit_transform(labels.texts).toarray()
    emotions, units = np.array(labels.emotions), np.array(labels.units)
    right = 0
    for unit in set(labels.units):
        held = units == unit
        fitted = MultinomialNB(alpha=1.0, fit_prior=False).fit(counts[~held], emotions[~held])
        right += int((fitted.predict(counts[held]) == emotions[held]).sum())
    wanted = binomtest(right, len(emotions)).proportion_ci(0.95, method="exact")
    found = of(labels)
    assert found.of_all.value == pytest.approx(right / len(emotions))
    assert (found.of_all.low, found.of_all.high) == pytest.approx((wanted.low, wanted.high))
    assert found.chance == pytest.approx(1 / 21)
    assert found.without_common == found.of_all


def test_texts_that_share_a_sentence_are_told_apart() -> None:
    shared, apart = of(one_sentence_in_ten_places()), of(one_sentence_that_ends_in_ten_places())
    assert shared.of_all.value == 1
    assert (shared.without_common, shared.n_without_common) == (None, 0)
    assert apart.without_common is not None
    assert (apart.without_common.value, apart.n_without_common) == (1, 210)


def test_words_that_tell_nothing_are_at_chance() -> None:
    generator = np.random.default_rng(0)
    vocabulary = [f"{a}{b}{c}" for a in "klm" for b in "aeiou" for c in "rst"]
    rows = [
        (e, t, " ".join(generator.choice(vocabulary, 20)))
        for t in "abcdefghijkl"
        for e in ("sad", "calm", "angry", "proud")
    ]
    found = of(labelled(rows))
    assert found.of_all.low <= 0.25 <= found.of_all.high


def test_a_single_unit_leaves_nothing_to_learn_from() -> None:
    labels = labelled([("sad", "a", "one"), ("calm", "a", "two")])
    assert word_accuracy(labels, [("one",), ("two",)]) is None


def test_a_condition_in_a_single_unit_leaves_no_other_to_learn_it_on() -> None:
    rows = [(e, u, f"{e} here, {u} there") for u in "abc" for e in ("glad", "sad")]
    assert of(labelled(rows)).of_all.value == 1
    lonely = labelled([*rows, ("calm", "b", "lulled, b there")])
    assert word_accuracy(lonely, [tokens_of(text) for text in lonely.texts]) is None
