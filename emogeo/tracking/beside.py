"""A process that mirrors runs to W&B while this one computes the next: the client takes seconds for each of them.

The process is asked in lines of JSON, and answers in lines of JSON: what it logs, and which request is done.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.signals import Ended, end_cleanly

if TYPE_CHECKING:
    from emogeo.store.keys import Json
    from emogeo.store.store import Store

log = logging.getLogger(__name__)
_NICE = 5
"""How far the process stands back behind this one, which reads texts meanwhile."""
_DRAWING = ("emogeo.figures.curves", "emogeo.figures.matrices")
"""What the process imports before the first run is there."""


def check_tracking(tracking: TrackingConfig, store: Store) -> None:
    """Says before anything is computed that W&B is not there, where it is to have the record.

    Within `mirrored_beside`, the process is started, which says so while this one goes on.
    """
    from emogeo.tracking import mirror

    if not _asked(tracking, store, "check", None):
        mirror.check_tracking(tracking, store)


def track_run(tracking: TrackingConfig, store: Store, key: str, anew: bool = True) -> None:
    """Mirrors a record to W&B; within `mirrored_beside`, the process does it while this one goes on.

    Args:
        anew: also where it has been mirrored by then, by another process, say.
    """
    from emogeo.tracking import mirror

    if not _asked(tracking, store, "track" if anew else "track once", key):
        mirror.track_run(tracking, store, key)


@contextmanager
def mirrored_beside() -> Iterator[None]:
    """Has all that is recorded in the block mirrored by a process beside this one, and waits for it at the end.

    The process is started when the first run is to be computed. A signal ends it, too: it closes the run that it is at.
    """
    _Current.mirroring = mirroring = _Mirroring()
    try:
        yield
        mirroring.finish()
    except Ended:
        mirroring.stop()
        raise
    except BaseException:
        mirroring.finish()
        raise
    finally:
        _Current.mirroring = None


class _Current:
    mirroring: _Mirroring | None = None


def _asked(tracking: TrackingConfig, store: Store, what: str, key: str | None) -> bool:
    """Asks the process for something; False where there is none, or nothing to do in one."""
    from emogeo.tracking.client import turned_off

    if _Current.mirroring is None or tracking.mode is TrackingMode.disabled or turned_off():
        return False
    return _Current.mirroring.ask(_Request(what, tracking, str(store.path), key))


@dataclass(frozen=True)
class _Request:
    what: str
    """check, track, or track once."""
    tracking: TrackingConfig
    store: str
    key: str | None

    @property
    def line(self) -> str:
        from emogeo.record.json import plain

        return json.dumps({**plain(self), "folder": str(Path.cwd())}) + "\n"


@dataclass
class _Mirroring:
    """The process as it is asked: what it logs goes where the log of its run goes."""

    process: subprocess.Popen[str] | None = None
    listener: threading.Thread | None = None
    waiting: dict[int, tuple[_Request, list[logging.Handler]]] = field(default_factory=dict)
    """Requests that are not done, with the handlers of logs when they were made."""
    asked: int = 0

    def ask(self, request: _Request) -> bool:
        """Asks for something; False where the process could not be started, or has ended."""
        try:
            process = self.process or self._start()
            assert process.stdin is not None
            self.asked += 1
            self.waiting[self.asked] = (request, list(logging.getLogger().handlers))
            process.stdin.write(request.line)
            process.stdin.flush()
        except OSError as error:
            self.waiting.pop(self.asked, None)
            log.warning("no process beside this one for W&B (%s)", error.strerror)
            return False
        return True

    def finish(self) -> None:
        """Waits until all runs are mirrored."""
        runs = sum(request.key is not None for request, _ in self.waiting.values())
        if self.process is None or not runs:
            self.stop()  # a run that ended with an error does not wait for what would have shown it
            return
        if runs > 1:
            log.info("W&B: %d more runs are being written", runs)
        try:
            self._wait()
        except Ended:
            self.stop()
            raise
        lost = [request.key for request, _ in self.waiting.values() if request.key is not None]
        if lost:
            log.warning(
                "The process that mirrors runs was ended, perhaps for want of memory: W&B lacks %s. Nothing computed "
                "is lost. The same command again sends what is missing.",
                ", ".join(key[:12] for key in lost),
            )

    def stop(self) -> None:
        """Ends the process, which closes the run that it is at."""
        if self.process is not None:
            self.process.terminate()
            self._wait()

    def _start(self) -> subprocess.Popen[str]:
        # a group of its own, which Ctrl-C does not reach: this process tells it
        self.process = subprocess.Popen(
            command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", process_group=0
        )
        self.listener = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        self.listener.start()
        return self.process

    def _wait(self) -> None:
        assert self.process is not None and self.process.stdin is not None and self.listener is not None
        with suppress(OSError):  # it has ended
            self.process.stdin.close()
        self.listener.join()
        self.process.wait()

    def _listen(self, answers: TextIO) -> None:
        for line in answers:
            said = json.loads(line)
            if "done" in said:
                del self.waiting[said["done"]]
            else:
                _log(said, self.waiting[said["request"]][1])


def command() -> list[str]:
    """Gives what starts the process, which finds modules where this one does."""
    return [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path}; from {__name__} import main; main()"]


def _log(said: Json, handlers: list[logging.Handler]) -> None:
    record = logging.makeLogRecord({name: said[name] for name in ("name", "levelno", "levelname", "msg")})
    if logging.getLogger(record.name).isEnabledFor(record.levelno):
        for handler in handlers:
            handler.handle(record)


class _Telling(logging.Handler):
    """Sends what is logged to the process that has asked."""

    def __init__(self, tell: Callable[[Json], None]) -> None:
        super().__init__()
        self._tell = tell
        self.request = 0

    def emit(self, record: logging.LogRecord) -> None:
        own = {"name": record.name, "levelno": record.levelno, "levelname": record.levelname}
        self._tell({**own, "msg": record.getMessage(), "request": self.request})


def _answer(requests: TextIO, tell: Callable[[Json], None]) -> None:
    """Does what is asked, in turn, until there is nothing more."""
    telling = _Telling(tell)
    logging.basicConfig(level=logging.WARNING, handlers=[telling])
    logging.getLogger("emogeo").setLevel(logging.INFO)
    for number, line in enumerate(requests, start=1):
        telling.request = number
        try:
            _do(json.loads(line))
        except Exception as error:  # a fault of ours or of a library; the next run may do without it
            log.warning("W&B does not have the run: %s: %s. Nothing computed is lost.", type(error).__name__, error)
        tell({"done": number})


def _do(asked: Json) -> None:
    from emogeo.locks import held
    from emogeo.record.json import row_of
    from emogeo.store.store import RUNS, Store
    from emogeo.tracking import mirror

    os.chdir(asked["folder"])
    tracking, store = row_of(TrackingConfig, asked["tracking"], "tracking"), Store(asked["store"])
    if asked["what"] == "check":
        mirror.check_tracking(tracking, store)
        for name in _DRAWING:
            importlib.import_module(name)
        return
    with held(store.lock_file(RUNS, asked["key"])):  # until then, the process that has asked holds it
        if asked["what"] == "track" or not mirror.tracked(tracking, store, asked["key"]):
            mirror.track_run(tracking, store, asked["key"])


def main() -> None:
    """Answers on what standard output was; what libraries print goes to standard error."""
    end_cleanly()
    os.nice(_NICE)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(said: Json) -> None:
        with suppress(BrokenPipeError):  # whoever asked was killed; what it has asked for is done all the same
            os.write(answers, json.dumps(said).encode() + b"\n")

    _answer(sys.stdin, tell)
