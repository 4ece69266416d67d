"""A thread measures and records a run of a sweep, and hands it to W&B, while the texts of the next one are read."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from emogeo.entry import log_error
from emogeo.logs import handlers_here, logged_by_run, logged_to
from emogeo.models.unloading import finished_before_unloading
from emogeo.signals import Ended

if TYPE_CHECKING:  # imports what --help does without
    from emogeo.runs.task import Rest

log = logging.getLogger(__name__)


@contextmanager
def finished_beside() -> Iterator[None]:
    """Has `finish` in the block use a thread, and waits for it at the end.

    A run that fails so has logged why, and costs itself alone: the process ends with 1 when the block does.
    """
    from emogeo.runs.aside import computing_aside

    _Current.finishing = own = _Finishing()
    with logged_by_run(), computing_aside(), finished_before_unloading(own.wait):
        try:
            yield
        finally:
            _Current.finishing = None
            own.wait_at_end()
    if own.failed:
        sys.exit(1)


def finish(rest: Rest[object]) -> None:
    """Does what is left of a run: within `finished_beside`, a thread does it once it is through with the run before.

    States that the next run's would not fit beside are measured before it reads.

    Raises:
        Exception: whatever it raises, where it is done at once.
    """
    from emogeo.runs.aside import has_room

    if _Current.finishing is None:
        rest.do()
        return
    _Current.finishing.take(rest)
    if not has_room(rest.size):
        _Current.finishing.wait()


def wait_for_finished() -> None:
    """Waits until all that `finish` was given is done, for a run that builds on others."""
    if _Current.finishing is not None:
        _Current.finishing.wait()


class _Finishing:
    """The thread, which has one run at a time."""

    def __init__(self) -> None:
        self.failed = False
        self._over = threading.Event()  # a thread whose `join` a signal has interrupted seems to have ended
        self._over.set()

    def take(self, rest: Rest[object]) -> None:
        """Begins to finish a run once the one before is, also where a signal has ended that wait."""
        try:
            self.wait()
        finally:
            self._over.clear()
            try:
                threading.Thread(target=self._do, args=(rest, handlers_here()), name="finishing a run").start()
            except RuntimeError:  # the system has no thread left
                self._do(rest, handlers_here())

    def wait(self) -> None:
        """Waits for the run; a signal ends the process only then.

        Raises:
            Ended: a signal came meanwhile.
        """
        try:
            self._over.wait()
        except Ended:
            self._over.wait()
            raise

    def wait_at_end(self) -> None:
        """Waits for the last run.

        Raises:
            Ended: a signal came meanwhile, which is said.
        """
        try:
            self.wait()
        except Ended as end:
            log.warning("%s", end)
            raise

    def _do(self, rest: Rest[object], handlers: Sequence[logging.Handler]) -> None:
        with logged_to(handlers):
            try:
                rest.do()
            except BaseException as error:  # a panic of a library in Rust is no Exception
                self.failed = True
                log_error(error, rest.title)
            finally:
                self._over.set()


class _Current:
    finishing: _Finishing | None = None
