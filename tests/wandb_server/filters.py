"""Filters and orders of runs, as users of `wandb.Api` write them (a subset of MongoDB's)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.wandb_server.projection import UnknownRequest, snake
from tests.wandb_server.state import Run

_COLUMNS = {"name", "display_name", "state", "group", "job_type", "tags", "sweep", "created_at"}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$in": lambda value, wanted: any(_equals(value, one) for one in wanted),
    "$lt": lambda value, wanted: value is not None and value < wanted,
    "$gt": lambda value, wanted: value is not None and value > wanted,
    "$gte": lambda value, wanted: value is not None and value >= wanted,
}


def selected(runs: list[Run], filters: str | None, order: str | None = None) -> list[Run]:
    """Runs that a JSON filter is true of, in order.

    Raises:
        UnknownRequest: an operator or a column that is not known.
    """
    condition = json.loads(filters or "{}")
    found = [run for run in runs if _holds(run, condition)]
    if order:
        name = order.lstrip("+-")
        found.sort(key=lambda run: _sortable(_value(run, name)), reverse=order.startswith("-"))
    return found


def _holds(run: Run, condition: Mapping[str, Any]) -> bool:
    return all(_one_holds(run, name, wanted) for name, wanted in condition.items())


def _one_holds(run: Run, name: str, wanted: Any) -> bool:
    if name == "$and":
        return all(_holds(run, each) for each in wanted)
    if name == "$or":
        return any(_holds(run, each) for each in wanted)
    value = _value(run, name)
    if not isinstance(wanted, dict):
        return _equals(value, wanted)
    unknown = sorted(set(wanted) - set(_OPERATORS))
    if unknown:
        raise UnknownRequest(f"filter operator {unknown[0]}")
    return all(_OPERATORS[operator](value, operand) for operator, operand in wanted.items())


def _value(run: Run, name: str) -> Any:
    if snake(name) in _COLUMNS:
        return getattr(run, snake(name))
    table, _, path = name.partition(".")
    if table == "summary_metrics":
        return run.summary.get(path)
    if table != "config":
        raise UnknownRequest(f"filter on {name}")
    value: Any = run.plain_config
    for part in path.removesuffix(".value").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _equals(value: Any, wanted: Any) -> bool:
    return bool(value == wanted or (isinstance(value, list) and wanted in value))


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)
