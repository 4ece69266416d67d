"""Texts with their labels, in the order of their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emogeo.extraction.stories import Story
from emogeo.geometry.units import distinct_units
from emogeo.stimuli.templates import Text
from emogeo.store.keys import key_of


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with condition, topic and unit, whoever wrote them; all four are of one length."""

    emotions: tuple[str, ...]
    topics: tuple[str, ...]
    units: tuple[str, ...]
    """Names as planned; two runs may use one name for different texts."""
    texts: tuple[str, ...]

    @property
    def unit_digests(self) -> list[str]:
        """For each text, its unit with a digest of that unit's texts: equal where runs share text."""
        by_unit: dict[str, list[str]] = {}
        for unit, emotion, text in zip(self.units, self.emotions, self.texts, strict=True):
            by_unit.setdefault(unit, []).append(f"{emotion}\t{text}")
        names = {unit: f"{unit}:{key_of({'texts': sorted(own)})[:12]}" for unit, own in by_unit.items()}
        return [names[unit] for unit in self.units]


def labelled_texts(stories: Sequence[Story]) -> LabelledTexts:
    """Stories as texts with labels; units with a text in common are one."""
    texts = tuple(story.text for story in stories)
    units = tuple(distinct_units(texts, [story.unit for story in stories]))
    return LabelledTexts(tuple(s.emotion for s in stories), tuple(s.topic for s in stories), units, texts)


def as_written(story: Story) -> Text:
    """Prompt and text as one sequence of tokens, pooled from where the text begins."""
    return Text(story.text, False, (*story.prompt_ids, *story.ids), len(story.prompt_ids))
