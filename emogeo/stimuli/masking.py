"""Masks the words that tell conditions apart: each is replaced by one that stands in like places in other topics."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from emogeo.arrays import Array
from emogeo.errors import GeometryError, StimuliError
from emogeo.geometry.controls import WORD, in_lower_case, words_of
from emogeo.geometry.ngrams import UNSPACED
from emogeo.geometry.terms import stem, terms_of
from emogeo.geometry.word_classifier import WordCounts, count_words, left_out_hits, telling, without_each
from emogeo.stimuli.corpus import Corpus

_DIGITS = 12
"""The number of hexadecimal digits that draw a substitute."""


@dataclass(frozen=True)
class Masking:
    """How much of a corpus was masked, and how well its words tell the conditions before and after."""

    words_per_condition: int
    """The number of most telling words of each condition, with all their endings, that were masked in each topic."""
    n_masked: int
    """The number of words that were replaced, over all texts."""
    n_words: int
    """The number of words of all texts."""
    accuracy_before: float
    """The accuracy of naive Bayes on words, learned on the other topics."""
    accuracy_after: float

    def __str__(self) -> str:
        return (
            f"masked the {self.words_per_condition} most telling words of each condition: {self.n_masked} of "
            f"{self.n_words} words replaced; a classifier by words, learned on other topics, is right in "
            f"{self.accuracy_before:.2f} of the texts before and {self.accuracy_after:.2f} after"
        )


@lru_cache(maxsize=4)
def masked(corpus: Corpus, n: int) -> tuple[Corpus, Masking]:
    """Masks in each topic the n most telling words of each condition, as they are learned from the other topics.

    All conditions' words are masked in every text, whatever its own condition, and the substitute depends on the word
    and the topic alone: neither can tell the condition. Within a topic a word has one substitute, so texts that share
    an opening or an ending still do; in another topic it has another one.

    Raises:
        StimuliError: a single topic, a condition that only one topic has, texts without spaces between words, or two
            texts that masking makes equal.
    """
    if any(UNSPACED.search(text) for text in corpus.texts):
        raise StimuliError(f"stimuli.mask={n}: some texts have no spaces between words; type stimuli.mask=0.")
    counts = count_words(corpus.texts, terms_of)
    try:
        texts, n_masked = _masked_texts(corpus, counts, n)
        accuracy = [_accuracy(corpus, texts) for texts in (corpus.texts, texts)]
    except GeometryError as error:
        raise StimuliError(f"stimuli.mask={n}: {error} Type stimuli.mask=0, or give more topics.") from error
    if len(set(texts)) < len(texts):
        raise StimuliError(f"stimuli.mask={n} makes two texts equal; type a smaller number.")
    passages = tuple(replace(own, text=text) for own, text in zip(corpus.passages, texts, strict=True))
    masking = Masking(n, n_masked, sum(len(words_of(text)) for text in corpus.texts), *accuracy)
    return replace(corpus, passages=passages), masking


def telling_terms(learned: Array, terms: Sequence[str], n: int) -> set[str]:
    """Gives the n most telling terms of each condition, of those that at most half of the conditions have.

    A term of more conditions is no content word: masking those would take the sentences apart.

    Args:
        learned: counts [condition, term].
    """
    content = (learned > 0).sum(axis=0) <= len(learned) / 2
    scores = np.where(content, telling(learned), -np.inf)
    first = np.argsort(-scores, axis=1, kind="stable")[:, :n]
    return {terms[place] for row, places in zip(scores, first, strict=True) for place in places if row[place] > 0}


class Neighbours:
    """Counts of words that stand side by side in the texts, for words that could stand in one another's place."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._found = [words_of(text) for text in texts]
        self.words = sorted({word for own in self._found for word in own})
        self._place = {word: place for place, word in enumerate(self.words)}
        self._whole = self._beside(range(len(texts)))

    def _beside(self, rows: Iterable[int]) -> csr_array:
        """Counts in some texts how often one word follows another: [word, word]; the last is a text's edge."""
        edge = len(self.words)
        chains = [[edge, *(self._place[word] for word in self._found[row]), edge] for row in rows]
        pairs = np.array([pair for chain in chains for pair in pairwise(chain)]).reshape(-1, 2)
        return csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(edge + 1, edge + 1))

    def substitutes(self, rows: Sequence[int], masks: set[str]) -> dict[str, str]:
        """Draws a substitute for every word of some texts that is to be masked.

        The more often a word of the other texts follows and precedes the same words as the masked one, for how often
        it occurs, the likelier it is. The texts themselves and the word seed the draw. No substitute is to be masked
        itself.

        Raises:
            GeometryError: no word of the other texts is left.
        """
        digest = hashlib.sha256("\n".join(sorted(" ".join(self._found[row]) for row in rows)).encode()).hexdigest()
        own = sorted({word for row in rows for word in self._found[row] if stem(word) in masks})
        kept = np.array([stem(word) not in masks for word in self.words])
        others = self._whole - self._beside(rows)
        drawn = {}
        for word in own:
            shares = next((found for found in self._likeness(word, others) if (found * kept).any()), None)
            if shares is None:
                raise GeometryError("No word is left that is not masked.")
            at = int(hashlib.sha256(f"{digest} {word}".encode()).hexdigest()[:_DIGITS], 16) / 16**_DIGITS
            steps = np.cumsum(shares * kept)
            drawn[word] = self.words[int(np.searchsorted(steps / steps[-1], at, side="right"))]
        return drawn

    def _likeness(self, word: str, others: csr_array) -> list[NDArray[np.float64]]:
        """Gives how like words of the other texts stand to a word: between its neighbours, else after those before it,
        else before those after it, for how often they occur; else how often they occur: [word] each.
        """
        place, edge = self._place[word], len(self.words)
        before, after = self._whole[:, [place]].T, self._whole[[place], :]
        left, right, anywhere = (
            np.asarray(found).ravel()[:edge]
            for found in ((before @ others).todense(), (after @ others.T).todense(), others.sum(axis=0))
        )
        often = np.maximum(anywhere, 1)
        return [left * right / often, left / np.sqrt(often), right / np.sqrt(often), anywhere]


def _masked_texts(corpus: Corpus, counts: WordCounts, n: int) -> tuple[list[str], int]:
    """Gives the texts with their words replaced, and how many were."""
    texts, n_masked, neighbours = list(corpus.texts), 0, Neighbours(corpus.texts)
    for rows, _, learned in without_each(counts.values, corpus.emotions, _kept_apart(corpus)):
        substitutes = neighbours.substitutes(rows.tolist(), telling_terms(learned, counts.words, n))
        for row in rows:
            n_masked += sum(word in substitutes for word in words_of(texts[row]))
            texts[row] = _with(texts[row], substitutes)
    return texts, n_masked


def _kept_apart(corpus: Corpus) -> list[str]:
    """Gives what each passage is left out with while its telling words are learned: its family, else its topic."""
    return [passage.family or passage.topic for passage in corpus.passages]


def _with(text: str, substitutes: dict[str, str]) -> str:
    """Replaces words, with a capital letter where the word has one."""

    def other(match: re.Match[str]) -> str:
        word = match.group()
        found = substitutes.get(in_lower_case(word), word)
        return found[0].upper() + found[1:] if word[0].isupper() else found

    return WORD.sub(other, text)


def _accuracy(corpus: Corpus, texts: Sequence[str]) -> float:
    return float(left_out_hits(count_words(texts).values, corpus.emotions, _kept_apart(corpus)).mean())
