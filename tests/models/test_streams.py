"""The residual stream is found in states of one stream and of several, and moves by what is added."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from emogeo.errors import WeightsError
from emogeo.models.streams import described, moved, output_states, residual, with_states

WIDTH = 5
PLAIN = SimpleNamespace(hidden_size=WIDTH)
ACTIVE = SimpleNamespace(hidden_size=WIDTH, altup_num_inputs=4, altup_active_idx=2)
STATES = {
    "one stream": (torch.randn(2, 3, WIDTH), PLAIN),
    "an active stream": (torch.randn(4, 2, 3, WIDTH), ACTIVE),
    "hyper-connections": (torch.randn(2, 3, 4, WIDTH), PLAIN),
}


def test_states_are_a_tensor_or_the_first_of_a_tuple() -> None:
    states = torch.zeros(1, 2, 3)
    assert output_states(states) is states
    assert output_states((states, None)) is states
    with pytest.raises(WeightsError, match="^A block returns a dict;"):
        output_states({"states": states})


@pytest.mark.parametrize("kind", STATES)
def test_the_residual_stream_moves_by_what_is_added_at_every_token(kind: str) -> None:
    states, config = STATES[kind]
    addition = torch.randn(2, WIDTH)
    before, after = residual(states, config), residual(moved(states, addition, config), config)
    assert before.shape == (2, 3, WIDTH)
    torch.testing.assert_close(after - before, addition[:, None].expand(2, 3, WIDTH))


def test_other_streams_are_left_where_one_is_active() -> None:
    states, config = STATES["an active stream"]
    after = moved(states, torch.ones(1, WIDTH), config)
    torch.testing.assert_close(residual(states, config), states[2])
    assert torch.equal(after[[0, 1, 3]], states[[0, 1, 3]])


def test_which_stream_is_read_is_said() -> None:
    said = {kind: described(*STATES[kind]) for kind in STATES}
    assert list(said.values()) == [None, "the active stream (2) of 4", "the mean of 4 streams"]


def test_states_of_another_shape_are_refused() -> None:
    with pytest.raises(WeightsError, match=r"have the shape \[2, 3, 4, 9\], which is no residual stream"):
        residual(torch.zeros(2, 3, 4, 9), PLAIN)


def test_other_states_take_the_place_of_what_a_block_returns() -> None:
    states, other = torch.zeros(1), torch.ones(1)
    assert with_states(states, other) is other
    assert with_states((states, "more"), other) == (other, "more")
    assert with_states([states, "more"], other) == [other, "more"]
