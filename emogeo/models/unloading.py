"""Before a model goes to make room for another: a run that was read with it may still hold a part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class _Current:
    wait: Callable[[], None] | None = None


@contextmanager
def finished_before_unloading(wait: Callable[[], None]) -> Iterator[None]:
    """Has `wait` called before a model goes, within the block."""
    _Current.wait = wait
    try:
        yield
    finally:
        _Current.wait = None


def wait_for_holders() -> None:
    """Waits for whoever holds a part of a model."""
    if _Current.wait is not None:
        _Current.wait()
