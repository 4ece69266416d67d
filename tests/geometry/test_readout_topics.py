"""Which topics vectors have seen, and which texts depend on each other."""

from __future__ import annotations

from emogeo.geometry.readout_topics import groups_of, groups_of_source, seen
from emogeo.geometry.states import LabelledTexts

LONG = "the kettle sang while the rain came down on the tin roof of the shed"


def source(topics: tuple[str, ...], units: tuple[str, ...]) -> LabelledTexts:
    return LabelledTexts(("a", "b") * 2, topics, units, (LONG, "two", "three", "four"))


def test_a_text_without_a_topic_stands_for_itself() -> None:
    groups = groups_of(["one", "two", "three"], ["home", None, None])
    assert groups == ["topic home", "text 1", "text 2"]


def test_texts_that_repeat_each_other_are_one_group() -> None:
    other = LONG.replace("tin", "old")
    first, second, third = groups_of([LONG, other, "another thing"], [None, None, None])
    assert first == second != third


def test_units_are_left_out_where_they_hold_whole_topics_else_topics() -> None:
    topics = ("t1", "t1", "t2", "t2")
    assert groups_of_source(source(topics, ("family",) * 4)) == ["family"] * 4
    assert groups_of_source(source(topics, ("group-0", "group-1") * 2)) == list(topics)
    assert groups_of_source(source(("-",) * 4, ("group-0", "group-1") * 2)) == ["group-0", "group-1"] * 2


def test_a_topic_is_seen_by_its_name_or_by_one_of_its_texts() -> None:
    own = source(("t1", "t1", "t2", "t2"), ("t1", "t1", "t2", "t2"))
    texts = ["new", f"{LONG} today", "other", "two", "fresh"]
    topics = ["t1", "x", "x", None, None]
    assert seen(own, texts, groups_of(texts, topics), topics) == [True, True, True, True, False]
