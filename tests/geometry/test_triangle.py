"""Places above the diagonal against loops."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry.triangle import above


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("diagonal", [False, True])
def test_places_go_row_by_row(n: int, diagonal: bool) -> None:
    rows, columns = above(n, diagonal)
    wanted = [(row, column) for row in range(n) for column in range(row if diagonal else row + 1, n)]
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == wanted


def test_what_all_share_cannot_be_written_to() -> None:
    rows, columns = above(4)
    assert above(4)[0] is rows
    assert above(401)[0] is not above(401)[0], "large ones are not kept"
    for places in (rows, columns):
        with pytest.raises(ValueError, match="read-only"):
            places[0] = np.int64(1)
