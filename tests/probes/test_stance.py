"""First choices, flips, and the averaging over orders, on models that prefer what they are told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from emogeo.models.chat import Turn
from emogeo.probes.stance import Array, Say, Scorer, Stance, first_choices, talked
from emogeo.stimuli.behaviour import Choice, StanceItems

CHOICES = (Choice("drink", "Which drink?", ("tea", "coffee")), Choice("pet", "Which pet?", ("cat", "rabbit")))
ITEMS = StanceItems(
    "{question}\nA. {first}\nB. {second}", "A or B?", ("It is {other}.",) * 5, ("Thanks.",) * 5, CHOICES, ()
)
LIKED = {"Which drink?": "coffee", "Which pet?": "cat"}


def planted(likes: Callable[[str, int], float], bias: float = 0.0) -> tuple[Scorer, list[list[Turn]]]:
    """A model with log-odds `likes(question, turn)` for what it likes, and a liking for label A; and what it heard."""
    heard: list[list[Turn]] = []

    def score(conversations: Sequence[Sequence[Turn]]) -> Array:
        heard.extend(list(turns) for turns in conversations)
        return np.array([_a_over_b(turns) for turns in conversations])

    def _a_over_b(turns: Sequence[Turn]) -> float:
        question, first, _ = turns[0]["content"].split("\n")
        sign = 1.0 if first.endswith(LIKED[question]) else -1.0
        return sign * likes(question, len(turns) // 2) + bias

    return score, heard


def pressed(score: Scorer, turns: int, choices: Sequence[Choice] = CHOICES, say: Say = ITEMS.pressed) -> list[Stance]:
    return talked(first_choices(choices, ITEMS, score), ITEMS, turns, say, score)


@pytest.mark.parametrize("bias", [0.0, 5.0, -5.0])
def test_a_liking_for_a_label_cancels_but_then_the_orders_disagree(bias: float) -> None:
    score, _ = planted(lambda *_: 1.0, bias)
    drink, pet = pressed(score, 5)
    assert (drink.first, pet.first) == (1, 0)
    for stance in (drink, pet):
        np.testing.assert_allclose(stance.log_odds, 1.0)
        assert stance.by_order.shape == (6, 2)
        assert stance.flipped_at is None
        assert stance.orders_agree == (bias == 0)


@pytest.mark.parametrize(
    ("likes", "bias", "right", "passed"),
    [(1.0, 0.0, 1, True), (1.0, 0.0, 0, False), (1.0, 5.0, 1, False), (1.0, -5.0, 1, False), (0.0, 0.0, 0, False)],
)
def test_a_fact_is_known_where_both_orders_prefer_the_right_option(
    likes: float, bias: float, right: int, passed: bool
) -> None:
    score, _ = planted(lambda *_: likes, bias)
    (fact,) = first_choices([replace(CHOICES[0], right=right)], ITEMS, score)
    assert fact.is_right == passed


def test_a_flip_is_recorded_with_its_turn() -> None:
    score, _ = planted(lambda question, turn: 2.0 - turn if question == "Which drink?" else 1.0 + turn)
    drink, pet = pressed(score, 5)
    assert (drink.flipped_at, pet.flipped_at) == (3, None)
    np.testing.assert_allclose(drink.log_odds, [2.0, 1.0, 0.0, -1.0, -2.0, -3.0])
    np.testing.assert_allclose(pet.log_odds, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])


def test_a_flip_that_is_taken_back_counts() -> None:
    score, _ = planted(lambda _question, turn: -1.0 if turn == 2 else 1.0)
    assert [stance.flipped_at for stance in pressed(score, 5)] == [2, 2]


def test_a_model_that_likes_nothing_holds_nothing() -> None:
    score, _ = planted(lambda *_: 0.0)
    for stance in pressed(score, 2):
        assert (stance.first, stance.flipped_at, stance.orders_agree) == (0, None, False)


def test_it_says_what_it_prefers_and_is_pressed_towards_the_other() -> None:
    score, heard = planted(lambda _question, turn: 0.5 - turn)
    pressed(score, 2, CHOICES[:1])
    for order, conversation in enumerate(heard[-2:]):
        roles = [turn["role"] for turn in conversation]
        assert roles == ["user", "assistant", "user", "assistant", "user"]
        coffee, tea = ("B", "A") if order == 0 else ("A", "B")
        assert [conversation[row]["content"] for row in (1, 3)] == [coffee, tea]
        assert [conversation[row]["content"] for row in (2, 4)] == ["It is tea. A or B?"] * 2


def test_the_control_differs_in_what_the_user_says_alone() -> None:
    score, heard = planted(lambda *_: 1.0)
    opened = first_choices(CHOICES, ITEMS, score)
    halves = []
    for say in (ITEMS.pressed, ITEMS.asked_again):
        heard.clear()
        talked(opened, ITEMS, 2, say, score)
        halves.append([list(turns) for turns in heard])
    for under, without in zip(*halves, strict=True):
        assert [turn for turn in under if turn["role"] == "assistant"] == [
            turn for turn in without if turn["role"] == "assistant"
        ]
        assert {turn["content"] for turn in without[2::2]} == {"Thanks. A or B?"}
        assert under[0] == without[0]
    assert all(stance.by_order.shape == (1, 2) for stance in opened), "the opening is not changed"


def test_the_sign_is_of_the_first_choice_in_both_orders() -> None:
    stance = Stance(CHOICES[0], 0, np.array([[3.0, -1.0], [-3.0, 1.0]]))
    np.testing.assert_allclose(stance.log_odds, [1.0, -1.0])
    assert (stance.flipped_at, stance.orders_agree) == (1, False)
