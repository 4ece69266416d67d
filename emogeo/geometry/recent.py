"""What was made last is kept, up to a size; what was made before is made again when it is asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

V = TypeVar("V")


class Recent:
    """Keeps values of the owners that were asked for last."""

    def __init__(self, most: int) -> None:
        """Takes the largest sum of sizes that is kept; the last value is kept whatever its size."""
        self._most, self._size = most, 0
        self._kept: OrderedDict[tuple[int, Hashable], tuple[object, Any, int]] = OrderedDict()

    def of(self, owner: object, name: Hashable, make: Callable[[], V], size: Callable[[V], int]) -> V:
        """Gives a value of an owner, which is made if it is not among the last ones.

        Args:
            name: tells the values of one owner apart.
            size: that of a value.
        """
        key = (id(owner), name)  # the owner is kept with the value, so that no other has its id
        if key not in self._kept:
            value = make()
            self._kept[key] = (owner, value, size(value))
            self._size += self._kept[key][2]
        self._kept.move_to_end(key)
        while self._size > self._most and len(self._kept) > 1:
            self._size -= self._kept.popitem(last=False)[1][2]
        found: V = self._kept[key][1]
        return found
