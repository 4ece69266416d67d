"""A thread measures and records a run of a sweep, and hands it to W&B, while the texts of the next one are read."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from emogeo.entry import log_error
from emogeo.logs import handlers_here, logged_by_run, logged_to
from emogeo.runs.aside import computing_aside, has_room
from emogeo.runs.task import Rest


@contextmanager
def finished_beside() -> Iterator[None]:
    """Has `finish` in the block use a thread, and waits for it at the end.

    A run that fails so has logged why, and costs itself alone: the process ends with 1 when the block does.
    """
    _Current.finishing = own = _Finishing()
    with logged_by_run(), computing_aside():
        try:
            yield
        finally:
            own.wait()
            _Current.finishing = None
    if own.failed:
        sys.exit(1)


def finish(rest: Rest[object]) -> None:
    """Does what is left of a run: within `finished_beside`, a thread does it once it is through with the run before.

    States that the next run's would not fit beside are measured before it reads.

    Raises:
        Exception: whatever it raises, where it is done at once.
    """
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
        self._thread: threading.Thread | None = None

    def take(self, rest: Rest[object]) -> None:
        self.wait()
        self._thread = threading.Thread(target=self._do, args=(rest, handlers_here()), name="finishing a run")
        self._thread.start()

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _do(self, rest: Rest[object], handlers: Sequence[logging.Handler]) -> None:
        with logged_to(handlers):
            try:
                rest.do()
            except Exception as error:
                self.failed = True
                log_error(error)


class _Current:
    finishing: _Finishing | None = None
