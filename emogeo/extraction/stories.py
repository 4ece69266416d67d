"""Texts as a model wrote them, and the record that keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from emogeo.errors import StimuliError
from emogeo.models.thinking import THOUGHT
from emogeo.record.origin import TextCounts
from emogeo.stimuli.stories import names_emotion
from emogeo.store.keys import canonical_json

_REFUSAL = re.compile(
    r"\W*(?:sorry,? )?(?:I['’]?m sorry|I am sorry|sorry, but|I apologi[sz]e|I can(?:['’]|no)t|I won['’]t|I am unable|"
    r"I['’]m unable|As an AI|As a language model)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Story:
    """One text as a model wrote it."""

    emotion: str
    topic: str
    unit: str
    prompt: str
    """The prompt as the model read it, through its chat template where that is used."""
    text: str
    prompt_ids: tuple[int, ...]
    ids: tuple[int, ...]
    """The tokens that the model wrote, without a thought that was stripped and without the one that stopped it."""
    stop: str
    """Why it ended: `stopped`, `length`, or `thought` where nothing is left because the thought did not end."""
    attempts: int
    """How often it was written until it left out the emotion's own words, or attempts were used up."""
    thought: str = ""
    """The thought that was stripped, in words; empty for one that holds nothing."""
    thought_ids: tuple[int, ...] = ()
    """The tokens of what was stripped, written before the others."""


def story_line(story: Story) -> bytes:
    """The story as a JSON line, which speaks of a thought only where one was stripped."""
    row = asdict(story)
    if not story.thought_ids:
        del row["thought"], row["thought_ids"]
    return canonical_json(row) + b"\n"


def story_of(line: bytes) -> Story:
    """The story of a JSON line.

    Raises:
        ValueError, KeyError, TypeError: a line that holds none.
    """
    row: dict[str, Any] = json.loads(line)
    lists = ("prompt_ids", "ids", "thought_ids")
    return Story(**{**row, **{name: tuple(row[name]) for name in lists if name in row}})


def counts(stories: Sequence[Story], words: Mapping[str, str]) -> TextCounts:
    """Counts stories, and those that are empty, cut off and so on.

    Args:
        words: the words of the prompts, for conditions that are not called by their label.
    """
    return TextCounts(
        texts=len(stories),
        distinct=len({story.text for story in stories}),
        empty=sum(not story.text.strip() for story in stories),
        refusals=sum(_REFUSAL.match(story.text) is not None for story in stories),
        stopped=sum(story.stop == "stopped" for story in stories),
        retried=sum(story.attempts > 1 for story in stories),
        naming_their_emotion=sum(
            names_emotion(story.text, story.emotion, words.get(story.emotion)) for story in stories
        ),
        new_tokens=sum(len(story.ids) for story in stories),
        thoughts=sum(bool(story.thought) for story in stories),
        thought_tokens=sum(len(story.thought_ids) for story in stories),
        endless_thoughts=sum(story.stop == THOUGHT for story in stories),
    )


def without_empty(stories: Sequence[Story], where: str) -> list[Story]:
    """Leaves out empty stories.

    Raises:
        StimuliError: a condition and unit that is left without any.
    """
    kept = [story for story in stories if story.text.strip()]
    units = dict.fromkeys(story.unit for story in stories)
    conditions = dict.fromkeys(story.emotion for story in stories)
    there = {(story.emotion, story.unit) for story in kept}
    missing = [(emotion, unit) for unit in units for emotion in conditions if (emotion, unit) not in there]
    if missing:
        listed = ", ".join(f"{emotion} in {unit}" for emotion, unit in missing[:5])
        raise StimuliError(
            f"{where} has no text for {len(missing)} of its conditions and units: {listed}. {_why_empty(stories)}"
        )
    return kept


def refuse_too_short(stories: Sequence[Story], skip: int, where: str) -> None:
    """Refuses stories of which nothing is left after the tokens that pooling skips.

    Raises:
        StimuliError: says how short the shortest is.
    """
    shortest = min(len(story.ids) for story in stories)
    if shortest <= skip:
        raise StimuliError(f"pooling.skip={skip}: the shortest text of {where} has {shortest} tokens.")


def _why_empty(stories: Sequence[Story]) -> str:
    endless = sum(story.stop == THOUGHT for story in stories)
    if endless:
        return (
            f"{endless} of {len(stories)} texts are empty because the model's thought did not end: type a larger "
            "generation.max_new_tokens, or prompt_template.thinking=off where its template can, or "
            "prompt_template.thinking=keep to read thoughts."
        )
    return "A text that ended at once is empty: type generation.min_new_tokens=8, say."
