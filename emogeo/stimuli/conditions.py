"""The conditions of arXiv 2604.11050, which the package's own texts have: twenty emotions and neutral."""

from __future__ import annotations

from collections.abc import Iterable

from emogeo.geometry.options import NEUTRAL

STUDIED = (
    *("afraid", "angry", "anxious", "blissful", "brooding", "calm", "desperate", "enthusiastic", "exasperated"),
    *("gloomy", "grateful", "guilty", "happy", "hopeful", "hostile", "loving", "nervous", NEUTRAL, "proud"),
    *("reflective", "sad"),
)


def are_studied(conditions: Iterable[str]) -> bool:
    """Whether conditions are those of the study, with neutral or without, so that its claims can be judged on them."""
    return {*conditions, NEUTRAL} == set(STUDIED)
