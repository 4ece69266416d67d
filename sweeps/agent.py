"""One `wandb agent` on one device: started, started again when it crashes, its run taken over."""

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
"""The variable that names a helper process of the W&B client, which ends with the process that started it."""
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STOPPED = {code for number in _SIGNALS for code in (-number, 128 + number)}
"""Exit codes of a process that was stopped by a signal."""


@dataclass(frozen=True)
class Begun:
    """A run of the sweep that an agent has begun: enough to do it again as the same one."""

    command: Sequence[str]
    variables: Mapping[str, str]
    """The variables that W&B's agent sets in the environment, without keys."""
    folder: str


class Agent:
    """Does the runs that others have left, then an agent; after `restarts` crashes it is given up.

    `lock` is a file descriptor that all of them inherit.
    """

    def __init__(
        self,
        device: Device,
        command: Sequence[str],
        logs: Path,
        restarts: int,
        left: Sequence[Begun] = (),
        lock: int | None = None,
    ) -> None:
        self.device = device
        self.crashes = 0
        self.log = logs / f"{device.name}.log"
        self._command, self._restarts, self._left, self._lock = command, restarts, list(left), lock
        self._run: Begun | None = None
        self._taking_over = False
        self._process: subprocess.Popen[bytes] | None = None
        self._code: int | None = None
        """The exit code of the process that ended last, once it was looked at."""

    @property
    def settled(self) -> bool:
        """Whether nothing is running and nothing is left to start."""
        return self._code is not None

    @property
    def failed(self) -> bool:
        return bool(self._code)

    @property
    def unfinished(self) -> list[Begun]:
        """Lists the run it was computing, and those it has not begun."""
        done = self._process is not None and self._process.poll() == 0
        return [*([self._run] if self._run and not done else []), *self._left]

    def look(self) -> str | None:
        """Starts the agent, notes the run in progress, and after a crash starts again, first with that run.

        Returns:
            A message, if something happened.
        """
        if self._process is None:
            self._start()
        assert self._process is not None
        code = self._process.poll()
        if code is None:
            self._note_run()
            return None
        if self.settled:
            return None
        if code in _STOPPED or (code and not self._taking_over):
            return self._look_after_crash(code)
        if self._taking_over:
            self._start()
            return f"{self.device.name}: the run that was left ended with {code}; the agent goes on"
        self._code = code
        return None

    def tell_to_end(self) -> None:
        """Signals the agent first, or it would begin the next run; then its run, which closes what is open."""
        if self._process is None or self.settled:
            return
        self._note_run()
        leader = self._process.pid
        for process in sorted(_session(leader), key=lambda process: process.pid != leader):
            _send(process, signal.SIGTERM)

    def wait(self) -> None:
        """Waits until all of its processes have ended; those that do not end are killed."""
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
        """Starts the next run that is left, else the agent, in a session of its own, so that its children are found."""
        self._taking_over = bool(self._left)
        self._run = self._left.pop(0) if self._left else None
        with self.log.open("ab") as stream, self.device.cores_taken():
            self._process = subprocess.Popen(
                self._run.command if self._run else self._command,
                env={**_environment(self.device), **(self._run.variables if self._run else {})},
                cwd=self._run.folder if self._run else None,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=() if self._lock is None else (self._lock,),
            )

    def _note_run(self) -> None:
        """Notes the run in progress; when the agent has just died, the last one stays noted."""
        assert self._process is not None
        found = next(_runs(self._process.pid), None)
        if not self._taking_over and (found or self._process.poll() is None):
            self._run = found

    def _look_after_crash(self, code: int) -> str:
        what = f"{self.device.name}: the {'run' if self._taking_over else 'agent'} ended with {code}"
        self.crashes += 1
        self.tell_to_end()  # a run may live on without its agent
        self.wait()
        if self.crashes > self._restarts:
            self._code = code
            return f"{what} and is given up after {self.crashes} times; {self.log} says why"
        self._left, before = self.unfinished, self._run
        self._start()
        return f"{what}; {'its run is taken over' if before else 'it is started again'}"


def _environment(device: Device) -> dict[str, str]:
    """Sets the environment in which the agent finds `python`, and does not give up after a few failed runs."""
    return {
        **{name: value for name, value in os.environ.items() if name != _SERVICE},
        "CUDA_VISIBLE_DEVICES": device.visible,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "WANDB_AGENT_DISABLE_FLAPPING": "true",
        "WANDB_AGENT_MAX_INITIAL_FAILURES": _MANY,
    }


def _runs(leader: int) -> Iterator[Begun]:
    for process in _session(leader):
        try:
            command = process.cmdline()
            if any(Path(word).name == PROGRAM for word in command):
                own = process.environ().items() - os.environ.items()
                variables = {
                    n: value for n, value in own if n.startswith("WANDB_") and "KEY" not in n and n != _SERVICE
                }
                yield Begun(command, variables, process.cwd())
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


if __name__ == "__main__":
    sys.exit("sweeps.agent is a part of sweeps.agents: type python -m sweeps.agents --help")
