"""Places of the entries above the diagonal of a square matrix, row by row."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows and columns."""


@lru_cache(maxsize=64)
def above(n: int, diagonal: bool = False) -> Places:
    """Gives the rows and columns of the entries above the diagonal of an n x n matrix, which cannot be written to.

    Args:
        diagonal: whether to give those on the diagonal, too.
    """
    rows, columns = np.triu_indices(n, k=0 if diagonal else 1)
    for places in (rows, columns):
        places.setflags(write=False)
    return rows, columns
