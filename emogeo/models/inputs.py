"""What a transformer is given: token ids, a mask and positions, as far as it takes them."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from transformers import PreTrainedModel


def padded_on_the_right(tokens: list[list[int]], pad: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask [text, token]; every text begins in the first column."""
    longest = max(map(len, tokens))
    ids = torch.tensor([t + [pad] * (longest - len(t)) for t in tokens], device=device)
    lengths = torch.tensor([len(t) for t in tokens], device=device)
    return ids, (torch.arange(longest, device=device) < lengths[:, None]).long()


def padded_on_the_left(tokens: list[list[int]], pad: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask [text, token]; every text ends in the last column."""
    longest = max(map(len, tokens))
    ids = torch.tensor([[pad] * (longest - len(t)) + t for t in tokens], device=device)
    lengths = torch.tensor([len(t) for t in tokens], device=device)
    return ids, (torch.arange(longest, device=device) >= longest - lengths[:, None]).long()


def forward_inputs(
    model: PreTrainedModel, ids: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor | None = None
) -> dict[str, Any]:
    """The arguments of a forward pass without a cache; positions, where the model takes any, are counted by the mask.

    Args:
        ids, mask: [text, token]; positions: likewise, instead of those that the mask counts.
    """
    counted = (mask.cumsum(dim=1) - 1).clamp(min=0) if positions is None else positions
    given: dict[str, Any] = {"input_ids": ids, "attention_mask": mask, "position_ids": counted, "use_cache": False}
    taken = inspect.signature(model.forward).parameters
    anything = any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values())
    return {name: value for name, value in given.items() if name in taken or (anything and name == "use_cache")}


def takes(model: PreTrainedModel, name: str) -> bool:
    """Whether a model's forward pass has a parameter of this name."""
    return name in inspect.signature(model.forward).parameters
