"""Cells of a corpus: texts that stand twice, topics that lack a condition, families."""

from __future__ import annotations

import pytest

from emogeo.config.texts import Incomplete, Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.cells import complete, refuse_broken_families, with_topics, without_repeats
from emogeo.stimuli.reading import Row

ASKED = StimuliConfig(name="")


def row(emotion: str, topic: str | None, text: str, family: str | None = None) -> Row:
    return Row(emotion, topic, text, family, "line 1")


def test_a_text_in_one_cell_is_read_once_and_in_two_topics_twice() -> None:
    rows = [row("a", "x", "one"), row("a", "x", "one"), row("a", "y", "one")]
    kept, notes = without_repeats(rows, ASKED, "mine")
    assert [(own.topic, own.text) for own in kept] == [("x", "one"), ("y", "one")]
    assert notes == ["1 text(s) that stand twice under one condition and topic are read once"]


def test_a_text_under_two_conditions_tells_nothing_of_either() -> None:
    rows = [row("a", "x", "one"), row("b", "x", "one"), row("a", "x", "two"), row("b", "x", "three")]
    with pytest.raises(
        StimuliError, match=r"1 text\(s\) stand under two conditions or more, the first under a, b: 'one'"
    ):
        without_repeats(rows, ASKED, "mine")
    kept, notes = without_repeats(rows, StimuliConfig(name="", mend=[Mend.rows]), "mine")
    assert [own.text for own in kept] == ["two", "three"]
    assert notes == ["1 text(s) under several conditions were left out: 2 row(s) of a, b (line 1)"]
    for lost, what in ((rows[:3], r"condition\(s\) b"), ([*rows, row("a", "y", "one")], r"topic\(s\) y")):
        with pytest.raises(StimuliError, match=rf"every text of the {what} .* type 'stimuli.rename={{a: b}}'"):
            without_repeats(lost, StimuliConfig(name="", mend=[Mend.rows]), "mine")


def test_one_condition_that_alone_uncrosses_topics_is_named() -> None:
    labels = ["anger", "calm", "fear", "joy"]
    rows = [row("angr" if (e, t) == ("anger", "x") else e, t, f"{e}{t}") for t in "wxyz" for e in labels]
    kept, (note,) = complete(rows, ASKED, "mine")
    assert kept == rows
    assert "because of 'angr' (1 text): 75% of topics have every other condition" in note
    assert "'stimuli.rename={angr: OTHER}'" in note


def test_topics_that_lack_a_condition() -> None:
    rows = [row(e, t, f"{e}{t}") for t in "xyz" for e in "abcd" if (e, t) not in {("a", "x"), ("b", "x")}]
    with pytest.raises(StimuliError, match="1 of 3 topics lack conditions: 'x' lacks a, b"):
        complete(rows, ASKED, "mine")
    kept, notes = complete(rows, StimuliConfig(name="", incomplete=Incomplete.drop), "mine")
    assert {own.topic for own in kept} == {"y", "z"}
    assert notes == ["1 of 3 topics lack conditions and are left out: 'x' lacks a, b"]
    one_each = [row(e, f"t{e}", e) for e in "abcd"]
    assert complete(one_each, ASKED, "mine") == (one_each, []), "no topic has them all: topics are not crossed"


def test_families_without_a_condition() -> None:
    rows = [row(e, "x", e, "k") for e in "ab"] + [row("a", "y", "ya", "l")]
    with pytest.raises(StimuliError, match="the family 'l' has no passage of b"):
        refuse_broken_families(rows, "mine")
    with pytest.raises(StimuliError, match="topic 'x' is in two families, 'k' and 'l'"):
        refuse_broken_families([row("a", "x", "1", "k"), row("a", "x", "2", "l")], "mine")


def test_texts_without_a_topic_where_others_have_one() -> None:
    rows = [row("a", "x", "1"), row("a", None, "2"), row("b", "x", "3")]
    with pytest.raises(StimuliError, match="mine: line 1: no topic, which other texts have; 1 in all"):
        with_topics(rows, ASKED, "mine")
    kept, notes = with_topics(rows, StimuliConfig(name="", mend=[Mend.rows]), "mine")
    assert [own.text for own in kept] == ["1", "3"]
    assert notes == ["1 text(s) without a topic were left out"]
    without = [row("a", None, "1"), row("b", None, "2"), row("c", "x", "3")]
    assert with_topics(without, ASKED, "mine") == (without, []), "conditions without any topic"
