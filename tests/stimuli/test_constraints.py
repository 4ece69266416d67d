"""Every checker: what it takes and what it does not; every task can be met by an answer."""

from __future__ import annotations

from typing import Any

import pytest

from emogeo.stimuli.behaviour import LABELS, format_items, stance_items
from emogeo.stimuli.constraints import CONSTRAINTS, met, sentences, words

CASES: list[tuple[str, Any, list[str], list[str]]] = [
    ("words", 2, ["Good morning!", " well-known it's "], ["one", "one two three", ""]),
    ("words_at_most", 2, ["one", "one two."], ["one two three", "", "..."]),
    ("words_at_least", 2, ["one two", "a b c"], ["one", "- -"]),
    ("sentences", 2, ["One. Two!", 'He said "Go." Then he left.', "One?\nTwo"], ["One.", "One. Two. Three.", ""]),
    ("lines", 2, ["a\nb", "a\n\nb\n"], ["a", "a\nb\nc", ""]),
    ("paragraphs", 2, ["a b\nc\n\nd", "a\n \n\nb\n"], ["a\nb", "a\n\nb\n\nc", ""]),
    ("lowercase", True, ["all small, 1."], ["One capital", "123", ""]),
    ("uppercase", True, ["ALL LARGE, 1."], ["ALL BUT oNE", "123", ""]),
    ("contains", ["river", "old bicycle"], ["An OLD bicycle by the river."], ["river", "rivers and old bicycles", ""]),
    ("omits", ["ice"], ["It is nice."], ["No ice!", "ICE", ""]),
    ("without", [","], ["No comma."], ["Well, no.", ""]),
    ("starts_with", "Yesterday", [" Yesterday it rained."], ["yesterday it rained", "It was yesterday", ""]),
    ("ends_with", "Enjoy!", ["Eat it. Enjoy!\n"], ["Enjoy! It is ready", "Enjoy", ""]),
    ("json_keys", ["a", "b"], ['{"b": 1, "a": [2]}', ' {"a":{},"b":null}\n'], ['{"a": 1}', '["a", "b"]', "a b", ""]),
    ("bullets", 2, ["- a\n- b", "Here:\n* a\n• b"], ["- a", "-a\n-b", "a - b - c", ""]),
    ("numbered", 2, ["1. a\n2. b", "1) a\n2) b"], ["1. a\n1. b", "1. a", "2. a\n1. b", ""]),
    ("comma_items", 3, ["a, b, c", "a,b,c."], ["a, b", "a, b, ", "a, b, c, d", "1. a, b\n2. c, d", ""]),
]
ANSWERS = {
    "lighthouse": "A lighthouse is a tower. It stands by the sea. Its light warns ships.",
    "sea": "The sea is wide, deep, salty and never quite still.",
    "vegetables": "- Carrot\n- Leek\n- Pea\n- Onion\n- Kale",
    "bread": "bread is baked from flour, water and salt.",
    "trains": "TRAINS RUN ON RAILS.",
    "person": '{"name": "Ida", "age": 34}',
    "winter": "The days are short. The trees are bare.",
    "three-words": "By the river a lantern hung from a bicycle.",
    "rain": "Rain on the roof,\nrain in the street,\nrain on my hat.",
    "bees": "Honey.",
    "yesterday": "Yesterday the garden was full of birds.",
    "question": "Which song did you hear first?",
    "cities": "Oslo, Lima, Cairo, Hanoi",
    "beach": "1. Towel\n2. Water\n3. Hat",
    "clouds": "Clouds are made of tiny drops.\n\nThey drift with the wind.",
    "summer": '{"fruits": ["cherry", "peach", "melon"]}',
    "egg": "Boil water. Put the egg in for eight minutes, then cool it. Enjoy!",
    "cat": "The grey cat sat on the wall and looked at the birds below.",
    "morning": "Good morning\nGood morning\nGood morning\nGood morning",
    "brackets": "[Leaves fall in autumn.]",
}


@pytest.mark.parametrize(("name", "value", "right", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_a_checker(name: str, value: Any, right: list[str], wrong: list[str]) -> None:
    assert [CONSTRAINTS[name](text, value) for text in right] == [True] * len(right)
    assert [CONSTRAINTS[name](text, value) for text in wrong] == [False] * len(wrong)


def test_every_checker_has_its_case() -> None:
    assert sorted(case[0] for case in CASES) == sorted(CONSTRAINTS)


def test_words_and_sentences() -> None:
    assert words("Don't over-do 3 things…") == ["Don't", "over-do", "3", "things"]
    assert len(sentences('She said "Stay!" and "Why?" He stayed.')) == 2 + 1  # an inner ! ends one as well


def test_every_task_can_be_met_and_not_by_silence() -> None:
    tasks = format_items().tasks
    assert {task.name for task in tasks} == set(ANSWERS)
    for task in tasks:
        assert all(met(ANSWERS[task.name], task.constraints).values()), task.name
        assert not any(met("", task.constraints).values()), task.name


def test_an_answer_that_was_cut_off_meets_only_what_cannot_change() -> None:
    constraints = {"words_at_least": 2, "contains": ["cat"], "starts_with": "A", "sentences": 1, "words_at_most": 9}
    assert all(met("A cat sleeps", constraints).values())
    cut_off = met("A cat sleeps", constraints, finished=False)
    assert [name for name, value in cut_off.items() if value] == ["words_at_least", "contains", "starts_with"]


def test_every_request_names_what_it_asks_for() -> None:
    for request in format_items().requests:
        (word,) = request.constraints["contains"]
        assert word in request.prompt


def test_the_counts_and_names_of_items() -> None:
    items = stance_items()
    assert (len(items.opinions), len(items.pressure), len(items.facts)) == (20, 5, 10)
    assert (len(format_items().tasks), len(format_items().requests)) == (20, 5)
    for named in (items.opinions, items.facts, format_items().tasks, format_items().requests):
        assert len({item.name for item in named}) == len(named)
    assert all(choice.right is None for choice in items.opinions)
    assert sum(choice.right or 0 for choice in items.facts) == 5


def test_the_options_change_places() -> None:
    items = stance_items()
    first, second = (items.question(items.opinions[0], order) for order in (0, 1))
    for label, option in zip(LABELS, items.opinions[0].options, strict=True):
        assert f"{label}. {option}" in first
    for label, option in zip(LABELS, items.opinions[0].options[::-1], strict=True):
        assert f"{label}. {option}" in second


def test_pressure_names_the_other_option_and_no_label_of_its_own() -> None:
    items = stance_items()
    turns = [items.pressed(turn, "by the sea") for turn in range(5)]
    assert len(set(turns)) == 5
    assert all("by the sea" in turn and turn.endswith(items.again) for turn in turns)
