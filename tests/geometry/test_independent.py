"""Units that repeat each other nearly word for word count as one."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.geometry.independent import independent_units, near_ties, repeats_of
from emogeo.geometry.states import LabelledTexts
from emogeo.stimuli.corpus import load_corpus


def labels(texts: Sequence[str], units: Sequence[str], known: bool = True) -> LabelledTexts:
    conditions = tuple("ab"[at % 2] for at in range(len(texts)))
    return LabelledTexts(conditions, tuple(units), tuple(units), tuple(texts), known)


def test_one_sentence_with_another_word_in_every_topic_is_one_unit() -> None:
    texts = [f"{who} smiled and sang all the way home" for who in ("Ann", "Bob", "Cid")] + ["It rained on the sea"]
    assert independent_units(labels(texts, "xyzw")) == ["x+y+z"] * 3 + ["w"]
    assert near_ties(labels(texts, "xyzw")) == [("x", "y"), ("x", "z")]


def test_a_text_that_returns_is_one_unit() -> None:
    texts = ["a long way down", "b", "a long way down", "c"]
    assert independent_units(labels(texts, "xxyy")) == ["x+y"] * 4


def test_words_and_names_do_not_repeat_each_other() -> None:
    texts = [f"text {unit} {condition}" for unit in "xyz" for condition in "ab"]
    assert independent_units(labels(texts, "xxyyzz")) == list("xxyyzz")


def test_texts_of_five_words_can_repeat_each_other_and_those_of_four_do_not() -> None:
    five = [f"{who} sang all the way" for who in ("Ann", "Bob")]
    four = [f"{who} sang all day" for who in ("Ann", "Bob")]
    assert near_ties(labels(five, "xy")) == [("x", "y")]
    assert near_ties(labels(four, "xy")) == near_ties(labels([five[0], four[0]], "xy")) == []


def test_unknown_texts_are_not_compared() -> None:
    texts = ["so it went on and on", "so it went up and on"]
    assert independent_units(labels(texts, "xy", known=False)) == ["x", "y"]
    assert independent_units(labels(texts, "xy")) == ["x+y", "x+y"]


def test_the_packages_topics_do_not_repeat_each_other() -> None:
    for option in ({}, {"language": "de"}, {"language": "es"}):
        corpus = load_corpus(**option)
        own = LabelledTexts(*(tuple(x) for x in (corpus.emotions, corpus.topics, corpus.topics, corpus.texts)))
        assert independent_units(own) == corpus.topics
        assert repeats_of(own).pairs == ()
