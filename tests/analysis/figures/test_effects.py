"""Which effects are drawn, in which rows, with which words."""

from __future__ import annotations

from emogeo.analysis.comparing.levels import Parameter
from emogeo.analysis.figures.effects import one_of_each
from tests.analysis.planted_effects import effect, single


def test_a_bar_is_of_the_first_row_with_a_rho_star_and_not_of_the_largest_effect() -> None:
    length, chat = (single(name) for name in (Parameter.length, Parameter.chat))
    rows = [(length, None), (length, 0.9), (length, 0.2), (chat, None)]
    drawn = one_of_each([effect(factor, "m", rho_star=star) for factor, star in rows])
    assert [(own.factor, own.figures["rho_star"]) for own in drawn] == [(length, 0.9), (chat, None)]
