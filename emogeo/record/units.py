"""The unit of a text in a record: its name, and a digest of the unit's texts."""

from __future__ import annotations

from emogeo.geometry.states import LabelledTexts
from emogeo.store.keys import key_of

_DIGEST = ":"


def recorded_units(texts: LabelledTexts) -> list[str]:
    """Gives the unit of each text with a digest of the unit's texts: equal where runs share text."""
    by_unit: dict[str, list[str]] = {}
    for unit, emotion, text in zip(texts.units, texts.emotions, texts.texts, strict=True):
        by_unit.setdefault(unit, []).append(f"{emotion}\t{text}")
    names = {unit: f"{unit}{_DIGEST}{key_of({'texts': sorted(own)})[:12]}" for unit, own in by_unit.items()}
    return [names[unit] for unit in texts.units]


def unit_name(recorded: str) -> str:
    """Gives a unit's name without the digest of its texts."""
    return recorded.rpartition(_DIGEST)[0]
