"""Starts a W&B agent on every GPU and keeps them going: `python -m sweeps.agents SWEEP_ID --gpus 0,1,2,3`.

An agent that crashes is started again, after the run that it was at. Ctrl-C and SIGTERM stop all of them; the same
command goes on, first with the runs that were stopped, which W&B would not give out again.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from emogeo.errors import TrackingError
from emogeo.signals import Ended, end_cleanly
from emogeo.tracking.client import reason, sign_in
from sweeps.agent import Agent, Begun
from sweeps.devices import DevicesError, parse_devices

LEFT = "left.json"
"""The file, beside the logs, of runs that were begun and not finished."""
_POLL_SECONDS = 0.5
_PROGRESS_SECONDS = 10.0
PROJECT = "emogeo"
"""The project of the sweeps in this folder."""
_SWEEP = re.compile(r"(?:(?P<entity>[^/\s]+)/(?P<project>[^/\s]+)/)?(?P<id>[\w-]+)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        devices = parse_devices(asked.gpus)
        path = _full_path(asked.sweep)
        progress = progress_of(path)
        logs = Path("agents") / path.rpartition("/")[2] / re.sub(r"[^\w-]", "_", socket.gethostname())
        lock = alone(logs)
    except (DevicesError, LookupError) as error:
        print(f"sweeps.agents: {error}", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "wandb", "agent", path]
    print(f"{len(devices)} agents of {path}; what they say is in {logs}/", flush=True)
    left, n = Left(logs / LEFT), len(devices)
    runs = left.runs()
    end_cleanly()
    agents = [Agent(device, command, logs, asked.restarts, runs[i::n], lock) for i, device in enumerate(devices)]
    try:
        return supervise(agents, progress, left)
    except Ended as end:
        print(f"sweeps.agents: {end}", file=sys.stderr)
        return end.exit_code


def alone(folder: Path) -> int:
    """Makes the folder and a lock in it, which is held as long as this process or an agent lives.

    Returns:
        The file descriptor that agents inherit.

    Raises:
        LookupError: the lock is held.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise LookupError(
            f"agents of this sweep are at work on this machine ({folder}). End them first; one command starts all: "
            "--gpus 0,1,2,3"
        ) from error
    return lock


class Left:
    """The file of unfinished runs, always up to date: whatever ends this process, the next one goes on with them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: str | None = None

    def runs(self) -> list[Begun]:
        """Reads the unfinished runs of an earlier call; reports and leaves out those whose folder has gone."""
        runs = [Begun(**run) for run in json.loads(self._file.read_text())] if self._file.exists() else []
        for run in runs:
            if not Path(run.folder).is_dir():
                _tell(f"a run that was left cannot go on, {run.folder} is gone: {' '.join(run.command)}")
        return [run for run in runs if Path(run.folder).is_dir()]

    def keep(self, agents: Sequence[Agent]) -> None:
        """Notes the runs that the agents compute, and those that they have not begun."""
        text = json.dumps([asdict(run) for agent in agents for run in agent.unfinished], indent=1) + "\n"
        if text != self._kept:
            waiting = self._file.with_suffix(".tmp")
            waiting.write_text(text)
            waiting.replace(self._file)
            self._kept = text


def supervise(agents: Sequence[Agent], progress: Callable[[], str], left: Left) -> int:
    """Starts the agents and supervises them until none is left; ends all of them when it is ended itself.

    Returns:
        1 if an agent was given up, else 0.
    """
    shown, due = "", 0.0
    try:
        while not all(agent.settled for agent in agents):
            for agent in agents:
                _tell(agent.look())
            left.keep(agents)
            if time.monotonic() >= due:
                shown, due = _show(progress(), shown), time.monotonic() + _PROGRESS_SECONDS
            time.sleep(_POLL_SECONDS)
    finally:
        for agent in agents:
            agent.tell_to_end()
        left.keep(agents)
        for agent in agents:
            agent.wait()
        left.keep(agents)
    _show(progress(), shown)
    return int(any(agent.failed for agent in agents))


def progress_of(path: str) -> Callable[[], str]:
    """Gives a function that counts a sweep's runs by their state.

    Raises:
        LookupError: no such sweep, or no W&B that could be asked.
    """
    import wandb

    try:
        sign_in()
    except TrackingError as error:
        raise LookupError(str(error)) from error
    try:
        sweep = wandb.Api(timeout=20).sweep(path)
    except Exception as error:  # the client raises errors of many kinds
        raise LookupError(
            f"W&B has no sweep {path} ({reason(error)}). `wandb sweep sweeps/STUDY.yaml` makes one and prints its path."
        ) from error

    def counted() -> str:
        try:
            states = Counter(run.state for run in wandb.Api(timeout=20).sweep(path).runs)
        except Exception as error:
            return f"W&B does not answer ({type(error).__name__}); the agents go on"
        listed = ", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "none yet"
        return f"{path}: {listed}; of {sweep.expected_run_count or 'as many as wanted'} runs"

    return counted


def _full_path(typed: str) -> str:
    """Completes a sweep's path to ENTITY/PROJECT/ID; what is left out is as in W&B's settings.

    Raises:
        LookupError: something else, or no W&B that could be asked.
    """
    found = _SWEEP.fullmatch(typed)
    if found is None:
        raise LookupError(f"{typed} is no sweep: type ENTITY/PROJECT/ID, as `wandb sweep` prints it.")
    if found["entity"]:
        return typed
    try:
        api = sign_in()
    except TrackingError as error:
        raise LookupError(f"{error}. Or type ENTITY/PROJECT/{typed}.") from error
    return f"{api.default_entity}/{api.settings['project'] or PROJECT}/{typed}"


def _parser() -> argparse.ArgumentParser:
    summary, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(prog="python -m sweeps.agents", description=summary, epilog=more.strip())
    parser.add_argument("sweep", metavar="SWEEP_ID", help="ENTITY/PROJECT/ID, as `wandb sweep` prints it, or ID alone")
    parser.add_argument(
        "--gpus", required=True, help="0,1,2,3: an agent on each; cpu:2: two agents, half the cores each"
    )
    parser.add_argument("--restarts", type=_number, default=3, help="of an agent that crashes (default: 3)")
    return parser


def _number(typed: str) -> int:
    if not typed.isdecimal():
        raise argparse.ArgumentTypeError(f"{typed} is no number of restarts: type 0, 1, 2 or more")
    return int(typed)


def _show(line: str, shown: str) -> str:
    if line != shown:
        print(line, flush=True)
    return line


def _tell(happened: str | None) -> None:
    if happened:
        print(happened, flush=True)


if __name__ == "__main__":
    sys.exit(main())
