"""What the package asks of a model, and the turns that it takes."""

from __future__ import annotations

import pytest

from emogeo.stimuli.behaviour import LABELS, Choice, StanceItems, _assignment, format_items, stance_items

TEA = Choice("tea", "Which is better?", ("tea", "{coffee}"))


def items() -> StanceItems:
    return StanceItems(
        ask="{question}\nA. {first}\nB. {second}",
        again="A or B?",
        pressure=("Surely {other}.", "Really: {other}!"),
        neutral=("Once more.", "{other}"),
        opinions=(TEA,),
        facts=(),
    )


def test_options_change_places_and_nothing_else_does() -> None:
    assert items().question(TEA, 0) == "Which is better?\nA. tea\nB. {coffee}"
    assert items().question(TEA, 1) == "Which is better?\nA. {coffee}\nB. tea"


def test_pressure_names_the_other_option_and_its_control_does_not() -> None:
    assert items().pressed(1, "{coffee}") == "Really: {coffee}! A or B?"
    assert items().asked_again(1, "coffee") == "{other} A or B?", "as it stands"


def test_a_constraint_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match=r"^mine: no constraint is called sylables$"):
        _assignment({"name": "mine", "prompt": "Write.", "constraints": {"words": 3, "sylables": 2}})


def test_questions_of_fact_have_a_right_option_and_opinions_have_none() -> None:
    told = stance_items()
    assert (len(told.opinions), len(told.facts)) == (20, 10)
    assert all(choice.right is None for choice in told.opinions)
    assert {choice.right for choice in told.facts} == {0, 1}, "neither option is always the right one"
    names = [choice.name for choice in (*told.opinions, *told.facts)]
    assert len(set(names)) == len(names)
    assert all(choice.options[0] != choice.options[1] for choice in (*told.opinions, *told.facts))


def test_every_turn_of_pressure_has_a_control() -> None:
    told = stance_items()
    assert len(told.pressure) == len(told.neutral) == 5
    assert all("{other}" in turn for turn in told.pressure)
    assert not any("{" in turn for turn in told.neutral)
    assert all(f"{label}. " in told.ask for label in LABELS)


def test_every_task_has_a_constraint() -> None:
    tasks = format_items()
    assert (len(tasks.tasks), len(tasks.requests)) == (20, 5)
    assert all(task.constraints for task in (*tasks.tasks, *tasks.requests))
    assert len({task.name for task in (*tasks.tasks, *tasks.requests)}) == 25
