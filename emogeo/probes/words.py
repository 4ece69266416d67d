"""Emotion words, neutral words that match them, and the effect of steering on the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from emogeo.errors import StimuliError
from emogeo.stimuli.templates import Text

Array = NDArray[np.float32]
Cut = Callable[[Text], list[int]]
_FEWEST = 3
"""The smallest number of words that an emotion needs."""


@dataclass(frozen=True)
class Vocabulary:
    """Words that are one token after every context."""

    contexts: list[list[int]]
    """The token ids of each context."""
    emotions: Mapping[str, list[str]]
    neutral: list[str]
    tokens: Mapping[str, int]
    """The token of each word."""

    @property
    def column(self) -> dict[str, int]:
        """The place of each word among the tokens."""
        return {word: column for column, word in enumerate(self.tokens)}


def vocabulary(
    cut: Cut, contexts: Sequence[str], emotions: Mapping[str, Sequence[str]], neutral: Sequence[str]
) -> Vocabulary:
    """Leaves out what a model's tokenizer cuts into several tokens.

    Args:
        cut: gives a text's tokens, without those that come after every text.

    Raises:
        StimuliError: fewer than three words of an emotion are left, or fewer neutral words than of some emotion.
    """
    ids = [_ids(cut, context) for context in contexts]
    words = dict.fromkeys([*(word for own in emotions.values() for word in own), *neutral])
    tokens = {word: token for word in words if (token := _token(cut, contexts, ids, word)) is not None}
    kept = {emotion: [word for word in own if word in tokens] for emotion, own in emotions.items()}
    plain = [word for word in neutral if word in tokens]
    for emotion, own in kept.items():
        if len(own) < _FEWEST or len(plain) < len(own):
            raise StimuliError(
                f"Of the words of {emotion}, {len(own)} are one token of this model, and {len(plain)} neutral ones; "
                f"at least {_FEWEST}, and as many neutral ones, are needed (steering.neutral_words)."
            )
    return Vocabulary(ids, kept, plain, tokens)


def matched(known: Vocabulary, emotion: str, plain: Array) -> list[tuple[str, str]]:
    """Matches each word of an emotion with a neutral one, so that unsteered log-probabilities differ least in sum.

    Args:
        plain: [token], unsteered log-probabilities, mean over contexts.
    """
    column, words = known.column, known.emotions[emotion]
    own = plain[[column[word] for word in words]]
    others = plain[[column[word] for word in known.neutral]]
    rows, chosen = linear_sum_assignment(np.abs(own[:, None] - others))
    return [(words[row], known.neutral[choice]) for row, choice in zip(rows, chosen, strict=True)]


def match_gap(known: Vocabulary, pairs: Sequence[tuple[str, str]], plain: Array) -> float:
    """Gives the mean difference of unsteered log-probabilities within the matched pairs, in nats.

    Args:
        plain: [token], as for `matched`.
    """
    column = known.column
    return float(np.mean([abs(plain[column[word]] - plain[column[neutral]]) for word, neutral in pairs]))


def shift(known: Vocabulary, pairs: Sequence[tuple[str, str]], moved: Array) -> dict[str, Any]:
    """Gives mean changes of log-probability over contexts, in nats: of the words, of neutral ones, and the difference.

    Args:
        moved: [context, token], steered minus unsteered.
    """
    column = known.column
    words, neutral = (float(moved[:, [column[pair[i]] for pair in pairs]].mean()) for i in (0, 1))
    return {"shift": words - neutral, "shift_words": words, "shift_neutral": neutral}


def _ids(cut: Cut, text: str) -> list[int]:
    return cut(Text(text, special_tokens=True))


def _token(cut: Cut, contexts: Sequence[str], ids: Sequence[list[int]], word: str) -> int | None:
    """Finds the one token that a word adds to every context; None where it is cut into several."""
    found = set()
    for context, own in zip(contexts, ids, strict=True):
        longer = _ids(cut, f"{context} {word}")
        if longer[: len(own)] != own or len(longer) != len(own) + 1:
            return None
        found.add(longer[-1])
    return found.pop() if len(found) == 1 else None
