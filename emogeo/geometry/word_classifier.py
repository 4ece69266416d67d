"""A classifier that tells conditions by words alone, and the words by which it does, always learned on other units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.controls import words_of

SMOOTHING = 1.0
"""What is added to every count (Laplace), so that a word that was not seen with a condition does not rule it out."""


@dataclass(frozen=True)
class WordCounts:
    """How often each text has each word."""

    words: tuple[str, ...]
    values: Array
    """[text, word]"""


def count_words(texts: Sequence[str], words: Callable[[str], Sequence[str]] = words_of) -> WordCounts:
    """Counts each word in each text, words in alphabetical order.

    Args:
        words: gives the words of a text; by default those in lower case, as they stand.
    """
    found = [words(text) for text in texts]
    names = sorted({word for own in found for word in own})
    column = {word: place for place, word in enumerate(names)}
    counts = np.zeros((len(texts), len(names)))
    for row, own in enumerate(found):
        np.add.at(counts, (row, [column[word] for word in own]), 1)
    return WordCounts(tuple(names), counts)


def left_out_hits(counts: Array, conditions: Sequence[str], units: Sequence[str]) -> Array:
    """Says for each text whether its condition is found by naive Bayes that has learned on all other units: [text].

    Multinomial, all conditions equally likely beforehand; 1 / k where the condition is among k that fit equally well.

    Args:
        counts: [text, word].

    Raises:
        GeometryError: a single unit, or a condition without a text in the other units.
    """
    hits = np.zeros(len(conditions))
    for rows, names, learned in without_each(counts, conditions, units):
        scores = counts[rows] @ log_likelihoods(learned).T
        best = np.isclose(scores, scores.max(axis=1, keepdims=True), rtol=1e-12)
        own = [names.index(conditions[row]) for row in rows]
        hits[rows] = best[np.arange(len(rows)), own] / best.sum(axis=1)
    return hits


def log_likelihoods(counts: Array) -> Array:
    """Gives the log probability of each word in a text of each condition: [condition, word].

    Args:
        counts: [condition, word], to which `SMOOTHING` is added.
    """
    smooth = counts + SMOOTHING
    return np.asarray(np.log(smooth) - np.log(smooth.sum(axis=1, keepdims=True)))


def telling(counts: Array) -> Array:
    """Gives how surely each word tells each condition from all others: [condition, word], in standard errors.

    It is the difference of a word's log odds in the condition and in the others, divided by its standard error, the
    root of the sum of the reciprocals of both counts (Monroe, Colaresi and Quinn 2008, Political Analysis 16:372). The
    log odds alone would put first the words that were seen a single time.

    Args:
        counts: [condition, word].
    """
    own = counts + SMOOTHING
    rest = own.sum(axis=0) - own
    odds = [np.log(x) - np.log(x.sum(axis=1, keepdims=True) - x) for x in (own, rest)]
    return np.asarray((odds[0] - odds[1]) / np.sqrt(1 / own + 1 / rest))


def without_each(
    counts: Array | csr_array, conditions: Sequence[str], units: Sequence[str]
) -> Iterator[tuple[NDArray[np.intp], list[str], Array]]:
    """Leaves out each unit in turn.

    Yields:
        The rows of the unit's texts, the conditions in alphabetical order, and the counts of all other units'
        texts: [condition, word].

    Raises:
        GeometryError: a single unit, or a condition without a text in the other units.
    """
    names = sorted(set(conditions))
    place = np.array([names.index(condition) for condition in conditions])
    if len(set(units)) < 2:
        raise GeometryError("Words are learned on other units than they are tried on: at least two are needed.")
    whole = _sums(counts, place, len(names))
    for unit in dict.fromkeys(units):
        held = np.array([own == unit for own in units])
        missing = set(range(len(names))) - set(place[~held])
        if missing:
            only = ", ".join(names[condition] for condition in sorted(missing))
            raise GeometryError(f"Only the unit {unit} has texts of {only}: there is no other to learn on.")
        rows = np.flatnonzero(held)
        yield rows, names, whole - _sums(counts[rows], place[rows], len(names))


def _sums(counts: Array | csr_array, place: NDArray[np.intp], n: int) -> Array:
    """Adds the counts of each condition's texts: [condition, word]."""
    return np.asarray((place == np.arange(n)[:, None]).astype(float) @ counts)
