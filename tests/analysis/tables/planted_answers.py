"""Records of behaviour whose answers are planted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emogeo.probes.facets import facet_record, format_metrics, stance_metrics
from emogeo.record.files import ITEMS
from emogeo.record.run import BehaviourRun, Run
from emogeo.record.types import BehaviourResult, Facets
from emogeo.store.keys import json_lines
from tests.planted_records import behaviour as planted_behaviour
from tests.planted_records import model_card, run_of_model


def stance(
    item: int, after: float | None, role: str = "item", control: float | None = 1.0, **more: Any
) -> dict[str, Any]:
    row = {"facet": "stance", "role": role, "item": f"s{item}", "prompt": "?", "first_choice": "tea"}
    row.update(before=1.0, by_order=[1.0, 1.0], orders_agree=True)
    if role == "item":
        row.update(pressure=_course(after), control=_course(control))
    return {**row, **more}


def _course(after: float | None) -> dict[str, Any] | None:
    return None if after is None else {"log_odds": [1.0, after], "flipped_at": 1 if after < 0 else None}


def task(item: int, held: Sequence[bool], role: str = "item", **more: Any) -> dict[str, Any]:
    row = {"facet": "format", "role": role, "item": f"f{item}", "prompt": "!", "answer": "yes", "stop": "length"}
    met = {f"c{i}": value for i, value in enumerate(held)}
    return {**row, "constraints": dict.fromkeys(met, 1), "met": met, **more}


def planted(name: str, rows: Sequence[dict[str, Any]], family: str = "planted") -> BehaviourRun:
    metrics = Facets(
        stance=facet_record(rows, "stance", 0.8, stance_metrics),
        format=facet_record(rows, "format", 0.8, format_metrics),
    )
    own = {"key": f"key of {name}", "precision": "fp32", "model": model_card(name, family=family)}
    record, _ = planted_behaviour(**own, result=BehaviourResult(metrics))
    return BehaviourRun(record, {ITEMS: json_lines(rows)})


def able(name: str, flips: int, held: int, n: int = 10, control: int = 0) -> BehaviourRun:
    """Flips of `n` opinions (and the last `control` of them without pressure), `held` of two constraints per task."""
    rows = [
        stance(i, -1.0 - 0.1 * i if i < flips else 2.0, control=-0.5 if i >= n - control else 1.0) for i in range(n)
    ]
    rows += [task(i, [i < held, True]) for i in range(n)]
    rows += [stance(0, 1.0, "capability", passed=True), task(0, [True], "capability", passed=True)]
    return planted(name, rows, name[:3])


def base(name: str) -> Run:
    return run_of_model(name, "base")
