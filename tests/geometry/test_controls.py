"""Baselines against pandas, scipy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from emogeo.errors import GeometryError
from emogeo.geometry.controls import bag_of_words, character_ngrams, norm_distances, words_of
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.norms import load_norms


def test_a_bag_of_words_equals_scikit_learn() -> None:
    texts = load_corpus(topics=6).texts
    vectorizer = CountVectorizer(token_pattern=r"[^\W\d_]+(?:'[^\W\d_]+)*")
    np.testing.assert_array_equal(bag_of_words(texts), vectorizer.fit_transform(texts).toarray())


def test_norms_are_the_published_ones() -> None:
    norms = load_norms()
    assert set(CONDITIONS) - set(norms) == {"exasperated"}
    assert norms["happy"] == (8.47, 6.05, 7.21)
    rated = [c for c in CONDITIONS if c in norms]
    values = np.array([norms[c] for c in rated])
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    distances = norm_distances(norms, rated)
    assert len(distances) == 190
    assert distances[0] == pytest.approx(np.linalg.norm(scaled[0] - scaled[1]))
    assert distances[-1] == pytest.approx(np.linalg.norm(scaled[-2] - scaled[-1]))


def test_a_scale_on_which_all_words_are_equal_is_refused() -> None:
    with pytest.raises(GeometryError, match="all rated words are equal"):
        norm_distances({"a": (1, 2), "b": (2, 2), "c": (3, 2)}, ["a", "b"])


def test_character_ngrams_are_those_that_several_texts_have() -> None:
    counts = character_ngrams(["Ab  abc", "abcd", "xyz"])
    assert counts.shape == (3, 1)  # "abc"
    assert counts[:, 0].tolist() == [1, 1, 0]
    assert character_ngrams(["babab", "bab ab"]).tolist() == [[2], [1]]  # "aba" and "ab " are of one text alone


def test_letters_keep_their_marks_and_scripts_without_blanks_are_cut_into_characters() -> None:
    hindi, decomposed = "वह बहुत खुश था", "cafe\u0301 CAFÉ"
    assert words_of(hindi) == hindi.split()
    assert words_of(decomposed) == ["café", "café"]
    assert bag_of_words([hindi]).sum() == 4
    assert bag_of_words([decomposed]).tolist() == [[2]]
    assert bag_of_words(["他哭了", "他笑了"]).shape == (2, 4)
