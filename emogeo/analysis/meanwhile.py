"""Has things made by copies of this process, while this one makes others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

from emogeo.errors import MachineError
from emogeo.machine import cores
from emogeo.signals import end_with_parent

V = TypeVar("V")
_NICE = 5
"""How far a copy stands back: before the processes that draw, which take what is left."""
_ENDED = (
    "A process that made {} was ended by the system, perhaps for want of memory. taskset -c 0 before the same command "
    "makes one table after another."
)


@contextmanager
def meanwhile(steps: Mapping[str, Callable[[], V]]) -> Iterator[dict[str, Callable[[], V]]]:
    """Has each of some things made by a copy of this process, and gives what waits for it.

    A copy shares the memory of this process until one of them writes to it, stands back behind it, and ends with the
    block. On one core, and on systems other than Linux, where a copy of a process is not safe to go on from, a thing is
    made when it is waited for.

    Args:
        steps: what makes each, by a name for errors. What it gives, or the error that it raises, is pickled.

    Raises:
        MachineError: from what waits: a copy was ended.
    """
    if sys.platform != "linux" or cores() < 2:
        yield dict(steps)
        return
    with ExitStack() as stack:
        yield {name: stack.enter_context(_begun(name, make)) for name, make in steps.items()}


@contextmanager
def _begun(name: str, make: Callable[[], V]) -> Iterator[Callable[[], V]]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_make, args=(theirs, make), daemon=True)
    process.start()
    theirs.close()

    def wait() -> V:
        try:
            made, error = ours.recv()
        except EOFError as ended:
            raise MachineError(_ENDED.format(name)) from ended
        if error is not None:
            raise error
        return made  # type: ignore[no-any-return]

    try:
        yield wait
    finally:
        process.kill()
        process.join()
        ours.close()


def _make(to: Connection, make: Callable[[], object]) -> None:
    """Makes a thing, and leaves an interruption to the process that this is a copy of, with which it ends."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    try:
        result: tuple[object, Exception | None] = (make(), None)
    except Exception as error:
        error.add_note(traceback.format_exc())
        result = (None, error)
    to.send(result)
