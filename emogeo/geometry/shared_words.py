"""Content words that texts of different units have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.terms import terms_of
from emogeo.geometry.word_classifier import count_words


@dataclass(frozen=True)
class SharedWords:
    """What the texts of every two units have in common; where a unit has several texts of a condition, they are one."""

    overlap: Array
    """[unit, unit, condition]: twice the weight of the words that two units' texts of a condition share, divided by
    the weight of both. The weight of a word is log(conditions / conditions that have it)."""
    content: Array
    """[unit, unit, condition, condition]: how many content words two texts share, such as at most half of the
    conditions have."""

    @cached_property
    def mean_overlap(self) -> Array:
        """[unit, unit], the mean over conditions"""
        return np.asarray(self.overlap.mean(axis=2))

    def apart(self, at_most: int) -> Array:
        """Says which texts share so many content words at most: 1 or 0, [unit, unit, condition, condition]."""
        if at_most not in self._apart:
            self._apart[at_most] = np.asarray((self.content <= at_most).astype(float))
        return self._apart[at_most]

    def of_one_condition(self, at_most: float) -> tuple[float, float]:
        """Describes the pairs of texts of one condition, from two units, that share so many content words at most: how
        many they share, in the mean, and their share of all such pairs.
        """
        if at_most not in self._of_one_condition:
            content = np.einsum("uvcc->uvc", self.content)[~np.eye(len(self.content), dtype=bool)]
            kept = content <= at_most
            self._of_one_condition[at_most] = float(content[kept].mean()), float(kept.mean())
        return self._of_one_condition[at_most]

    @cached_property
    def _apart(self) -> dict[int, Array]:
        return {}

    @cached_property
    def _of_one_condition(self) -> dict[float, tuple[float, float]]:
        return {}


def shared_words(
    texts: Sequence[str],
    emotions: Sequence[str],
    of_texts: Sequence[str],
    units: Sequence[str],
    conditions: Sequence[str],
) -> SharedWords:
    """Finds what texts have in common; words are stems, or pairs of characters where there are no spaces.

    Words of every condition, such as function words, have no weight, so no language's list of them is needed.

    Args:
        of_texts: the unit of each text.
        units, conditions: those to keep, in their order.

    Raises:
        GeometryError: a text of which all conditions have every word.
    """
    counts = count_words(texts, terms_of)
    cells = np.zeros((len(units), len(conditions), len(counts.words)), dtype=bool)
    for row, (unit, emotion) in enumerate(zip(of_texts, emotions, strict=True)):
        if unit in units and emotion in conditions:
            cells[units.index(unit), conditions.index(emotion)] |= counts.values[row] > 0
    spread = cells.any(axis=0).sum(axis=0)
    weighted = cells * np.sqrt(np.log(len(conditions) / np.maximum(spread, 1))).astype(np.float32)
    shared = np.einsum("ucw,vcw->uvc", weighted, weighted, optimize=True)
    own = np.einsum("uuc->uc", shared)
    if not own.all():
        raise GeometryError("some text has only words that texts of all conditions have, so no overlap can be had")
    content = (cells & (spread <= len(conditions) / 2)).reshape(len(units) * len(conditions), -1).astype(np.float32)
    common = (content @ content.T).reshape(len(units), len(conditions), len(units), len(conditions))
    return SharedWords(
        np.asarray(2 * shared / (own[:, None] + own[None]), dtype=float), common.transpose(0, 2, 1, 3).round()
    )
