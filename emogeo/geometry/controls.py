"""Baseline geometries that no model made, and the agreement of two models that remains once they are given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.ngrams import counts_of, tokens_of

NGRAM = 3
"""Characters of an n-gram: stems and endings, whatever the language."""
_MARKS = "".join(chr(code) for code in range(0x300, 0xAC00) if unicodedata.category(chr(code))[0] == "M")
_LETTERS = f"(?:[^\\W\\d_][{_MARKS}]*)+"
WORD = re.compile(f"{_LETTERS}(?:['’]{_LETTERS})*")
"""A word: letters with their marks, with apostrophes inside."""


def words_of(text: str) -> list[str]:
    """Gives the words of a text in lower case, in order; in scripts without blanks, what stands between signs."""
    return [in_lower_case(word) for word in WORD.findall(text)]


def in_lower_case(word: str) -> str:
    """Gives the form under which a word is counted: composed, in lower case, with the apostrophe of typewriters."""
    return unicodedata.normalize("NFC", word).lower().replace("’", "'")


def bag_of_words(texts: Sequence[str]) -> Array:
    """Counts each word in each text: [text, word], words as `tokens_of` cuts them, in alphabetical order."""
    return _in_order(*counts_of([tokens_of(text) for text in texts]))


def _in_order(counts: csr_array, items: Sequence[Hashable]) -> Array:
    """Gives counts with a column for each item in alphabetical order."""
    return np.asarray(counts.toarray()[:, np.argsort(np.array(items, dtype=str))])


def character_ngrams(texts: Sequence[str], n: int = NGRAM) -> Array:
    """Counts each run of n characters that several texts have in each text: [text, n-gram], in alphabetical order.

    Blanks count as one blank, letters in lower case. An n-gram of one text alone says nothing of any other.
    """
    counts, grams = counts_of([_ngrams(" ".join(text.lower().split()), n) for text in texts])
    shared = np.flatnonzero((counts > 0).sum(axis=0) > 1)
    return _in_order(counts[:, shared], [grams[column] for column in shared])


def _ngrams(text: str, n: int) -> list[str]:
    return [text[start : start + n] for start in range(len(text) - n + 1)]


def norm_distances(norms: Mapping[str, Sequence[float]], conditions: Sequence[str]) -> Array:
    """Gives Euclidean distances [pair] between conditions on ratings, each scale z-scored over all rated words.

    Raises:
        GeometryError: a scale on which all rated words are equal.
    """
    ratings = np.array(list(norms.values()))
    if (np.ptp(ratings, axis=0) == 0).any():
        raise GeometryError("A scale on which all rated words are equal has no distances.")
    scaled = dict(zip(norms, (ratings - ratings.mean(axis=0)) / ratings.std(axis=0), strict=True))
    from scipy.spatial.distance import pdist  # slow to import, and few need it

    return np.asarray(pdist(np.array([scaled[condition] for condition in conditions])))
