"""The effect of steering on texts: the published rule on their words, and ours on their perplexity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

_REPEATS = 3
"""How often a word 3-gram must occur to count as a repetition."""
_SHORT = 3
"""The number of words below which a text is short."""
_COLLAPSED, _EXPLODED = 0.5, 0.3
"""Shares of texts that must be exceeded (arXiv 2604.11050)."""
UNLIKELY = 4.0
"""Perplexity of a steered text, relative to the unsteered one's, that no longer reads as the model's own language."""
PREDICTABLE = 0.25
"""Log-perplexity of a steered text, relative to the unsteered one's, below which it repeats itself."""
NO_REFERENCE = "not identifiable (no unsteered text)"


def repeats_itself(text: str) -> bool:
    """Whether some three words in a row occur three times."""
    words = text.split()
    counts = Counter(zip(words, words[1:], words[2:], strict=False))
    return max(counts.values(), default=0) >= _REPEATS


def is_short(text: str) -> bool:
    """Whether a text has fewer than three words."""
    return len(text.split()) < _SHORT


def regime(repeated: Sequence[bool], short: Sequence[bool]) -> str:
    """Names the regime by the published rule: surgical, explosive or repetitive collapse."""
    return _regime(float(np.mean(repeated)), float(np.mean(short)))


def regime_by_perplexity(perplexities: Sequence[tuple[float | None, float | None]]) -> str:
    """Names the regime by how likely the unsteered model finds the texts.

    Args:
        perplexities: those of each steered text and of the unsteered text of its scenario. None for an empty text: a
            steered one counts as exploded, an unsteered one leaves nothing to compare with.
    """
    known = [(steered, plain) for steered, plain in perplexities if plain is not None]
    if not known:
        return NO_REFERENCE
    predictable = [steered is not None and np.log(steered) < PREDICTABLE * np.log(plain) for steered, plain in known]
    unlikely = [steered is None or steered > UNLIKELY * plain for steered, plain in known]
    return _regime(float(np.mean(predictable)), float(np.mean(unlikely)))


def _regime(collapsed: float, exploded: float) -> str:
    if collapsed > _COLLAPSED:
        return "repetitive collapse"
    return "explosive" if exploded > _EXPLODED else "surgical"
