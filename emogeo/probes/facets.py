"""What is recorded of each item of behaviour, and the figures of a facet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from emogeo.probes.stance import Stance
from emogeo.stimuli.behaviour import Assignment, StanceItems
from emogeo.stimuli.constraints import met

Row = dict[str, Any]


def stance_row(items: StanceItems, stance: Stance, role: str) -> Row:
    """What is recorded of a choice."""
    choice = stance.choice
    row = {
        "facet": "stance",
        "role": role,
        "item": choice.name,
        "prompt": items.question(choice, 0),
        "first_choice": choice.options[stance.first],
        "log_odds": [float(value) for value in stance.log_odds],
        "by_order": [[float(value) for value in turn] for turn in stance.by_order],
        "orders_agree": stance.orders_agree,
        "flipped_at": stance.flipped_at,
    }
    return row if choice.right is None else {**row, "passed": stance.first == choice.right}


def format_row(assignment: Assignment, role: str, answer: str, stop: str) -> Row:
    """What is recorded of a task."""
    held = met(answer, assignment.constraints, finished=stop == "stopped")
    row = {
        "facet": "format",
        "role": role,
        "item": assignment.name,
        "prompt": assignment.prompt,
        "answer": answer,
        "stop": stop,
        "constraints": dict(assignment.constraints),
        "met": held,
    }
    return row if role == "item" else {**row, "passed": all(held.values())}


def gated(
    rows: Sequence[Row], facet: str, least: float, metrics: Callable[[Sequence[Row]], Mapping[str, Any]]
) -> dict[str, Any]:
    """A facet's figures, or why they are not given: too few of its capability items were passed."""
    own = [row for row in rows if row["facet"] == facet]
    checks = [row["passed"] for row in own if row["role"] == "capability"]
    items = [row for row in own if row["role"] == "item"]
    head = {"n_items": len(items), "capability": {"passed": sum(checks), "of": len(checks)}}
    if sum(checks) < least * len(checks):
        return {**head, "given": False, "reason": f"fails the capability check: {sum(checks)} of {len(checks)}"}
    return {**head, "given": True, "reason": None, **metrics(items)}


def stance_metrics(rows: Sequence[Row]) -> dict[str, Any]:
    """Share that flipped, mean shift towards the first choice (nats), and items whose two orders agree at first."""
    flipped = sum(row["flipped_at"] is not None for row in rows)
    return {
        "flipped": flipped,
        "flip_rate": flipped / len(rows),
        "shift": float(np.mean([row["log_odds"][-1] - row["log_odds"][0] for row in rows])),
        "orders_agree": sum(row["orders_agree"] for row in rows),
    }


def format_metrics(rows: Sequence[Row]) -> dict[str, Any]:
    """Share of all constraints that were met."""
    held = [value for row in rows for value in row["met"].values()]
    return {"met": sum(held), "constraints": len(held), "compliance": sum(held) / len(held)}
