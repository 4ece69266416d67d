"""Pooling and counting, with padding that overflows and texts that begin later."""

from __future__ import annotations

import torch

from emogeo.config.states import PoolingConfig, Position
from emogeo.models.pooling import count_nonfinite, pool


def test_padding_never_enters_a_mean_or_a_count() -> None:
    states = torch.ones(2, 3, 4)
    states[0, 2] = torch.inf
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    starts = torch.tensor([0, 0])
    torch.testing.assert_close(pool(states, mask, PoolingConfig(Position.mean), starts), torch.ones(2, 4))
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
        assert pool(states, mask, pooling, starts)[:, 0].tolist() == wanted
