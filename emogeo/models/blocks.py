"""A transformer's blocks: finding them, running only the first few, and watching their outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from transformers import PreTrainedModel

from emogeo.errors import WeightsError


def find_blocks(body: PreTrainedModel) -> tuple[nn.Module, str, nn.ModuleList]:
    """The module that holds the list of blocks, the list's name there, and the list.

    Raises:
        WeightsError: an architecture without one list of `num_hidden_layers` blocks.
    """
    wanted = body.config.get_text_config().num_hidden_layers
    for module in body.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.ModuleList) and len(child) == wanted:
                return module, name, child
    raise WeightsError(f"{type(body).__name__} has no list of {wanted} blocks; emogeo reads decoder-only transformers.")


@contextmanager
def watched(body: PreTrainedModel, n_blocks: int, watch: Callable[[int, torch.Tensor], None]) -> Iterator[None]:
    """Runs only the first `n_blocks` blocks and calls `watch(index, states [text, token, d_model])` after each.

    Blocks and hooks are put back as they were, whatever happens inside.
    """
    parent, name, blocks = find_blocks(body)

    def hook(index: int) -> Callable[[nn.Module, object, object], None]:
        def call(_module: nn.Module, _inputs: object, output: object) -> None:
            states = output[0] if isinstance(output, tuple) else output
            assert isinstance(states, torch.Tensor)
            watch(index, states)

        return call

    handles = [block.register_forward_hook(hook(index)) for index, block in enumerate(blocks[:n_blocks])]
    setattr(parent, name, blocks[:n_blocks])
    try:
        yield
    finally:
        setattr(parent, name, blocks)
        for handle in handles:
            handle.remove()
