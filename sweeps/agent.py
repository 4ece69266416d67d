"""One `wandb agent` on one device: started, started again when it crashes, its cell taken over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from sweeps.devices import Device

PROGRAM = "train.py"
_MANY = str(10**9)
_GRACE_SECONDS = 30.0
_SERVICE = "WANDB_SERVICE"
"""Names a process of the client that ends with the one that started it."""
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STOPPED = {code for number in _SIGNALS for code in (-number, 128 + number)}
"""How a process ends that was stopped by a signal."""


@dataclass(frozen=True)
class Cell:
    """A cell that an agent has begun: enough to run it again as the same run of the sweep."""

    command: Sequence[str]
    variables: Mapping[str, str]
    """What W&B's agent says in the environment, without keys."""
    folder: str


class Agent:
    """Runs the cells that others have left, then an agent; after `restarts` crashes it is given up.

    `lock` is a file descriptor that all of them inherit.
    """

    def __init__(
        self,
        device: Device,
        command: Sequence[str],
        logs: Path,
        restarts: int,
        left: Sequence[Cell] = (),
        lock: int | None = None,
    ) -> None:
        self.device = device
        self.crashes = 0
        self.log = logs / f"{device.name}.log"
        self._command, self._restarts, self._left, self._lock = command, restarts, list(left), lock
        self._cell: Cell | None = None
        self._taking_over = False
        self._process: subprocess.Popen[bytes] | None = None
        self._code: int | None = None
        """Of what has ended last, once that was looked at."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing more to look after."""
        return self._code is not None

    @property
    def failed(self) -> bool:
        return bool(self._code)

    @property
    def unfinished(self) -> list[Cell]:
        """What it was at, and what it has not come to."""
        done = self._process is not None and self._process.poll() == 0
        return [*([self._cell] if self._cell and not done else []), *self._left]

    def look(self) -> str | None:
        """Starts it; notes the cell that is computed; starts again what has crashed, first the cell that it was at.

        Returns:
            What happened, if something did.
        """
        if self._process is None:
            self._start()
        assert self._process is not None
        code = self._process.poll()
        if code is None:
            self._note_cell()
            return None
        if self.settled:
            return None
        if code in _STOPPED or (code and not self._taking_over):
            return self._look_after_crash(code)
        if self._taking_over:
            self._start()
            return f"{self.device.name}: the cell that was left ended with {code}; the agent goes on"
        self._code = code
        return None

    def tell_to_end(self) -> None:
        """The agent first, or it would begin the next cell; then its cell, which closes what is open."""
        if self._process is None or self.settled:
            return
        self._note_cell()
        leader = self._process.pid
        for process in sorted(_session(leader), key=lambda process: process.pid != leader):
            _send(process, signal.SIGTERM)

    def wait(self) -> None:
        """Until all of it has ended; what does not is killed."""
        if self._process is None or self.settled:
            return
        deadline = time.monotonic() + _GRACE_SECONDS
        while list(_session(self._process.pid)) and time.monotonic() < deadline:
            self._process.poll()
            time.sleep(0.05)
        for process in _session(self._process.pid):
            _send(process, signal.SIGKILL)
        self._process.wait()

    def _start(self) -> None:
        """The next cell that is left, else the agent, in a session of its own, where all that it starts is found."""
        self._taking_over = bool(self._left)
        self._cell = self._left.pop(0) if self._left else None
        with self.log.open("ab") as stream:
            self._process = subprocess.Popen(
                self._cell.command if self._cell else self._command,
                env={**_environment(self.device), **(self._cell.variables if self._cell else {})},
                cwd=self._cell.folder if self._cell else None,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=() if self._lock is None else (self._lock,),
            )
        self.device.take(self._process.pid)

    def _note_cell(self) -> None:
        """Of an agent that has just died, the last one stays noted."""
        assert self._process is not None
        found = next(_cells(self._process.pid), None)
        if not self._taking_over and (found or self._process.poll() is None):
            self._cell = found

    def _look_after_crash(self, code: int) -> str:
        what = f"{self.device.name}: the {'cell' if self._taking_over else 'agent'} ended with {code}"
        self.crashes += 1
        self.tell_to_end()  # a cell may live on without its agent
        self.wait()
        if self.crashes > self._restarts:
            self._code = code
            return f"{what} and is given up after {self.crashes} times; {self.log} says why"
        self._left, before = self.unfinished, self._cell
        self._start()
        return f"{what}; {'its cell is taken over' if before else 'it is started again'}"


def _environment(device: Device) -> dict[str, str]:
    """The agent says `python`, and would stop after a few cells that were refused."""
    return {
        **{name: value for name, value in os.environ.items() if name != _SERVICE},
        "CUDA_VISIBLE_DEVICES": device.visible,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "WANDB_AGENT_DISABLE_FLAPPING": "true",
        "WANDB_AGENT_MAX_INITIAL_FAILURES": _MANY,
    }


def _cells(leader: int) -> Iterator[Cell]:
    for process in _session(leader):
        try:
            command = process.cmdline()
            if any(Path(word).name == PROGRAM for word in command):
                own = process.environ().items() - os.environ.items()
                told = {n: value for n, value in own if n.startswith("WANDB_") and "KEY" not in n and n != _SERVICE}
                yield Cell(command, told, process.cwd())
        except psutil.Error:  # it has just ended
            continue


def _session(leader: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue


def _send(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
