"""Has things made by copies of this process, while this one makes others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, partial
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
    """Has some things made by copies of this process, one for each core but its own, and gives what waits for each.

    A copy shares the memory of this process until one of them writes to it, stands back behind it, and ends with the
    block. On one core, and on systems other than Linux, where a copy of a process is not safe to go on from, a thing is
    made when it is waited for.

    Args:
        steps: what makes each, by a name for errors. What it gives, or the error that it raises, is pickled.

    Raises:
        MachineError: from what waits: a copy was ended.
    """
    n = min(cores() - 1, len(steps)) if sys.platform == "linux" else 0
    if n < 1:
        yield dict(steps)
        return
    with ExitStack() as stack:
        names = list(steps)
        shares = [{name: steps[name] for name in names[first::n]} for first in range(n)]
        yield {name: wait for share in shares for name, wait in stack.enter_context(_begun(share)).items()}


@contextmanager
def _begun(steps: Mapping[str, Callable[[], V]]) -> Iterator[dict[str, Callable[[], V]]]:
    """Has things made by one copy, one after another; it gives all of them at its end."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_make, args=(theirs, steps), daemon=True)
    process.start()
    theirs.close()

    @cache
    def received() -> dict[str, tuple[V, Exception | None]]:
        try:
            return ours.recv()  # type: ignore[no-any-return]
        except EOFError as ended:
            raise MachineError(_ENDED.format(" and ".join(steps))) from ended

    def wait(name: str) -> V:
        made, error = received()[name]
        if error is not None:
            raise error
        return made

    try:
        yield {name: partial(wait, name) for name in steps}
    finally:
        process.kill()
        process.join()
        ours.close()


def _make(to: Connection, steps: Mapping[str, Callable[[], object]]) -> None:
    """Makes things, and leaves an interruption to the process that this is a copy of, with which it ends."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    to.send({name: _made(make) for name, make in steps.items()})


def _made(make: Callable[[], object]) -> tuple[object, Exception | None]:
    try:
        return make(), None
    except Exception as error:
        error.add_note(traceback.format_exc())
        return None, error
