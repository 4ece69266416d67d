"""Content words that texts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.terms import terms_of
from emogeo.geometry.word_classifier import count_words


@dataclass(frozen=True)
class SharedWords:
    """What texts have in common, between every two units and conditions."""

    units: tuple[str, ...]
    conditions: tuple[str, ...]
    overlap: Array
    """[unit, unit]: twice the weight of the content words that two units' texts of a condition share, divided by the
    weight of both, as a mean over conditions. The weight of a word is log(conditions / conditions that have it)."""
    apart: NDArray[np.bool_]
    """[unit, unit, condition, condition]: whether two texts share no content word, one that at most half of the
    conditions have."""


def shared_words(
    texts: Sequence[str],
    emotions: Sequence[str],
    of_units: Sequence[str],
    units: Sequence[str],
    conditions: Sequence[str],
) -> SharedWords:
    """Finds what texts have in common; words are stems, or pairs of characters where there are no spaces.

    Words of every condition, such as function words, have no weight; no list of a language is needed.

    Args:
        of_units: the unit of each text.
        units, conditions: those to keep, in their order.

    Raises:
        GeometryError: a unit without a word of weight in some condition.
    """
    counts = count_words(texts, terms_of)
    cells = np.zeros((len(units), len(conditions), len(counts.words)), dtype=bool)
    for row, (unit, emotion) in enumerate(zip(of_units, emotions, strict=True)):
        if unit in units and emotion in conditions:
            cells[units.index(unit), conditions.index(emotion)] |= counts.values[row] > 0
    spread = cells.any(axis=0).sum(axis=0)
    weighted = cells * np.sqrt(np.log(len(conditions) / np.maximum(spread, 1))).astype(np.float32)
    shared = np.einsum("ucw,vcw->cuv", weighted, weighted, optimize=True)
    own = np.einsum("cuu->cu", shared)
    if not own.all():
        raise GeometryError("Some condition has only words that all conditions have: no overlap.")
    content = (cells & (spread <= len(conditions) / 2)).reshape(len(units) * len(conditions), -1).astype(np.float32)
    common = (content @ content.T).reshape(len(units), len(conditions), len(units), len(conditions))
    overlap = (2 * shared / (own[:, :, None] + own[:, None, :])).mean(axis=0)
    return SharedWords(tuple(units), tuple(conditions), overlap, common.transpose(0, 2, 1, 3) == 0)
