"""Checks of the numbers of a block."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import ImportedError
from emogeo.imported.checks import checked, looks_like_rdm
from emogeo.imported.types import Kind
from tests.imported.made_up import LABELS, RDM, VECTORS

V = VECTORS[:, 0]


def test_numbers_come_back_in_the_machine_s_order() -> None:
    for dtype in ("<f2", ">f4", ">f8"):
        got = checked(np.asfortranarray(V.astype(dtype)), Kind.vectors, LABELS, 3)
        assert got.dtype == np.dtype(dtype[1:]) and got.flags.c_contiguous and np.array_equal(got, V.astype(dtype))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named(value: float) -> None:
    broken = V.copy()
    broken[2, 5] = broken[4, 1] = value
    with pytest.raises(ImportedError, match=f"'grief-stricken' at block 3 has {value} in dimension 5.*2 rows"):
        checked(broken, Kind.vectors, LABELS, 3)
    with pytest.raises(ImportedError, match=r"The state of text 2 \('grief-stricken'\) at block 3"):
        checked(broken, Kind.states, LABELS, 3)


def test_a_vector_of_zeros_is_named() -> None:
    with pytest.raises(ImportedError, match="'at ease' at block 7 is zero throughout"):
        checked(V * (np.arange(6) != 1)[:, None], Kind.vectors, LABELS, 7)


def test_an_rdm_is_told_from_a_square_of_vectors() -> None:
    assert looks_like_rdm(RDM) and looks_like_rdm(np.corrcoef(V)) and not looks_like_rdm(V[:, :6])
    assert not looks_like_rdm(np.full((6, 6), np.nan))
    half = checked(RDM.astype(np.float16), Kind.rdm, LABELS, None)
    assert half.dtype == np.float16 and np.allclose(half, RDM, atol=5e-3)
