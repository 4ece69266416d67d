"""What a forward pass is given is what the model takes; padding is on the side that is asked for."""

from __future__ import annotations

import torch
from torch import nn

from emogeo.models.inputs import forward_inputs, padded_on_the_left, padded_on_the_right, takes

CPU = torch.device("cpu")


class TakesAll(nn.Module):
    def forward(self, input_ids: object, attention_mask: object, position_ids: object, use_cache: bool) -> None: ...


class TakesIdsAndMore(nn.Module):
    def forward(self, input_ids: object, **more: object) -> None: ...


class TakesIds(nn.Module):
    def forward(self, input_ids: object) -> None: ...


def test_padding_on_either_side() -> None:
    ids, mask = padded_on_the_right([[1, 2, 3], [4]], 9, CPU)
    assert (ids.tolist(), mask.tolist()) == ([[1, 2, 3], [4, 9, 9]], [[1, 1, 1], [1, 0, 0]])
    ids, mask = padded_on_the_left([[1, 2, 3], [4]], 9, CPU)
    assert (ids.tolist(), mask.tolist()) == ([[1, 2, 3], [9, 9, 4]], [[1, 1, 1], [0, 0, 1]])


def test_positions_are_counted_by_the_mask_or_given() -> None:
    ids, mask = padded_on_the_left([[1, 2, 3], [4]], 9, CPU)
    assert forward_inputs(TakesAll(), ids, mask)["position_ids"].tolist() == [[0, 1, 2], [0, 0, 0]]
    assert forward_inputs(TakesAll(), ids, mask, mask)["position_ids"] is mask


def test_a_model_is_given_what_it_takes() -> None:
    ids, mask = padded_on_the_right([[1]], 0, CPU)
    named = {model: set(forward_inputs(model(), ids, mask)) for model in (TakesAll, TakesIdsAndMore, TakesIds)}
    assert named[TakesAll] == {"input_ids", "attention_mask", "position_ids", "use_cache"}
    assert named[TakesIdsAndMore] == {"input_ids", "use_cache"}
    assert named[TakesIds] == {"input_ids"}
    assert takes(TakesAll(), "attention_mask")
    assert not takes(TakesIdsAndMore(), "attention_mask")
