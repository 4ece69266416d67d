"""Arrays of a file that are read a slice at a time, and what a file says beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from emogeo.errors import ImportedError

Key = tuple[str, ...]
"""Where an array is: names from outside to inside, those of a folder's files among them."""
Numbers = NDArray[np.floating[Any]]
LARGEST = 4 * 2**30
"""The most bytes that are read at once: one block of all texts."""


@dataclass(frozen=True)
class Stored:
    """An array whose numbers are still in its file."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    """What its numbers are once they are read."""
    read: Callable[[int | None, int], NDArray[Any]]
    """Reads the whole array where the axis is None, else what is at a place along an axis, without that axis."""

    def part(self, axis: int | None = None, place: int = 0) -> NDArray[Any]:
        """Reads the array, or what is at a place along one of its axes.

        Raises:
            ImportedError: more than 4 GiB at once.
        """
        kept = [size for at, size in enumerate(self.shape) if at != axis]
        size = math.prod(kept) * self.dtype.itemsize
        if size > LARGEST:
            raise ImportedError(
                f"An array of the shape {list(self.shape)} has {size / 2**30:,.1f} GiB a block, and at most "
                f"{LARGEST // 2**30} are read at once. If that is no mistake of the file, give fewer texts."
            )
        return self.read(axis, place)


@dataclass(frozen=True)
class Contents:
    """What a file or a folder holds, before it is known which array is what."""

    arrays: Mapping[Key, Stored]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of words by their names: labels, topics, texts."""
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Lists of whole numbers by their names: layers."""
    said: Mapping[str, str] = field(default_factory=dict)
    """Single values by their names, as text."""
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Raw:
    """Numbers that lie one after another in a file or in a stream of one."""

    opened: Callable[[], IO[bytes]]
    """Opens it; the stream can go forward."""
    offset: int
    """The byte of the first number."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    reversed: bool = False
    """Whether the first axis is the one whose numbers lie next to each other (Fortran's order)."""

    def read(self, axis: int | None, place: int) -> NDArray[Any]:
        """Reads as `Stored.read` says; only the numbers that are asked for are held in memory."""
        shape = self.shape[::-1] if self.reversed else self.shape
        if axis is not None and self.reversed:
            axis = len(shape) - 1 - axis
        shape = (1, *shape) if axis is None else shape
        part = self._slice(shape, axis or 0, place)
        return part.T if self.reversed else part

    def _slice(self, shape: tuple[int, ...], axis: int, place: int) -> NDArray[Any]:
        before, after = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
        step = after * self.dtype.itemsize
        out = np.empty((before, after), dtype=self.dtype)
        with self.opened() as stream:
            for row in range(before):
                stream.seek(self.offset + (row * shape[axis] + place) * step)
                _fill(stream, memoryview(out[row]).cast("B") if step else memoryview(b""))
        return out.reshape(*shape[:axis], *shape[axis + 1 :])


def _fill(stream: IO[bytes], target: memoryview) -> None:
    at = 0
    while at < len(target):
        got = stream.read(min(len(target) - at, 2**24))
        if not got:
            raise ImportedError("The file ends before its numbers do: it is broken, or was not copied whole.")
        target[at : at + len(got)] = got
        at += len(got)


def stored_whole(values: NDArray[Any]) -> Stored:
    """Gives an array that is in memory, or mapped into it."""

    def read(axis: int | None, place: int) -> NDArray[Any]:
        return np.array(values if axis is None else np.take(values, place, axis=axis))

    return Stored(values.shape, values.dtype, read)
