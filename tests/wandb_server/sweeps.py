"""Sweeps: the server enumerates the parameters and hands a run to each agent that is free."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import yaml

from tests.wandb_server.projection import UnknownRequest
from tests.wandb_server.state import Agent, State, Sweep, new_id

_OPEN = {"PENDING", "RUNNING"}


def make_sweep(state: State, entity: str | None, project: str | None, config_yaml: str) -> Sweep:
    """A new sweep of `method: grid` or `method: random`.

    Raises:
        UnknownRequest: another method, or a parameter without values.
    """
    config = yaml.safe_load(config_yaml)
    method, parameters = config.get("method"), config.get("parameters") or {}
    if method not in {"grid", "random"}:
        raise UnknownRequest(f"sweep method {method}")
    choices = {name: _choices(name, parameter) for name, parameter in parameters.items()}
    grid = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
    home = state.make_project(config.get("entity") or entity, config.get("project") or project)
    sweep = Sweep(new_id(), home, config_yaml, grid if method == "grid" else None)
    home.sweeps[sweep.name] = sweep
    return sweep


def set_state(state: State, sweep_id: str, wanted: str) -> Sweep:
    """Stops, cancels, pauses or resumes a sweep.

    Raises:
        LookupError: no such sweep.
    """
    for project in state.projects.values():
        for sweep in project.sweeps.values():
            if sweep.id == sweep_id:
                sweep.state = wanted
                return sweep
    raise LookupError(f"sweep {sweep_id}")


def commands(state: State, agent: Agent, running: dict[str, bool]) -> list[dict[str, Any]]:
    """What an agent is to do next: a run if it has none, `exit` once there will be none.

    FINISHED lets runs end; CANCELED and a deleted sweep do not.
    """
    sweep = agent.sweep
    if sweep.state == "CANCELED":
        return [{"type": "exit"}]
    if any(running.values()) or sweep.state == "PAUSED":
        return []
    point = _next_point(sweep) if sweep.state in _OPEN else None
    if point is None:
        sweep.state = "FINISHED"
        return [{"type": "exit"}]
    sweep.state = "RUNNING"
    run = new_id()
    sweep.handed_out[run] = point
    program = yaml.safe_load(sweep.config_yaml).get("program")
    args = {name: {"value": value} for name, value in point.items()}
    return [{"type": "run", "run_id": run, "program": program, "args": args}]


def _next_point(sweep: Sweep) -> dict[str, Any] | None:
    config = yaml.safe_load(sweep.config_yaml)
    if len(sweep.handed_out) >= config.get("run_cap", float("inf")):
        return None
    if sweep.points is not None:
        left = sweep.points[len(sweep.handed_out) :]
        return left[0] if left else None
    return {name: random.choice(_choices(name, p)) for name, p in (config.get("parameters") or {}).items()}


def _choices(name: str, parameter: dict[str, Any]) -> list[Any]:
    if "value" in parameter:
        return [parameter["value"]]
    if "values" in parameter:
        return list(parameter["values"])
    if isinstance(parameter.get("min"), int) and isinstance(parameter.get("max"), int):
        return list(range(parameter["min"], parameter["max"] + 1))
    raise UnknownRequest(f"parameter {name}: {json.dumps(parameter)}")
