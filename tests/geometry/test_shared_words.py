"""Content words that texts have in common, by plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.shared_words import shared_words
from emogeo.geometry.terms import terms_of
from emogeo.stimuli.corpus import load_corpus


def test_overlaps_and_numbers_by_a_plain_loop() -> None:
    corpus = load_corpus(topics=3)
    units, conditions = sorted(set(corpus.topics)), sorted(set(corpus.emotions))
    found = shared_words(corpus.texts, corpus.emotions, corpus.topics, units, conditions)
    terms = {(p.topic, p.emotion): set(terms_of(p.text)) for p in corpus.passages}
    have: dict[str, set[str]] = {}
    for (_, emotion), own in terms.items():
        for term in own:
            have.setdefault(term, set()).add(emotion)
    weight = {term: math.log(len(conditions) / len(own)) for term, own in have.items()}
    content = {term for term, own in have.items() if len(own) <= len(conditions) / 2}
    for u, one in enumerate(units):
        for v, other in enumerate(units):
            for i, first in enumerate(conditions):
                a, b = terms[one, first], terms[other, first]
                both = 2 * sum(weight[t] for t in a & b) / (sum(weight[t] for t in a) + sum(weight[t] for t in b))
                assert found.overlap[u, v, i] == pytest.approx(both, abs=1e-6)
                for j, second in enumerate(conditions):
                    assert found.content[u, v, i, j] == len(a & terms[other, second] & content)


def test_those_apart_share_so_many_words_at_most() -> None:
    words = shared_words(["dog cat", "dog cat sun", "oak", "elm oak"], ["a", "a", "b", "b"], ["u", "v"] * 2, "uv", "ab")
    assert words.content[0, 1].tolist() == [[2, 0], [0, 1]]
    assert words.apart(1)[0, 1].tolist() == [[0, 1], [1, 1]]
    assert np.array_equal(words.content, words.content.transpose(1, 0, 3, 2))


def test_texts_of_common_words_alone_are_refused() -> None:
    with pytest.raises(GeometryError, match="only words that texts of all conditions have"):
        shared_words(["the"] * 4, ["a", "a", "b", "b"], ["u", "v"] * 2, "uv", "ab")
