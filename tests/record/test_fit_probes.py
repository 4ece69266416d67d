"""Probes whose rows do not fit their record are named and left out of an analysis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emogeo.record.files import ITEMS, RUN_FILE, SHIFTS
from emogeo.record.reading import read_run
from emogeo.record.run import BehaviourRun
from emogeo.record.types import BehaviourResult, FacetRecord, Passed
from emogeo.store.keys import json_lines
from emogeo.store.store import Store
from tests.planted_records import behaviour, steering, write
from tests.record.altering import Change, left_out, lines

COURSE = {"log_odds": [0.5, -0.5], "by_order": [[0.5, 0.5], [-0.5, -0.5]], "flipped_at": 1}
STANCE = {
    **{"facet": "stance", "role": "item", "item": "tea", "prompt": "?", "first_choice": "tea", "before": 0.5},
    **{"by_order": [0.5, 0.5], "orders_agree": True, "pressure": COURSE, "control": COURSE},
}
FORMAT = {
    **{"facet": "format", "role": "item", "item": "list", "prompt": "?", "answer": "!", "stop": "stopped"},
    **{"constraints": {"words": 3}, "met": {"words": True}},
}
GIVEN = FacetRecord(
    capability=Passed(10, 10),
    given=True,
    n_items=1,
    reason=None,
    numbers={
        **{"asked": 1, "flipped": 1, "flip_rate": 1.0, "shift": -1.0, "excess": 0.0},
        **{"control_flipped": 1, "control_flip_rate": 1.0, "control_shift": -1.0},
    },
)

SHIFTED: dict[str, tuple[Change, str]] = {
    "no shift along the vector": (lines(SHIFTS, lambda rows: rows.pop(0)), "no row of kind emotion for calm at 0.1"),
    "no random direction": (lines(SHIFTS, lambda rows: rows.pop(1)), "no row of kind random for calm at 0.1"),
    "one of another strength": (
        lines(SHIFTS, lambda rows: rows[1].update(strength=0.2)),
        "no row of kind random for calm at 0.1",
    ),
}


@pytest.mark.parametrize(("change", "said"), SHIFTED.values(), ids=SHIFTED)
def test_shifts_without_what_they_are_compared_with_are_left_out(change: Change, said: str, tmp_path: Path) -> None:
    record, files = steering()
    assert left_out(tmp_path, record, change(files)) == f"{SHIFTS}: kind: {said}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"blocks": ()}, "blocks: blocks from 0 to 0 are needed, in their order (found [])"),
        ({"blocks": (3,)}, "blocks: blocks from 0 to 0 are needed, in their order (found [3])"),
        ({"mean_norms": ()}, "mean_norms: 0 values for 1 blocks"),
    ],
)
def test_steered_blocks_that_do_not_fit_are_left_out(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    record, files = steering()
    assert record.result is not None
    record = replace(record, result=replace(record.result, **changes))
    assert left_out(tmp_path, record, files) == f"{RUN_FILE}: {said}"


def facets(name: str, **changes: Any) -> dict[str, Any]:
    """Changes to one facet of a record."""
    found = behaviour()[0].result
    assert found is not None
    changed = replace(getattr(found.metrics, name), **changes)
    return {"result": BehaviourResult(replace(found.metrics, **{name: changed}))}


FACETS: dict[str, tuple[dict[str, Any], str]] = {
    "more passed than there are": (facets("stance", capability=Passed(11, 10)), "stance.capability: 11 of 10 passed"),
    "fewer than none passed": (facets("format", capability=Passed(-1, 5)), "format.capability: -1 of 5 passed"),
    "no capability items": (facets("format", capability=Passed(0, 0)), "format.capability: 0 of 0 passed"),
    "a negative number of items": (facets("stance", n_items=-1), "stance.n_items: a count below 0 (found -1)"),
    "another number of items": (facets("format", n_items=2), f"format.n_items: 2, and {ITEMS} has 1"),
    "no number of items": (facets("format", n_items=None), f"format.n_items: None, and {ITEMS} has 1"),
    "a number missing": (facets("format", numbers={"met": 1, "constraints": 1}), "format.compliance: Field required"),
    "no number": (
        facets("stance", given=True, reason=None, n_items=0),
        "stance.asked: Field required",
    ),
    "no reason": (facets("stance", reason=None), "stance.reason: needed where there are no numbers, and only there"),
    "a reason too many": (facets("format", reason="no"), "format.reason: needed where there are no numbers"),
    "numbers of no items": (
        facets("stance", **{name: getattr(GIVEN, name) for name in ("given", "n_items", "reason", "numbers")}),
        f"stance.given: {ITEMS} has no items of it",
    ),
}


@pytest.mark.parametrize(("changes", "said"), FACETS.values(), ids=FACETS)
def test_facets_that_no_run_recorded_are_left_out(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert left_out(tmp_path, *behaviour(**changes)).startswith(f"{RUN_FILE}: metrics.{said}")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**FORMAT, "facet": [1]}, "facet: Input should be 'format' (found [1])"),
        ({**FORMAT, "facet": {}}, "facet: Input should be 'format' (found {})"),
        ({**FORMAT, "role": "capability"}, "passed: Field required"),
        ({**STANCE, "pressure": None}, "control: needed where pressure is given, and only there"),
        ({name: part for name, part in STANCE.items() if name != "pressure"}, "pressure: Field required"),
        ({name: part for name, part in STANCE.items() if name != "control"}, "control: Field required"),
        ({**STANCE, "control": {**COURSE, "log_odds": []}}, "control.log_odds: empty"),
    ],
)
def test_items_that_do_not_fit_are_left_out(row: dict[str, Any], said: str, tmp_path: Path) -> None:
    record, files = behaviour()
    assert left_out(tmp_path, record, {**files, ITEMS: json_lines([FORMAT, row])}) == f"{ITEMS}: line 2: {said}"


def test_a_facet_of_tasks_without_a_constraint_is_left_out(tmp_path: Path) -> None:
    record, files = behaviour()
    bare = {**files, ITEMS: json_lines([{**FORMAT, "constraints": {}, "met": {}}])}
    assert left_out(tmp_path, record, bare) == f"{ITEMS}: met: no constraint was set"


@pytest.mark.parametrize("rows", [[FORMAT, STANCE], [FORMAT, STANCE, {**STANCE, "pressure": None, "control": None}]])
def test_a_facet_with_all_of_its_numbers_is_read(rows: list[Any], tmp_path: Path) -> None:
    found = {name: getattr(GIVEN, name) for name in ("capability", "given", "n_items", "reason", "numbers")}
    record, files = behaviour(**facets("stance", **found))
    key = write(Store(tmp_path), record, {**files, ITEMS: json_lines(rows)})
    run = read_run(Store(tmp_path), key)
    assert isinstance(run, BehaviourRun)
    assert run.result.metrics.stance.given
