"""Arrays come back as they were, whatever their layout in memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from emogeo.errors import StoreError
from emogeo.store.tensors import pack, unpack

kinds = st.sampled_from([np.float64, np.float32, np.int64, np.bool_])
shapes = arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)


@given(array=kinds.flatmap(lambda kind: arrays.arrays(kind, shapes)))
def test_what_is_packed_is_unpacked_bit_by_bit(array: np.ndarray) -> None:
    found = unpack(pack({"a": array, "turned": array.T}))
    for name, wanted in (("a", array), ("turned", array.T)):
        assert (found[name].dtype, found[name].shape) == (wanted.dtype, wanted.shape)
        assert found[name].tobytes() == np.ascontiguousarray(wanted).tobytes()


def test_equal_arrays_are_equal_bytes_whatever_their_layout() -> None:
    plain = np.arange(12.0).reshape(3, 4)
    assert pack({"a": plain}) == pack({"a": np.asfortranarray(plain)}) == pack({"a": plain[:, ::-1][:, ::-1]})


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, pack({"a": np.eye(3)})[:-1]])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(StoreError, match=r"^Not a safetensors file: "):
        unpack(content)
