"""Texts with their labels, in the order of their states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from emogeo.config.texts import Context
from emogeo.errors import StimuliError
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
    """Prompt and text as one sequence of tokens, pooled from where the text begins.

    A story without a prompt begins as a passage does: the tokenizer adds its own tokens before it.
    """
    return Text(story.text, not story.prompt_ids, (*story.prompt_ids, *story.ids), len(story.prompt_ids))


def in_context(stories: Sequence[Story], context: Context, neutral: str, where: str) -> list[Story]:
    """Gives all stories of a record with the prompts that they are to be read after, in the record's order.

    Args:
        neutral: the condition that stands for no emotion.
        where: what the stories are, for messages.

    Raises:
        StimuliError: a neutral context, and stories of which not each has a neutral one from its template and topic.
    """
    if context is Context.prompt:
        return list(stories)
    if context is Context.none:
        return [replace(story, prompt="", prompt_ids=()) for story in stories]
    found = _neutral_of(stories, neutral, where)
    return [replace(a, prompt=b.prompt, prompt_ids=b.prompt_ids) for a, b in zip(stories, found, strict=True)]


def _neutral_of(stories: Sequence[Story], label: str, where: str) -> list[Story]:
    """Finds the neutral story of each: every condition is asked for with the same templates and topics, in order."""
    neutral = [story for story in stories if story.emotion == label]
    seen: Counter[str] = Counter()
    found = []
    for story in stories:
        place = seen[story.emotion]
        seen[story.emotion] += 1
        if place >= len(neutral) or (story.topic, story.unit) != (neutral[place].topic, neutral[place].unit):
            raise StimuliError(
                f"generation.context=neutral: {where} has no neutral text for the prompt of {story.emotion} in "
                f"{story.topic} (number {place + 1}), so its neutral prompt is not known. Type generation.context=none."
            )
        found.append(neutral[place])
    return found
