"""Places of the entries above the diagonal of a square matrix, row by row."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows and columns."""


_KEPT = 400
"""The largest matrix whose places are kept: they take up to 1.3 MB."""


def above(n: int, diagonal: bool = False) -> Places:
    """Gives the rows and columns of the entries above the diagonal of an n x n matrix, which cannot be written to.

    Args:
        diagonal: whether to give those on the diagonal, too.
    """
    return _kept(n, diagonal) if n <= _KEPT else _places(n, diagonal)


def _places(n: int, diagonal: bool) -> Places:
    rows, columns = np.triu_indices(n, k=0 if diagonal else 1)
    for places in (rows, columns):
        places.setflags(write=False)
    return rows, columns


_kept = lru_cache(maxsize=64)(_places)
