"""How well a classifier of words tells the conditions apart in a unit that it has not seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.inference import LEVEL, Estimate
from emogeo.geometry.ngrams import Tokens, counts_of, sentences_of
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.word_classifier import log_likelihoods, without_each

_SENTENCE = 4
"""The fewest tokens of a sentence that two units can have in common; shorter ones ("He knew.") are anybody's."""


@dataclass(frozen=True)
class WordAccuracy:
    """Shares of texts whose condition a classifier of words finds, each with its exact binomial interval."""

    of_all: Estimate
    without_common: Estimate | None
    """Of the texts that have no sentence in common with another unit; None where there is no such text."""
    n_without_common: int
    chance: float
    """The share of texts of the largest condition: what one finds without reading."""


def word_accuracy(labels: LabelledTexts, tokens: Sequence[Tokens]) -> WordAccuracy | None:
    """Leaves out each unit, learns the words of the others, and tries the classifier on the unit.

    Multinomial naive Bayes over counts of tokens, all conditions equally likely beforehand. Intervals take texts as
    independent.

    Args:
        tokens: [text], as `tokens_of` cuts them.

    Returns:
        None where a condition is in a single unit, which leaves no other to learn it on.
    """
    units_of = Counter(emotion for emotion, _ in set(zip(labels.emotions, labels.units, strict=True)))
    if min(units_of.values()) < 2:
        return None
    hits, alone = _hits(labels, tokens), ~_common(labels)
    largest = max(Counter(labels.emotions).values())
    rest = _share(hits[alone]) if alone.any() else None
    return WordAccuracy(_share(hits), rest, int(alone.sum()), largest / len(tokens))


def _share(hits: NDArray[np.bool_]) -> Estimate:
    """A share of hits with its exact interval (Clopper and Pearson 1934)."""
    from scipy.stats import binomtest  # a second, which few need

    interval = binomtest(int(hits.sum()), len(hits)).proportion_ci(LEVEL, method="exact")
    return Estimate(float(hits.mean()), float(interval.low), float(interval.high))


def _hits(labels: LabelledTexts, tokens: Sequence[Tokens]) -> NDArray[np.bool_]:
    """Whether each text's condition is the likeliest: [text]; of conditions that fit equally well, the first."""
    counts, _ = counts_of(tokens)
    hits = np.zeros(len(tokens), dtype=bool)
    for rows, names, learned in without_each(counts, labels.emotions, labels.units):
        best = (counts[rows] @ log_likelihoods(learned).T).argmax(axis=1)
        hits[rows] = [names[place] == labels.emotions[row] for place, row in zip(best, rows, strict=True)]
    return hits


def _common(labels: LabelledTexts) -> NDArray[np.bool_]:
    """Whether each text has a sentence in common with a text of another unit: [text]."""
    sentences = [[own for own in sentences_of(text) if len(own) >= _SENTENCE] for text in labels.texts]
    units_of: dict[Tokens, set[str]] = defaultdict(set)
    for unit, own in zip(labels.units, sentences, strict=True):
        for sentence in own:
            units_of[sentence].add(unit)
    return np.array([any(len(units_of[sentence]) > 1 for sentence in own) for own in sentences])
