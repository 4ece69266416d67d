"""The conditions of arXiv 2604.11050, which the package's own texts have: twenty emotions and neutral."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from emogeo.geometry.options import NEUTRAL

STUDIED = (
    *("afraid", "angry", "anxious", "blissful", "brooding", "calm", "desperate", "enthusiastic", "exasperated"),
    *("gloomy", "grateful", "guilty", "happy", "hopeful", "hostile", "loving", "nervous", NEUTRAL, "proud"),
    *("reflective", "sad"),
)


class Noun(StrEnum):
    """What sentences call conditions."""

    emotion = "emotion"
    condition = "condition"

    @property
    def one(self) -> str:
        """The word with its article."""
        return f"{'an' if self is Noun.emotion else 'a'} {self.value}"

    @property
    def many(self) -> str:
        return f"{self.value}s"


def noun_of(conditions: Iterable[str]) -> Noun:
    """Gives the word for some conditions: emotions where each is one of `STUDIED`, else conditions."""
    return Noun.emotion if set(conditions) <= set(STUDIED) else Noun.condition
