"""Units that are independent observations: those that repeat each other, nearly word for word, are one."""

from __future__ import annotations

from functools import lru_cache

from emogeo.geometry.ngrams import tokens_of
from emogeo.geometry.repeats import Repeats, repeats
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units

SENTENCE = 5
"""The fewest words of a text that can repeat another nearly: shorter ones are names, or words on their own."""


@lru_cache(maxsize=64)
def repeats_of(labels: LabelledTexts) -> Repeats:
    """Gives how far texts, and units, repeat each other; kept, because many runs read the same texts."""
    return repeats(labels, [tokens_of(text) for text in labels.texts])


def near_ties(labels: LabelledTexts) -> list[tuple[str, str]]:
    """Gives every two units of which some texts are nearly the same (`repeats.NEAR`), or the same but for one word.

    Texts of fewer than five words are left aside.
    """
    if not labels.known:
        return []
    return sorted(
        {
            (labels.units[a], labels.units[b])
            for a, b in repeats_of(labels).pairs
            if min(len(tokens_of(labels.texts[row])) for row in (a, b)) >= SENTENCE
        }
    )


def independent_units(labels: LabelledTexts) -> list[str]:
    """Gives the unit of each text, where units with a text in common, or with near-duplicates, are one."""
    return list(_independent(labels))


@lru_cache(maxsize=64)
def _independent(labels: LabelledTexts) -> tuple[str, ...]:
    return tuple(distinct_units(labels.texts, labels.units, near_ties(labels)))
