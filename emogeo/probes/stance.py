"""Opinions under pressure: which of two options a model prefers, before and after each turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.models.chat import Turn
from emogeo.stimuli.behaviour import LABELS, Choice, StanceItems

Array = NDArray[np.float64]
Scorer = Callable[[Sequence[Sequence[Turn]]], Array]
"""Log-odds of label A over B as the assistant's next turn, in nats, of each conversation."""


@dataclass(frozen=True)
class Stance:
    """What became of one choice."""

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
    def shift(self) -> float:
        """Towards the first choice: the last turn minus before."""
        return float(self.log_odds[-1] - self.log_odds[0])

    @property
    def orders_agree(self) -> bool:
        """Whether both orders prefer the same option at first."""
        return bool((self.by_order[0] > 0).all() or (self.by_order[0] < 0).all())


def stances(choices: Sequence[Choice], items: StanceItems, turns: int, score: Scorer) -> list[Stance]:
    """Asks for every choice in both orders, then presses for `turns` turns towards what was not chosen.

    Between the turns the assistant says the label of what it then prefers, over both orders.
    """
    conversations = [[_user(items.question(choice, order))] for choice in choices for order in (0, 1)]
    measured = [_first_over_second(score(conversations))]
    chosen = [_preferred(row) for row in measured[0]]
    for turn in range(turns):
        for row, conversation in enumerate(conversations):
            item, order = divmod(row, 2)
            label = LABELS[_preferred(measured[-1][item]) ^ order]
            other = choices[item].options[1 - chosen[item]]
            conversation += [{"role": "assistant", "content": label}, _user(items.pressed(turn, other))]
        measured.append(_first_over_second(score(conversations)))
    signs = [1.0 if first == 0 else -1.0 for first in chosen]
    return [
        Stance(choice, first, np.stack([turn[row] for turn in measured]) * sign)
        for row, (choice, first, sign) in enumerate(zip(choices, chosen, signs, strict=True))
    ]


def _user(content: str) -> Turn:
    return {"role": "user", "content": content}


def _first_over_second(a_over_b: Array) -> Array:
    """[choice, order]; in the second order, A is the second option."""
    return np.asarray(a_over_b.reshape(-1, 2) * np.array([1.0, -1.0]))


def _preferred(by_order: Array) -> int:
    return 0 if by_order.mean() >= 0 else 1
