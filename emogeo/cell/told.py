"""Texts with their labels, in the order of their states."""

from __future__ import annotations

from dataclasses import dataclass

from emogeo.tracking.keys import key_of


@dataclass(frozen=True)
class Told:
    """What was told, whoever wrote it; all of one length."""

    emotions: tuple[str, ...]
    topics: tuple[str, ...]
    units: tuple[str, ...]
    """Names as planned; two runs may use one name for different texts."""
    texts: tuple[str, ...]

    @property
    def unit_digests(self) -> list[str]:
        """For each text, its unit with a digest of that unit's texts: equal where runs share text."""
        told: dict[str, list[str]] = {}
        for unit, emotion, text in zip(self.units, self.emotions, self.texts, strict=True):
            told.setdefault(unit, []).append(f"{emotion}\t{text}")
        names = {unit: f"{unit}:{key_of({'texts': sorted(own)})[:12]}" for unit, own in told.items()}
        return [names[unit] for unit in self.units]
