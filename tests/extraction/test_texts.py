"""Stories become texts with labels, read token by token as they were written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.config.texts import Context
from emogeo.errors import StimuliError
from emogeo.extraction.stories import Story
from emogeo.extraction.texts import as_written, in_context, labelled_texts
from emogeo.stimuli.conditions import STUDIED
from emogeo.stimuli.stories import Conditions, plan_requests
from emogeo.stimuli.templates import Text

PROMPTS = ("Of {topic}, {emotion}.", "{emotion} in {topic}!")
NEUTRAL_PROMPTS = ("Of {topic}, plain.", "Plain in {topic}!")
TOPICS = ("rain", "bread")
ASKED = Conditions(STUDIED, "neutral")


def story(emotion: str, unit: str, text: str) -> Story:
    return Story(emotion, f"topic of {text}", unit, "Write.", text, (1, 2, 3), (4, 5), "stopped", 1)


def test_labels_are_in_the_order_of_the_stories_and_units_that_share_a_text_are_one() -> None:
    found = labelled_texts([story("sad", "a", "x"), story("calm", "b", "y"), story("sad", "c", "x")])
    assert found.emotions == ("sad", "calm", "sad")
    assert found.topics == ("topic of x", "topic of y", "topic of x")
    assert found.texts == ("x", "y", "x")
    assert found.units == ("a+c", "b", "a+c")


def test_a_text_begins_where_its_prompt_ends() -> None:
    assert as_written(story("sad", "a", "x")) == Text("x", special_tokens=False, ids=(1, 2, 3, 4, 5), start=3)


def told() -> list[Story]:
    """Two stories of each prompt, topic and condition, in the order in which they are asked for; tokens are letters."""
    requests = plan_requests(PROMPTS, NEUTRAL_PROMPTS, ASKED, TOPICS, samples=2, replicates=1)
    return [
        Story(r.emotion, r.topic, r.unit, r.prompt, f"text {n}", tuple(map(ord, r.prompt)), (n, n), "stopped", 1)
        for n, r in enumerate(requests)
    ]


def test_a_neutral_context_is_the_neutral_prompt_of_the_same_template_and_topic() -> None:
    stories = told()
    found = in_context(stories, Context.neutral, "neutral", "here")
    for story, own in zip(stories, found, strict=True):
        (template,) = (
            NEUTRAL_PROMPTS[n]
            for n, prompts in enumerate(zip(PROMPTS, NEUTRAL_PROMPTS, strict=True))
            if story.prompt in {p.replace("{topic}", story.topic).replace("{emotion}", story.emotion) for p in prompts}
        )
        assert own.prompt == template.replace("{topic}", story.topic)
        assert own.prompt_ids == tuple(map(ord, own.prompt))
        assert replace(own, prompt=story.prompt, prompt_ids=story.prompt_ids) == story, "and nothing else"
    assert as_written(found[0]).start == len("Of rain, plain.")


def test_without_a_context_a_text_begins_as_a_passage_does() -> None:
    first, *_ = in_context(told(), Context.none, "neutral", "here")
    assert (first.prompt, first.prompt_ids, first.ids) == ("", (), (0, 0))
    assert as_written(first) == Text("text 0", special_tokens=True, ids=(0, 0), start=0)


def test_the_usual_context_is_what_was_asked() -> None:
    assert in_context(told(), Context.prompt, "neutral", "here") == told()


def test_a_neutral_prompt_that_is_not_known_is_an_error() -> None:
    lacking = [story for story in told() if story.emotion != "neutral" or story.topic == "rain"]
    with pytest.raises(
        StimuliError, match=r"^generation.context=neutral: mine has no neutral text for .* afraid in bread"
    ):
        in_context(lacking, Context.neutral, "neutral", "mine")
