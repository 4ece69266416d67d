"""Texts with their labels, in the order of their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emogeo.extraction.writing import Story
from emogeo.geometry.units import distinct_units
from emogeo.stimuli.templates import Text
from emogeo.store.keys import key_of


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


def told_of(stories: Sequence[Story]) -> Told:
    """Stories as texts with labels; units with a text in common are one."""
    texts = tuple(story.text for story in stories)
    units = tuple(distinct_units(texts, [story.unit for story in stories]))
    return Told(tuple(s.emotion for s in stories), tuple(s.topic for s in stories), units, texts)


def as_written(story: Story) -> Text:
    """Prompt and text as one sequence of tokens, pooled from where the text begins."""
    return Text(story.text, False, (*story.prompt_ids, *story.ids), len(story.prompt_ids))
