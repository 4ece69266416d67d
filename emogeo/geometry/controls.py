"""Baseline geometries that no model made, and the agreement of two models that remains once they are given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial.distance import pdist

from emogeo.arrays import Array

_NOTHING = 1e-9
"""The length below which a residual is rounding alone; whole rank vectors have length 1."""
NGRAM = 3
"""Characters of an n-gram: stems and endings, whatever the language."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A word: letters, with apostrophes inside."""


def words_of(text: str) -> list[str]:
    """Gives the words of a text in lower case, in their order, letters and apostrophes only."""
    return [in_lower_case(word) for word in WORD.findall(text)]


def in_lower_case(word: str) -> str:
    """Gives the form under which a word is counted: in lower case, with the apostrophe of typewriters."""
    return word.lower().replace("’", "'")


def bag_of_words(texts: Sequence[str]) -> Array:
    """Counts each word in each text: [text, word], words in lower case and alphabetical order."""
    found = [words_of(text) for text in texts]
    column = {word: i for i, word in enumerate(sorted({word for words in found for word in words}))}
    counts = np.zeros((len(texts), len(column)))
    for row, words in enumerate(found):
        np.add.at(counts, (row, [column[word] for word in words]), 1)
    return counts


def character_ngrams(texts: Sequence[str], n: int = NGRAM) -> Array:
    """Counts each run of n characters that several texts have in each text: [text, n-gram], in alphabetical order.

    Blanks count as one blank, letters in lower case. An n-gram of one text alone says nothing of any other.
    """
    found = [Counter(_ngrams(" ".join(text.lower().split()), n)) for text in texts]
    shared = Counter(gram for grams in found for gram in grams)
    column = {gram: i for i, gram in enumerate(sorted(gram for gram, count in shared.items() if count > 1))}
    counts = np.zeros((len(texts), len(column)))
    for row, grams in enumerate(found):
        for gram in grams.keys() & column.keys():
            counts[row, column[gram]] = grams[gram]
    return counts


def _ngrams(text: str, n: int) -> list[str]:
    return [text[start : start + n] for start in range(len(text) - n + 1)]


def norm_distances(norms: Mapping[str, Sequence[float]], conditions: Sequence[str]) -> Array:
    """Gives Euclidean distances [pair] between conditions on ratings, each scale z-scored over all rated words."""
    ratings = np.array(list(norms.values()))
    scaled = dict(zip(norms, (ratings - ratings.mean(axis=0)) / ratings.std(axis=0), strict=True))
    return np.asarray(pdist(np.array([scaled[condition] for condition in conditions])))
