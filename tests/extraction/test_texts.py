"""Stories become texts with labels, read token by token as they were written."""

from __future__ import annotations

from emogeo.extraction.stories import Story
from emogeo.extraction.texts import as_written, labelled_texts
from emogeo.stimuli.templates import Text


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
