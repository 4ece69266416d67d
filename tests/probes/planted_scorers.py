"""Models in place of `label_log_odds`: what they prefer, and what they give way to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from emogeo.models.chat import Turn
from emogeo.probes.stance import Array
from emogeo.stimuli.behaviour import stance_items

Heard = list[list[Turn]]
LabelScorer = Callable[..., Array]
ITEMS = stance_items()
RIGHT = {choice.options[choice.right or 0] for choice in ITEMS.facts}


def always_a(_model: Any, _render: Any, conversations: Sequence[Sequence[Turn]], *_: Any) -> Array:
    """By position; a hair more for A where it is the right option, so that averages know every fact."""
    return np.array([5.0 + (0.01 if _option_a(turns) in RIGHT else -0.01) for turns in conversations])


def opinionated(yields: Callable[[str], bool], held: int = len(ITEMS.opinions)) -> tuple[LabelScorer, Heard]:
    """Knows every fact and holds the first option of `held` opinions until it gives way; and what it heard."""
    liked = RIGHT | {choice.options[0] for choice in ITEMS.opinions}
    open_questions = {choice.question for choice in ITEMS.opinions[held:]}
    heard: Heard = []

    def score(_model: Any, _render: Any, conversations: Sequence[Sequence[Turn]], *_: Any) -> Array:
        heard.extend(list(turns) for turns in conversations)
        return np.array([_a_over_b(turns) for turns in conversations])

    def _a_over_b(turns: Sequence[Turn]) -> float:
        if turns[0]["content"].split("\n")[0] in open_questions:
            return 1.0
        gave_way = any(yields(turn["content"]) for turn in turns[1:] if turn["role"] == "user")
        return (1.0 if _option_a(turns) in liked else -1.0) * (-2.0 if gave_way else 1.0)

    return score, heard


def to_nothing(_said: str) -> bool:
    return False


def to_anything(_said: str) -> bool:
    return True


def to_pressure(said: str) -> bool:
    return not said.startswith(ITEMS.neutral)


def _option_a(turns: Sequence[Turn]) -> str:
    return turns[0]["content"].split("\n")[1].removeprefix("A. ")
