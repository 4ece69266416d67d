"""Where a run's words go: into the log of its own, also when a thread says them while the next run has begun."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class _Thread(threading.local):
    handlers: Sequence[logging.Handler] | None = None


_THREAD = _Thread()


def handlers_here() -> list[logging.Handler]:
    """Gives the handlers of the run that this thread is at."""
    return list(logging.getLogger().handlers if _THREAD.handlers is None else _THREAD.handlers)


@contextmanager
def logged_to(handlers: Sequence[logging.Handler]) -> Iterator[None]:
    """Has what this thread logs in the block go to some handlers instead of the root's, within `logged_by_run`."""
    _THREAD.handlers = handlers
    try:
        yield
    finally:
        _THREAD.handlers = None


@contextmanager
def logged_by_run() -> Iterator[None]:
    """Lets threads in the block log as `logged_to` says, whatever handlers Hydra sets up for the next run meanwhile.

    Hydra sets up the loggers and their handlers anew for each run, so handlers of a logger would not do.
    """
    usual = logging.Logger.callHandlers

    def call(logger: logging.Logger, record: logging.LogRecord) -> None:
        if _THREAD.handlers is None:
            usual(logger, record)
            return
        own: logging.Logger | None = logger
        while own is not None and own is not logging.root:
            passed(record, own.handlers)
            own = own.parent if own.propagate else None
        if own is not None:
            passed(record, _THREAD.handlers)

    logging.Logger.callHandlers = call  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        logging.Logger.callHandlers = usual  # type: ignore[method-assign]


def passed(record: logging.LogRecord, handlers: Sequence[logging.Handler]) -> None:
    """Passes a record to those handlers whose level it reaches."""
    for handler in handlers:
        if record.levelno >= handler.level:
            handler.handle(record)
