"""What was made last is kept, up to a size; what was made before is made again when it is asked for.

A value goes with its owner: that it is kept does not keep the owner alive.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeAlias, TypeVar
from weakref import ref

V = TypeVar("V")
_Key: TypeAlias = tuple[int, Hashable]
"""The id of an owner, and the name of a value."""


class Recent:
    """Keeps values of the owners that were asked for last."""

    def __init__(self, most: int) -> None:
        """Takes the largest sum of sizes that is kept; the last value is kept whatever its size."""
        self._most, self._size = most, 0
        self._kept: OrderedDict[_Key, tuple[ref[object], Any, int]] = OrderedDict()

    def of(self, owner: object, name: Hashable, make: Callable[[], V], size: Callable[[V], int]) -> V:
        """Gives a value of an owner, which is made if it is not among the last ones.

        Args:
            name: tells the values of one owner apart.
            size: that of a value.
        """
        key = (id(owner), name)  # values go with their owner, so that a new one with its id finds none of them
        if key not in self._kept:
            value = make()
            self._kept[key] = (ref(owner, partial(_leave, ref(self), key)), value, size(value))
            self._size += self._kept[key][2]
        self._kept.move_to_end(key)
        found: V = self._kept[key][1]
        while self._size > self._most and len(self._kept) > 1:
            self._leave(next(iter(self._kept)))
        return found

    def _leave(self, key: _Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:  # held until its size is taken off: its end may be that of another owner
            self._size -= gone[2]


def _leave(recent: ref[Recent], key: _Key, _: ref[object]) -> None:
    """Takes a value away with its owner; what keeps the values is not kept alive for that."""
    if (kept := recent()) is not None:
        kept._leave(key)
