"""A process that computes what needs no model, while this one reads texts with it.

A thread would wait for this one, and this one for the thread, wherever either runs Python itself.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import psutil

from emogeo.errors import MachineError
from emogeo.signals import end_with_parent

log = logging.getLogger(__name__)
P = ParamSpec("P")
V = TypeVar("V")
_TRIES = 2
"""How often a function is given to a process that may be ended."""
_TIMES = 8
"""How many times as much memory as states have must be free: the next run reads, in three poolings, and has copies."""
_NICE = 5
"""How far the process stands back behind this one."""
_ENDED = (
    "The process that measures was ended by the system, perhaps for want of memory. What was read is in the store; the "
    "same command goes on from there."
)


@contextmanager
def computing_aside() -> Iterator[None]:
    """Has `aside` in the block use a process of its own, which is ended with the block.

    On Linux it is a copy of this process as it is now, which costs nothing before torch is imported. What it needs it
    imports when it is first asked. Where the system lets no such process start, `aside` does without.
    """
    _start("fork" if sys.platform == "linux" else "spawn")
    try:
        yield
    finally:
        process, _Current.process = _Current.process, None
        if process is not None:
            process.shutdown(cancel_futures=True)


def has_room(size: int) -> bool:
    """Whether there is room for some bytes of states once more, and for their copies, while others are read."""
    return bool(size * _TIMES <= psutil.virtual_memory().available)


def aside(size: int, function: Callable[P, V], *given: P.args, **named: P.kwargs) -> V:
    """Calls a function: within `computing_aside` in the process beside this one, which gets what it is given pickled.

    Args:
        size: bytes of what it is given; where there is no room for them, this process calls the function.

    Raises:
        MachineError: the process was ended twice, perhaps for want of memory.
        Exception: whatever the function raises.
    """
    for _ in range(_TRIES):
        if _Current.process is None or not has_room(size):
            return function(*given, **named)
        try:
            return _Current.process.submit(function, *given, **named).result()
        except BrokenProcessPool:
            _start("spawn")  # there are threads by now
    raise MachineError(_ENDED)


class _Current:
    process: ProcessPoolExecutor | None = None


def _start(how: str) -> None:
    """Starts the process; how is a method of multiprocessing."""
    try:
        process = ProcessPoolExecutor(1, multiprocessing.get_context(how), _stand_back)
        process.submit(os.getpid)  # starts it
    except (OSError, ImportError, NotImplementedError) as error:  # no semaphores, or no room for a process
        log.warning("No process measures beside this one (%s): this one measures.", error)
        _Current.process = None
    else:
        _Current.process = process


def _stand_back() -> None:
    """Leaves it to the process that has started this one to end it, however that one ends."""
    os.nice(_NICE)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_with_parent()
