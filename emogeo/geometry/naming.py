"""Texts that use the name of their own condition: what they show need not be more than that word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.ngrams import Tokens, tokens_of
from emogeo.geometry.states import LabelledTexts

STEM = 4
"""The fewest letters of a name that longer words with this beginning use as well: "fear" in "fearful", not "joy" in
"joyride"."""


def naming(labels: LabelledTexts) -> NDArray[np.bool_]:
    """Says of each text whether it uses its condition's label, as whole words or as the beginning of one [text]."""
    names = {label: tokens_of(label.replace("_", " ")) for label in set(labels.emotions)}
    pairs = zip(labels.texts, labels.emotions, strict=True)
    return np.array([_uses(tokens_of(text), names[label]) for text, label in pairs], dtype=bool)


def _uses(tokens: Tokens, name: Tokens) -> bool:
    if len(name) == 1 and len(name[0]) >= STEM:
        return any(token.startswith(name[0]) for token in tokens)
    n = len(name)
    return n > 0 and any(tuple(tokens[at : at + n]) == tuple(name) for at in range(len(tokens) - n + 1))
