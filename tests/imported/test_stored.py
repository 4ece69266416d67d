"""Arrays whose numbers are still in their file."""

from __future__ import annotations

import io

import numpy as np
import pytest

from emogeo.errors import ImportedError
from emogeo.imported.stored import Raw, stored_whole


def test_a_slice_of_raw_numbers_is_that_of_the_array() -> None:
    array = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    raw = Raw(lambda: io.BytesIO(b"head" + array.tobytes()), 4, array.shape, array.dtype)
    assert np.array_equal(raw.read(1, 2), array[:, 2]) and np.array_equal(raw.read(None, 0), array)
    assert np.array_equal(raw.read(2, 4), array[:, :, 4]) and np.array_equal(raw.read(0, 1), array[1])


def test_a_file_that_ends_before_its_numbers_do() -> None:
    raw = Raw(lambda: io.BytesIO(bytes(10)), 0, (4, 4), np.dtype(np.float32))
    with pytest.raises(ImportedError, match="ends before its numbers do"):
        raw.read(None, 0)


def test_an_array_in_memory() -> None:
    array = np.arange(6.0).reshape(2, 3)
    stored = stored_whole(array)
    got = stored.part()
    got[:] = 0
    assert array.sum() == 15 and np.array_equal(stored.part(1, 2), array[:, 2])
