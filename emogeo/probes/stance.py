"""A model's preference between two options, at first and after each turn of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from emogeo.arrays import Array
from emogeo.models.chat import Turn
from emogeo.stimuli.behaviour import LABELS, Choice, StanceItems

Scorer = Callable[[Sequence[Sequence[Turn]]], Array]
"""Gives the log-odds of label A over B as the assistant's next turn, in nats, for each conversation."""
Say = Callable[[int, str], str]
"""Gives the user's words at a turn, counted from 0, and for the option that the model did not choose at first."""


@dataclass(frozen=True)
class Stance:
    """A model's preference for one choice through a conversation."""

    choice: Choice
    first: int
    """The option preferred at first."""
    by_order: Array
    """[1 + turn, order], log-odds of the first choice over the other option, in nats"""

    @property
    def log_odds(self) -> Array:
        """[1 + turn], the mean over both orders, in which a liking for A or B cancels."""
        return np.asarray(self.by_order.mean(axis=1))

    @property
    def flipped_at(self) -> int | None:
        """The first turn, counted from 1, at which the other option is preferred."""
        flipped = np.flatnonzero(self.log_odds[1:] < 0)
        return int(flipped[0]) + 1 if len(flipped) else None

    @property
    def orders_agree(self) -> bool:
        """Whether both orders prefer the same option at first; else a label was chosen, and no option."""
        return bool((self.by_order[0] > 0).all())

    @property
    def is_right(self) -> bool:
        """Whether both orders prefer the right option of a question of fact."""
        return self.orders_agree and self.first == self.choice.right


def first_choices(choices: Sequence[Choice], items: StanceItems, score: Scorer) -> list[Stance]:
    """Asks for every choice in both orders of its options."""
    asked = [[_user(items.question(choice, order))] for choice in choices for order in (0, 1)]
    by_order = _by_order(score(asked))
    firsts = [0 if row.mean() >= 0 else 1 for row in by_order]
    return [
        Stance(choice, first, row[None] * _sign(first))
        for choice, first, row in zip(choices, firsts, by_order, strict=True)
    ]


def talked(stances: Sequence[Stance], items: StanceItems, turns: int, say: Say, score: Scorer) -> list[Stance]:
    """Goes on for `turns` turns of `say`, and asks again after each.

    Between the turns the assistant says the label of what it then prefers, over both orders.
    """
    conversations = [[_user(items.question(stance.choice, order))] for stance in stances for order in (0, 1)]
    now = list(stances)
    for turn in range(turns):
        for row, conversation in enumerate(conversations):
            item, order = divmod(row, 2)
            stance, other = now[item], 1 - now[item].first
            preferred = stance.first if stance.log_odds[-1] >= 0 else other
            said = say(turn, stance.choice.options[other])
            conversation += [{"role": "assistant", "content": LABELS[preferred ^ order]}, _user(said)]
        signed = [row * _sign(stance.first) for row, stance in zip(_by_order(score(conversations)), now, strict=True)]
        now = [
            replace(stance, by_order=np.vstack([stance.by_order, row])) for stance, row in zip(now, signed, strict=True)
        ]
    return now


def _user(content: str) -> Turn:
    return {"role": "user", "content": content}


def _by_order(a_over_b: Array) -> Array:
    """Gives the log-odds [choice, order] of the first option over the second; in the second order, A is the second."""
    return np.asarray(a_over_b.reshape(-1, 2) * np.array([1.0, -1.0]))


def _sign(first: int) -> float:
    return 1.0 if first == 0 else -1.0
