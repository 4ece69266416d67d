"""Pooling and counting, with padding that overflows and texts that begin later."""

from __future__ import annotations

import pytest
import torch

from emogeo.config.states import PoolingConfig, Position
from emogeo.models.pooling import Pooler, count_nonfinite, seen_finite


def test_padding_never_enters_a_mean_or_a_count() -> None:
    states = torch.ones(2, 3, 4)
    states[0, 2] = torch.inf
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    starts = torch.tensor([0, 0])
    torch.testing.assert_close(Pooler(mask, PoolingConfig(Position.mean), starts)(states), torch.ones(2, 4))
    assert count_nonfinite(states, mask).tolist() == [0, 0]
    states[1, 0, 2] = torch.nan
    assert count_nonfinite(states, mask).tolist() == [0, 1]


def test_positions_count_from_where_a_text_begins() -> None:
    states = torch.arange(12.0).reshape(2, 6, 1)
    mask = torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1]])
    starts = torch.tensor([1, 2])
    for pooling, wanted in (
        (PoolingConfig(Position.last), [4.0, 11.0]),
        (PoolingConfig(Position.middle), [3.0, 10.0]),
        (PoolingConfig(Position.mean), [2.5, 9.5]),
        (PoolingConfig(Position.mean, skip=2), [3.5, 10.5]),
    ):
        for finite in (True, False):
            assert Pooler(mask, pooling, starts)(states, finite)[:, 0].tolist() == wanted


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_one_value_that_is_not_finite_is_seen_among_very_many(dtype: torch.dtype) -> None:
    states = torch.full((4, 50, 300), 60.0, dtype=dtype)
    assert seen_finite(states), "a sum that float16 could not hold"
    for bad in (torch.nan, torch.inf, -torch.inf):
        other = states.clone()
        other[2, 31, 77] = bad
        assert not seen_finite(other)
        assert count_nonfinite(other, torch.ones(4, 50, dtype=torch.long)).tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("skip", [0, 2])
def test_a_mean_has_the_same_bits_whether_states_are_known_to_be_finite(skip: int) -> None:
    states = torch.randn(5, 9, 64, generator=torch.Generator().manual_seed(0)).bfloat16()
    mask = (torch.arange(9) < torch.tensor([[9], [4], [7], [9], [5]])).long()
    pooler = Pooler(mask, PoolingConfig(Position.mean, skip), torch.tensor([0, 1, 0, 3, 0]))
    assert torch.equal(pooler(states, finite=True), pooler(states, finite=False))


def test_on_other_devices_nobody_looks() -> None:
    assert not seen_finite(torch.zeros(2, 3, device="meta")), "a look would have failed: there are no values"
