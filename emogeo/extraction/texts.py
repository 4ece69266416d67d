"""Texts with their labels, in the order of their states."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.extraction.stories import Story
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units
from emogeo.stimuli.templates import Text


def labelled_texts(stories: Sequence[Story]) -> LabelledTexts:
    """Stories as texts with labels; units with a text in common are one."""
    texts = tuple(story.text for story in stories)
    units = tuple(distinct_units(texts, [story.unit for story in stories]))
    return LabelledTexts(tuple(s.emotion for s in stories), tuple(s.topic for s in stories), units, texts)


def as_written(story: Story) -> Text:
    """Prompt and text as one sequence of tokens, pooled from where the text begins."""
    return Text(story.text, False, (*story.prompt_ids, *story.ids), len(story.prompt_ids))
