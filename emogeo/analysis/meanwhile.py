"""Has things made by copies of this process, while this one makes others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Generic, TypeVar, cast

from emogeo.errors import MachineError
from emogeo.machine import cores, give_memory_back
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

    Whoever has nothing to do takes the next thing that nobody has begun, this process too, once it waits. A copy shares
    the memory of this process until one of them writes to it, stands back behind it, and ends with the block. On one
    core, and on systems other than Linux, where a copy of a process is not safe to go on from, a thing is made when it
    is waited for.

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
        things = {name: _Thing(make, stack.enter_context(_token())) for name, make in steps.items()}
        shared = _Shared(things, [stack.enter_context(_copy(things)) for _ in range(n)])
        yield {name: partial(shared.wait, name) for name in steps}


@dataclass(frozen=True)
class _Thing(Generic[V]):
    """Something that is made by one of several processes."""

    make: Callable[[], V]
    token: int
    """A pipe with one byte in it: whoever reads that makes it."""

    def take(self) -> bool:
        """Takes it unless somebody has; says whether this process has it now."""
        return os.read(self.token, 1) != b""


@dataclass(frozen=True)
class _Shared(Generic[V]):
    """Things that this process and its copies make."""

    things: Mapping[str, _Thing[V]]
    copies: list[Connection]
    """Those that have not yet given all that they have made."""
    made: dict[str, tuple[V | None, Exception | None]] = field(default_factory=dict)

    def wait(self, name: str) -> V:
        """Makes what nobody has begun, the last first, and gives one thing once it is made."""
        for other, thing in reversed(list(self.things.items())):
            if name not in self.made and thing.take():
                self.made[other] = _made(thing.make)
        while name not in self.made:
            self._receive()
        found, error = self.made[name]
        if error is not None:
            raise error
        return cast(V, found)

    def _receive(self) -> None:
        """Receives one thing of each copy that has finished, until it has given all."""
        if not self.copies:
            missing = [name for name in self.things if name not in self.made]
            raise MachineError(_ENDED.format(" or ".join(missing)))
        ready = connection.wait(self.copies)
        for copy in [own for own in self.copies if own in ready]:
            try:
                name, found, error = copy.recv()
            except (EOFError, OSError):
                self.copies.remove(copy)
            else:
                self.made[name] = (found, error)


@contextmanager
def _token() -> Iterator[int]:
    """Gives a pipe with one byte in it, for processes that have the same."""
    to_read, to_write = os.pipe()
    os.write(to_write, b"1")
    os.close(to_write)
    try:
        yield to_read
    finally:
        os.close(to_read)


@contextmanager
def _copy(things: Mapping[str, _Thing[V]]) -> Iterator[Connection]:
    """Begins a copy of this process, which gives all that it has made at its end."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_make, args=(theirs, things), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.kill()
        process.join()
        ours.close()


def _make(to: Connection, things: Mapping[str, _Thing[V]]) -> None:
    """Makes things, and leaves an interruption to the process that this is a copy of, with which it ends."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    made = [(name, *_made(thing.make)) for name, thing in things.items() if thing.take()]
    for name, found, error in made:
        if error is not None:
            error.add_note("".join(traceback.format_exception(error)))
        try:
            to.send((name, found, error))
        except OSError:
            raise
        except Exception as fault:  # of pickle, before anything is sent
            to.send((name, None, TypeError(f"What was made for {name} cannot be pickled: {fault}")))


def _made(make: Callable[[], V]) -> tuple[V | None, Exception | None]:
    try:
        return make(), None
    except Exception as error:
        return None, error
    finally:
        give_memory_back()
