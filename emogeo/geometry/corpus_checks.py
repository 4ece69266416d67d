"""Checks of any texts: whether words give conditions away, and whether units repeat each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.corpus_flags import Flag, flags_of_names, flags_of_repeats, flags_of_runs, flags_of_words
from emogeo.geometry.dependence import Dependence
from emogeo.geometry.independent import repeats_of
from emogeo.geometry.naming import naming
from emogeo.geometry.ngrams import Tokens, counts_of, tokens_of
from emogeo.geometry.repeats import Repeats
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.telling import TellingRun, telling_runs
from emogeo.geometry.triangle import above
from emogeo.geometry.word_accuracy import WordAccuracy, word_accuracy


@dataclass(frozen=True, repr=False)
class CorpusChecks:
    """What was found in labelled texts, and in the runs that have read them."""

    labels: LabelledTexts
    telling: tuple[TellingRun, ...]
    """The run of words that tells each condition best, most telling first; a condition without any is not among them"""
    accuracy: WordAccuracy | None
    """None where a condition is in a single unit"""
    repeats: Repeats
    word_spread: float | None
    """The standard deviation of the dissimilarities of bags of words; None where a condition has no words of its own"""
    reliabilities: Mapping[str, float] = field(default_factory=dict)
    """The reliability of each run that has read the texts, by the run's name"""
    dependences: Mapping[str, Dependence] = field(default_factory=dict)
    """The dependence between units in each run"""

    def __repr__(self) -> str:
        return f"Checks of {self.labels}: {len(self.flags)} flags{', no verdict' if self.blocks_verdict else ''}"

    @property
    def blocks_verdict(self) -> bool:
        """Whether no verdict "beyond words" may be given on these texts."""
        return any(flag.blocks for flag in self.flags)

    @property
    def barring(self) -> tuple[str, ...]:
        """The kinds of flags that forbid a verdict "beyond words"."""
        return tuple(dict.fromkeys(flag.kind.value for flag in self.flags if flag.blocks))

    @cached_property
    def naming(self) -> NDArray[np.bool_]:
        """Whether a text uses the name of its own condition [text]."""
        return naming(self.labels)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """Everything that is flagged, what blocks a verdict first."""
        found = [
            *flags_of_words(self.labels, self.telling, self.accuracy, self.word_spread),
            *flags_of_repeats(self.labels, self.repeats),
            *flags_of_names(self.labels, self.naming),
            *flags_of_runs(self.reliabilities, self.dependences),
        ]
        return tuple(sorted(found, key=lambda flag: not flag.blocks))


def barred(kinds: Iterable[str]) -> str:
    """Says why no verdict rests on texts."""
    return f"the texts bar a verdict: {', '.join(dict.fromkeys(kinds))}"


def check_corpus(
    labels: LabelledTexts,
    reliabilities: Mapping[str, float] | None = None,
    dependences: Mapping[str, Dependence] | None = None,
) -> CorpusChecks:
    """Checks labelled texts.

    Args:
        reliabilities: of runs that have read the texts, by the runs' names.
        dependences: between the units in these runs, as `dependence` gives them.
    """
    telling, accuracy, repeated, spread = _of_texts(labels)
    return CorpusChecks(labels, telling, accuracy, repeated, spread, dict(reliabilities or {}), dict(dependences or {}))


@lru_cache(maxsize=64)
def _of_texts(
    labels: LabelledTexts,
) -> tuple[tuple[TellingRun, ...], WordAccuracy | None, Repeats, float | None]:
    """What follows from the texts alone, kept, because many runs read the same."""
    tokens = [tokens_of(text) for text in labels.texts]
    found = tuple(telling_runs(labels, tokens))
    return found, word_accuracy(labels, tokens), repeats_of(labels), _word_spread(labels, tokens)


def _word_spread(labels: LabelledTexts, tokens: list[Tokens]) -> float | None:
    """The standard deviation of 1 − cosine between the conditions' mean word counts, centred on their grand mean.

    Two conditions have one such number, which says nothing of how much they differ: they have none.
    """
    counts, _ = counts_of(tokens)
    conditions, own = np.unique(np.array(labels.emotions), return_inverse=True)
    of_condition = (own == np.arange(len(conditions))[:, None]).astype(float)
    means = (of_condition / of_condition.sum(axis=1, keepdims=True)) @ counts
    centred = means - means.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    if len(conditions) < 3 or (lengths < 1e-9).any():
        return None
    cosines = (centred / lengths) @ (centred / lengths).T
    return float(np.std(1 - cosines[above(len(conditions))]))
