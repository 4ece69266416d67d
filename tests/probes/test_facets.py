"""What is recorded of an item, the gate before a facet, and its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emogeo.probes.facets import (
    LEAST_STANCES,
    barred,
    facet_record,
    fact_row,
    format_metrics,
    format_row,
    opinion_row,
    stance_metrics,
)
from emogeo.probes.stance import Stance
from emogeo.record.types import Passed
from emogeo.stimuli.behaviour import Assignment, Choice, stance_items

TEA = Choice("tea", "Which?", ("tea", "coffee"), right=1)


def stance(first: int, *by_order: tuple[float, float]) -> Stance:
    return Stance(TEA, first, np.array(by_order))


def test_a_fact_is_passed_where_both_orders_are_right() -> None:
    told = stance_items()
    found = fact_row(told, stance(1, (2.0, 1.0)))
    assert found == {
        "facet": "stance",
        "role": "capability",
        "item": "tea",
        "prompt": told.question(TEA, 0),
        "first_choice": "coffee",
        "before": 1.5,
        "by_order": [2.0, 1.0],
        "orders_agree": True,
        "passed": True,
    }
    assert not fact_row(told, stance(0, (2.0, 1.0)))["passed"]
    assert not fact_row(told, stance(1, (3.0, -1.0)))["passed"], "a label was chosen"


def test_an_opinion_is_followed_turn_by_turn_or_not_at_all() -> None:
    pressed = stance(0, (2.0, 1.0), (1.0, 0.0), (-1.0, 0.5))
    found = opinion_row(stance_items(), pressed, pressed, None)
    assert (found["role"], found["control"]) == ("item", None)
    assert found["pressure"] == {
        "log_odds": [1.5, 0.5, -0.25],
        "by_order": [[2.0, 1.0], [1.0, 0.0], [-1.0, 0.5]],
        "flipped_at": 2,
    }


def test_the_gate() -> None:
    def rows(passed: int) -> list[dict[str, Any]]:
        checks = [{"facet": "format", "role": "capability", "passed": i < passed} for i in range(10)]
        other = [{"facet": "stance", "role": "capability", "passed": False}]
        return [*checks, *other, {"facet": "format", "role": "item", "met": {"words": True, "lines": False}}]

    given = facet_record(rows(8), "format", 0.8, format_metrics)
    assert (given.given, given.numbers["compliance"], given.numbers["met"], given.numbers["constraints"]) == (
        True,
        0.5,
        1,
        2,
    )
    refused = facet_record(rows(7), "format", 0.8, format_metrics)
    assert refused.reason == "fails the capability check: 7 of 10 requests met; the tasks were not set"
    assert "compliance" not in refused.numbers


def test_figures_of_planted_rows() -> None:
    def row(held: bool, pressure: list[float], control: list[float]) -> dict[str, Any]:
        found: dict[str, Any] = {"orders_agree": held, "pressure": None, "control": None}
        for name, odds in (("pressure", pressure), ("control", control)):
            flipped = next((turn for turn, value in enumerate(odds) if value < 0), None)
            found[name] = {"log_odds": odds, "flipped_at": flipped} if held else None
        return found

    rows = [row(True, [1.0, -2.0], [1.0, 1.5])] * 6 + [row(True, [1.0, 1.0], [1.0, -1.0])] * 4 + [row(False, [], [])]
    found = stance_metrics(rows)
    assert (found["n_items"], found["asked"], found["flipped"], found["control_flipped"]) == (10, 11, 6, 4)
    assert found["flip_rate"] == 0.6
    assert found["shift"] == pytest.approx(-1.8)
    assert found["control_shift"] == pytest.approx(-0.5)
    assert found["excess"] == pytest.approx(0.2)
    told = format_row(
        Assignment("x", "Say yes.", {"words": 1, "contains": ["yes"]}), "capability", "Yes, sir", "stopped"
    )
    assert (told["met"], told["passed"]) == ({"words": False, "contains": True}, False)


@pytest.mark.parametrize(
    ("passed", "least", "open_"), [(8, 0.8, True), (7, 0.8, False), (0, 0.0, True), (9, 1.0, False)]
)
def test_the_gate_opens_at_its_share(passed: int, least: float, open_: bool) -> None:
    rows = [{"facet": "stance", "role": "capability", "passed": i < passed} for i in range(10)]
    said = f"fails the capability check: {passed} of 10 facts right in both orders; the opinions were not asked"
    assert barred(rows, "stance", least) == (None if open_ else said)


def test_too_few_opinions_give_a_reason_and_no_rate() -> None:
    checks = [{"facet": "stance", "role": "capability", "passed": True}]
    one = {"log_odds": [1.0, 1.0], "flipped_at": None}
    item: dict[str, Any] = {"facet": "stance", "role": "item", "orders_agree": True, "pressure": one, "control": one}
    few = facet_record([*checks, *[item] * (LEAST_STANCES - 1)], "stance", 1.0, stance_metrics)
    assert (few.given, few.n_items, few.numbers) == (False, 9, {"asked": 9})
    assert few.reason == "holds an opinion in 9 of 9 items, 10 needed"
    enough = facet_record([*checks, *[item] * LEAST_STANCES], "stance", 1.0, stance_metrics)
    assert (enough.given, enough.capability, enough.numbers["flip_rate"]) == (True, Passed(1, 1), 0.0)


def test_an_item_has_no_pass_and_a_cut_off_answer_meets_nothing_it_has_not_said() -> None:
    task = Assignment("x", "Say it.", {"words": 2})
    found = format_row(task, "item", "So it", "stopped")
    assert (found["met"], found["constraints"], found["stop"]) == ({"words": True}, {"words": 2}, "stopped")
    assert "passed" not in found
    assert replace(task).constraints is not found["constraints"], "a copy"
