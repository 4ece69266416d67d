"""Stories: counted, and left out where they are empty."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from emogeo.errors import StimuliError
from emogeo.extraction.stories import Story, counts, refuse_too_short, story_line, story_of, without_empty
from emogeo.stimuli.conditions import STUDIED as CONDITIONS


def story(emotion: str, unit: str, text: str = "x") -> Story:
    return Story(emotion, "t", unit, "p", text, (0,), (1,), "stopped", 1)


def test_refusals_are_seen_in_any_apostrophe() -> None:
    refusals = [
        "I’m sorry, but I can’t",
        "Sorry, I can't help",
        "I won’t write",
        "As an AI",
        "I'm sorry she left, he said",
    ]
    assert counts([story("sad", "u", text) for text in refusals], {}).refusals == 5
    assert counts([story("sad", "u", "He was sorry to go.")], {}).refusals == 0


def test_an_emotion_without_any_text_is_named() -> None:
    whole = [story(emotion, unit) for emotion in CONDITIONS for unit in ("a", "b")]
    assert without_empty(whole, "here") == whole
    assert without_empty([*whole, story("sad", "a", " ")], "here") == whole
    broken = [s for s in whole if (s.emotion, s.unit) != ("sad", "b")] + [story("sad", "b", "")]
    with pytest.raises(StimuliError, match="here has no text for 1 of its conditions and units: sad in b"):
        without_empty(broken, "here")


def test_a_story_speaks_of_a_thought_only_where_it_had_one() -> None:
    plain = story("sad", "u")
    assert set(json.loads(story_line(plain))) == {
        *("emotion", "topic", "unit", "prompt", "text", "prompt_ids", "ids", "stop", "attempts")
    }
    thoughtful = replace(plain, thought="Hm.", thought_ids=(5, 6), stop="thought")
    assert [story_of(story_line(own)) for own in (plain, thoughtful)] == [plain, thoughtful]
    found = counts([plain, thoughtful, replace(plain, thought_ids=(7,))], {})
    assert (found.thoughts, found.thought_tokens, found.endless_thoughts) == (1, 3, 1)


def test_a_text_shorter_than_what_pooling_skips() -> None:
    refuse_too_short([story("sad", "u")], 0, "here")
    with pytest.raises(StimuliError, match="pooling.skip=1: the shortest text of here has 1 tokens"):
        refuse_too_short([story("sad", "u")], 1, "here")
