"""One `wandb agent` on one device: started, started again when it crashes, its cell taken over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from sweeps.devices import Device

PROGRAM = "train.py"
_MANY = str(10**9)
_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class CellProcess:
    """The cell that an agent is at, as a process that can be started again as the same run."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str


class Agent:
    """Restarts are counted; after `restarts` crashes the agent is given up."""

    def __init__(self, device: Device, command: Sequence[str], logs: Path, restarts: int) -> None:
        self.device = device
        self.crashes = 0
        self.log = logs / f"{device.name}.log"
        self._command, self._restarts = list(command), restarts
        self._cell: CellProcess | None = None
        self._taking_over = False
        self._process = self._start(self._command, {**os.environ, **_environment(device)}, None)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def failed(self) -> bool:
        return not self.running and self._process.returncode != 0

    def look(self) -> str | None:
        """Notes the cell that is computed; starts again what has crashed, first the cell that it was at.

        Returns:
            What happened, if something did.
        """
        cell = next(_cells(self._process.pid), None)
        if self.running:
            self._cell = self._cell if self._taking_over else cell
            return None
        if self._taking_over:
            return self._go_on()
        if self._process.returncode == 0 or self.crashes > self._restarts:
            return None
        self.crashes += 1
        self.end()
        what = f"{self.device.name}: the agent ended with {self._process.returncode}"
        if self.crashes > self._restarts:
            return f"{what} and is given up after {self.crashes} times; {self.log} says why"
        if self._cell is None:
            return f"{what}; {self._go_on()}"
        self._taking_over = True
        self._process = self._start(self._cell.command, self._cell.environment, self._cell.folder)
        return f"{what}; its cell is taken over"

    def tell_to_end(self) -> None:
        """The agent first, or it would begin the next cell; then its cell, which closes what is open."""
        for process in sorted(_session(self._process.pid), key=lambda process: process.pid != self._process.pid):
            _send(process, signal.SIGTERM)

    def end(self) -> None:
        """Waits for all of it to end, and in the end makes it."""
        self.tell_to_end()
        for process in psutil.wait_procs(list(_session(self._process.pid)), timeout=_GRACE_SECONDS)[1]:
            _send(process, signal.SIGKILL)
        self._process.wait()

    def _go_on(self) -> str:
        self._taking_over, self._cell = False, None
        self._process = self._start(self._command, {**os.environ, **_environment(self.device)}, None)
        return f"{self.device.name}: the agent is started again"

    def _start(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str | None
    ) -> subprocess.Popen[bytes]:
        """In a session of its own, so that all that it starts can be found and Ctrl-C reaches it only from here."""
        with self.log.open("ab") as stream:
            process = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.device.take(process.pid)
        return process


def _environment(device: Device) -> dict[str, str]:
    """The agent says `python`, and would stop after a few cells that were refused."""
    return {
        "CUDA_VISIBLE_DEVICES": device.visible,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "WANDB_AGENT_DISABLE_FLAPPING": "true",
        "WANDB_AGENT_MAX_INITIAL_FAILURES": _MANY,
    }


def _cells(agent: int) -> Iterator[CellProcess]:
    try:
        for child in psutil.Process(agent).children():
            command = child.cmdline()
            if any(Path(word).name == PROGRAM for word in command):
                yield CellProcess(tuple(command), child.environ(), child.cwd())
    except psutil.Error:  # it has just ended
        return


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
