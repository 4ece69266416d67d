"""Starts a W&B agent on every GPU and keeps them going: `python -m sweeps.agents SWEEP_ID --gpus 0,1,2,3`.

An agent that crashes is started again, after the cell that it was at. Ctrl-C and SIGTERM stop all of them; the same
command goes on, first with the cells that were stopped, which W&B would not give out again.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from emogeo.signals import Ended, end_cleanly
from sweeps.agent import Agent, Cell
from sweeps.devices import DevicesError, parse_devices

LEFT = "left.json"
"""Cells that were begun and not finished, beside the logs."""
_POLL_SECONDS = 0.5
_PROGRESS_SECONDS = 10.0
PROJECT = "emogeo"
"""Of the sweeps in this folder."""
_SWEEP = re.compile(r"(?:(?P<entity>[^/\s]+)/(?P<project>[^/\s]+)/)?(?P<id>[\w-]+)")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        devices = parse_devices(asked.gpus)
        path = _full_path(asked.sweep)
        progress = progress_of(path)
    except (DevicesError, LookupError) as error:
        print(f"sweeps.agents: {error}", file=sys.stderr)
        return 1
    logs = Path("agents") / path.rpartition("/")[2]
    logs.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "wandb", "agent", path]
    print(f"{len(devices)} agents of {path}; what they say is in {logs}/", flush=True)
    left, n = _left(logs / LEFT), len(devices)
    end_cleanly()
    agents = [Agent(device, command, logs, asked.restarts, left[i::n]) for i, device in enumerate(devices)]
    try:
        return supervise(agents, progress)
    except Ended as end:
        print(f"sweeps.agents: {end}", file=sys.stderr)
        return end.exit_code
    finally:
        cells = [asdict(cell) for agent in agents for cell in agent.unfinished]
        (logs / LEFT).write_text(json.dumps(cells, indent=1) + "\n")


def _left(file: Path) -> list[Cell]:
    """Cells that were stopped before; from here on they are the agents'."""
    return [Cell(**cell) for cell in json.loads(file.read_text())] if file.exists() else []


def supervise(agents: Sequence[Agent], progress: Callable[[], str]) -> int:
    """Looks after the agents until none is left; ends all of them when it is ended itself.

    Returns:
        1 if an agent was given up, else 0.
    """
    shown, due = "", 0.0
    try:
        while True:
            for agent in agents:
                _tell(agent.look())
            if not any(agent.running for agent in agents):
                break
            if time.monotonic() >= due:
                shown, due = _show(progress(), shown), time.monotonic() + _PROGRESS_SECONDS
            time.sleep(_POLL_SECONDS)
    finally:
        for agent in agents:
            agent.tell_to_end()
        for agent in agents:
            agent.wait()
    _show(progress(), shown)
    return int(any(agent.failed for agent in agents))


def progress_of(path: str) -> Callable[[], str]:
    """What counts a sweep's runs by their state.

    Raises:
        LookupError: no such sweep, or no W&B that could be asked.
    """
    import wandb

    try:
        sweep = wandb.Api(timeout=20).sweep(path)
    except (wandb.Error, ValueError, TypeError) as error:
        raise LookupError(
            f"W&B has no sweep {path} ({error}). `wandb sweep sweeps/STUDY.yaml` makes one and prints its path."
        ) from error

    def counted() -> str:
        try:
            states = Counter(run.state for run in wandb.Api(timeout=20).sweep(path).runs)
        except (wandb.Error, ValueError, TypeError) as error:
            return f"W&B does not answer ({type(error).__name__}); the agents go on"
        listed = ", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "none yet"
        return f"{path}: {listed}; of {sweep.expected_run_count or 'as many as wanted'} cells"

    return counted


def _full_path(typed: str) -> str:
    """ENTITY/PROJECT/ID; what is left out is as W&B's settings have it.

    Raises:
        LookupError: something else.
    """
    found = _SWEEP.fullmatch(typed)
    if found is None:
        raise LookupError(f"{typed} is no sweep: type ENTITY/PROJECT/ID, as `wandb sweep` prints it.")
    if found["entity"]:
        return typed
    import wandb

    api = wandb.Api(timeout=20)
    return f"{api.default_entity}/{api.settings['project'] or PROJECT}/{typed}"


def _parser() -> argparse.ArgumentParser:
    summary, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(prog="python -m sweeps.agents", description=summary, epilog=more.strip())
    parser.add_argument("sweep", metavar="SWEEP_ID", help="ENTITY/PROJECT/ID, as `wandb sweep` prints it, or ID alone")
    parser.add_argument(
        "--gpus", required=True, help="0,1,2,3: an agent on each; cpu:2: two agents, half the cores each"
    )
    parser.add_argument("--restarts", type=int, default=3, help="of an agent that crashes (default: 3)")
    return parser


def _show(line: str, shown: str) -> str:
    if line != shown:
        print(line, flush=True)
    return line


def _tell(happened: str | None) -> None:
    if happened:
        print(happened, flush=True)


if __name__ == "__main__":
    sys.exit(main())
