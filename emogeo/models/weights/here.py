"""Whether weights may be fetched or converted, or only those that are here already are to be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from emogeo.errors import NotHereError

_ONLY_HERE: ContextVar[bool] = ContextVar("only_here", default=False)


@contextmanager
def only_what_is_here() -> Iterator[None]:
    """Has weights that would have to be fetched or converted refused, and the hub not asked."""
    before = _ONLY_HERE.set(True)
    try:
        yield
    finally:
        _ONLY_HERE.reset(before)


def fetches() -> bool:
    """Whether weights may be fetched and converted."""
    return not _ONLY_HERE.get()


def refuse_fetching(what: str) -> None:
    """Refuses to fetch or convert weights where only those that are here are wanted.

    Args:
        what: names what would be fetched or made.

    Raises:
        NotHereError: that.
    """
    if not fetches():
        raise NotHereError(f"{what} is not here yet.")
