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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import TrackingError
from emogeo.logs import handlers_here, passed
from emogeo.machine import look_for_cycles_seldom
from emogeo.signals import Ended, end_cleanly

if TYPE_CHECKING:
    from emogeo.store.keys import Json
    from emogeo.store.store import Store

log = logging.getLogger(__name__)
_HERE = threading.Lock()
"""Held by the thread of this process that mirrors a run itself: W&B has one run at a time."""
_NICE = 5
"""How far the process stands back behind this one, which reads texts meanwhile."""
_NEEDED = ("emogeo.figures.curves", "emogeo.figures.matrices", "pandas")
"""What mirroring a run imports, the client's part of it too: the process has it before the first run is there."""


def check_tracking(tracking: TrackingConfig, store: Store) -> None:
    """Says before anything is computed that W&B is not there, where it is to have the record.

    Within `mirrored_beside` the process is started, which says so; the first online run waits for that.

    Raises:
        TrackingError: see `emogeo.tracking.mirror.check_tracking`.
    """
    from emogeo.tracking import mirror

    number = _asked(_Request("check", tracking, store, None))
    if number is None:
        with _HERE:
            mirror.check_tracking(tracking, store)
    elif tracking.mode is TrackingMode.online:
        assert _Current.mirroring is not None
        _Current.mirroring.wait_for_server(number)


def track_run(tracking: TrackingConfig, store: Store, key: str, anew: bool = True) -> None:
    """Mirrors a record to W&B; within `mirrored_beside`, the process does it while this one goes on.

    Args:
        anew: whether it was recorded just now, so that what was mirrored of it before is of an earlier record.
    """
    from emogeo.tracking import mirror

    if _asked(_Request("track", tracking, store, key), anew) is None:
        with _HERE:
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


def _asked(request: _Request, anew: bool = False) -> int | None:
    """Asks the process for something, and gives the request's number; None where there is no process for it."""
    from emogeo.tracking import mirror
    from emogeo.tracking.client import turned_off

    if _Current.mirroring is None or request.tracking.mode is TrackingMode.disabled or turned_off():
        return None
    if anew and request.key is not None:
        with suppress(OSError):  # of a store that cannot be written, which mirroring will say
            mirror.mark_untracked(request.store, request.key)
    return _Current.mirroring.ask(request)


@dataclass(frozen=True)
class _Request:
    what: str
    """check or track."""
    tracking: TrackingConfig
    store: Store
    key: str | None

    @property
    def line(self) -> str:
        from emogeo.record.json import plain

        own = {"what": self.what, "tracking": plain(self.tracking), "store": str(self.store.path), "key": self.key}
        return json.dumps({**own, "folder": str(Path.cwd())}) + "\n"


@dataclass
class _Mirroring:
    """The process as it is asked: what it logs goes where the log of its run goes."""

    process: subprocess.Popen[str] | None = None
    waiting: dict[int, tuple[_Request, list[logging.Handler]]] = field(default_factory=dict)
    """Requests that are not done, with the handlers of logs when they were made."""
    refused: dict[int, str] = field(default_factory=dict)
    """Why a check ends its run, by its number."""
    news: threading.Condition = field(default_factory=threading.Condition)
    asking: threading.Lock = field(default_factory=threading.Lock)
    """Held by the thread that asks: one that finishes a run, or the one that reads the next."""
    asked: int = 0
    lost: bool = False
    """Whether the process could not be started, or has ended."""
    heard: threading.Event = field(default_factory=threading.Event)
    """Set once the process has said its last word."""
    told: bool = False
    """Whether that was said."""
    checked: bool = False
    """Whether an online run has asked for the server."""

    def ask(self, request: _Request) -> int | None:
        """Asks for something, and gives the request's number; None where the process is lost."""
        with self.asking:
            try:
                return None if self.lost else self._send(request)
            except OSError:
                self.waiting.pop(self.asked, None)
                self.lost = True
                return None
            finally:
                if self.lost and not self.told:
                    self.told = True
                    log.warning("There is no process beside this one for W&B any more: this one mirrors runs.")

    def _send(self, request: _Request) -> int:
        process = self.process or self._start()
        assert process.stdin is not None
        self.asked += 1
        self.waiting[self.asked] = (request, handlers_here())
        process.stdin.write(request.line)
        process.stdin.flush()
        return self.asked

    def wait_for(self, number: int) -> None:
        """Waits until a request is done.

        Raises:
            TrackingError: what was wrong with it.
        """
        with self.news:
            self.news.wait_for(lambda: number not in self.waiting or self.lost)
        if number in self.refused:
            raise TrackingError(self.refused[number])

    def wait_for_server(self, number: int) -> None:
        """Waits until a check is done, if it is the first that asks a server.

        Raises:
            TrackingError: see `wait_for`.
        """
        if not self.checked:
            self.checked = True
            self.wait_for(number)

    def finish(self) -> None:
        """Waits until all runs are mirrored."""
        runs = len(self._runs())
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
        self._say("The process that mirrors runs was ended, perhaps for want of memory")

    def stop(self) -> None:
        """Ends the process, which closes the run that it is at."""
        if self.process is not None:
            self.process.terminate()
            self._wait()
            self._say("Ended")

    def _say(self, why: str) -> None:
        """Says which runs have not been mirrored."""
        runs = self._runs()
        if runs:
            what = "%s: W&B lacks %s. Nothing computed is lost, and the same command again sends what is missing."
            log.warning(what, why, ", ".join(key[:12] for key in runs))

    def _runs(self) -> list[str]:
        return [request.key for request, _ in list(self.waiting.values()) if request.key is not None]

    def _start(self) -> subprocess.Popen[str]:
        # a group of its own, which Ctrl-C does not reach: this process tells it
        self.process = subprocess.Popen(
            command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", process_group=0
        )
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()
        return self.process

    def _wait(self) -> None:
        assert self.process is not None and self.process.stdin is not None
        with suppress(OSError):  # it has ended
            self.process.stdin.close()
        self.heard.wait()  # a thread whose `join` a signal has interrupted seems to have ended
        self.process.wait()

    def _listen(self, answers: TextIO) -> None:
        for line in answers:
            with suppress(ValueError):  # a line that was cut off when the process was killed
                self._hear(json.loads(line))
        with self.news:
            self.lost = True
            self.news.notify_all()
        self.heard.set()

    def _hear(self, said: Json) -> None:
        if "done" not in said:
            _, handlers = self.waiting.get(said["request"], (None, logging.getLogger().handlers))
            _log(said, handlers)
            return
        with self.news:
            if said["refused"] is not None:
                self.refused[said["done"]] = said["refused"]
            self.waiting.pop(said["done"], None)
            self.news.notify_all()


def command() -> list[str]:
    """Gives what starts the process, which finds modules where this one does."""
    return [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path}; from {__name__} import main; main()"]


def _log(said: Json, handlers: list[logging.Handler]) -> None:
    record = logging.makeLogRecord({name: said[name] for name in ("name", "levelno", "levelname", "msg")})
    if logging.getLogger(record.name).isEnabledFor(record.levelno):
        passed(record, list(handlers))


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
        tell({"done": number, "refused": _done(json.loads(line))})


def _done(asked: Json) -> str | None:
    """Does what is asked; gives why a check ends the run. What keeps a record from W&B is said, and ends none."""
    from emogeo.record.json import row_of
    from emogeo.store.store import Store
    from emogeo.tracking import mirror

    os.chdir(asked["folder"])
    tracking, store = row_of(TrackingConfig, asked["tracking"], "tracking"), Store(asked["store"])
    try:
        if asked["what"] == "track":
            _track(tracking, store, asked["key"])
            return None
        mirror.check_tracking(tracking, store)
    except Exception as error:  # of the environment, of ours or of a library; the next run may do without it
        if asked["what"] == "check" and isinstance(error, TrackingError):
            return str(error)
        of = "what is computed now" if asked["key"] is None else asked["key"][:12]
        said, later = f"{type(error).__name__}: {error}", mirror.push_command(store)
        log.warning("W&B will not have %s: %s. Nothing computed is lost. %s", of, said, later)
        return None
    with suppress(Exception):  # it is said when a run is drawn and opened
        _make_ready()
    return None


def _make_ready() -> None:
    """Imports what mirroring needs, and starts the client's own process."""
    import wandb

    for name in _NEEDED:
        importlib.import_module(name)
    wandb.setup()


def _track(tracking: TrackingConfig, store: Store, key: str) -> None:
    """Mirrors a record unless another process has done so by then; a run of a W&B sweep always shows its record."""
    from emogeo.locks import held
    from emogeo.store.store import RUNS
    from emogeo.tracking import mirror

    with ExitStack() as stack:
        with suppress(OSError):  # of a store that cannot be written, which mirroring will say
            waiting = f"W&B: {key[:12]} is mirrored once another process is done with it"
            stack.enter_context(held(store.lock_file(RUNS, key), waiting))
        if "WANDB_SWEEP_ID" in os.environ or not mirror.tracked(tracking, store, key):
            mirror.track_run(tracking, store, key)


def main() -> None:
    """Answers on what standard output was; what libraries print goes to standard error."""
    end_cleanly()
    look_for_cycles_seldom()
    os.nice(_NICE)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(said: Json) -> None:
        with suppress(BrokenPipeError):  # whoever asked was killed; what it has asked for is done all the same
            os.write(answers, json.dumps(said).encode() + b"\n")

    _answer(sys.stdin, tell)
