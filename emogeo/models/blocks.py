"""A transformer's blocks: finding them, running only the first few, and watching their outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import torch
from torch import nn
from transformers import PreTrainedModel

from emogeo.errors import WeightsError
from emogeo.models.streams import output_states, residual


def find_blocks(body: PreTrainedModel) -> tuple[nn.Module, str, nn.ModuleList]:
    """The module that holds the list of blocks, the list's name there, and the list.

    The list is looked for beside the input embedding, then around it, so that a tower of images or sounds that is as
    deep as the text model is not taken for it.

    Raises:
        WeightsError: an architecture without one list of `num_hidden_layers` blocks.
    """
    wanted = n_blocks_of(body)
    for module in _around_embedding(body):
        for name, child in module.named_children():
            if isinstance(child, nn.ModuleList) and len(child) == wanted:
                return module, name, child
    raise WeightsError(f"{type(body).__name__} has no list of {wanted} blocks; emogeo reads decoder-only transformers.")


def n_blocks_of(body: PreTrainedModel) -> int:
    """The number of blocks that the configuration of the text model names.

    Raises:
        WeightsError: a configuration that names none.
    """
    wanted = getattr(body.config.get_text_config(decoder=True), "num_hidden_layers", None)
    if not isinstance(wanted, int):
        raise WeightsError(f"The configuration of {type(body).__name__} does not say how many blocks the model has.")
    return wanted


def body_of(causal: PreTrainedModel) -> PreTrainedModel:
    """The transformer without the LM head of a model that writes: the outermost one with the words.

    Raises:
        WeightsError: an architecture that is one with its head.
    """
    body = causal.base_model
    if body is not causal and body.get_output_embeddings() is None:
        return cast(PreTrainedModel, body)
    words = embedding_of(causal)
    for own in causal.modules():
        inner = isinstance(own, PreTrainedModel) and own is not causal and own.get_output_embeddings() is None
        if inner and any(module is words for module in own.modules()):
            return own
    raise WeightsError(f"{type(causal).__name__} has no transformer apart from its LM head.")


def embedding_of(body: PreTrainedModel) -> nn.Embedding:
    """The table of input embeddings.

    Raises:
        WeightsError: an architecture that does not give it.
    """
    try:
        return cast(nn.Embedding, body.get_input_embeddings())
    except (NotImplementedError, AttributeError) as error:
        raise WeightsError(
            f"{type(body).__name__} does not say where its input embeddings are; "
            "emogeo reads decoder-only transformers."
        ) from error


def _around_embedding(body: PreTrainedModel) -> Iterator[nn.Module]:
    """Gives the module that holds the input embedding, those within it, then the module around it, and so on."""
    table = embedding_of(body)
    path = next((name for name, module in body.named_modules() if module is table), "")
    while path:
        path = path.rpartition(".")[0]
        yield from _nearest_first(body.get_submodule(path))
    yield from _nearest_first(body)


def _nearest_first(module: nn.Module) -> Iterator[nn.Module]:
    """Gives a module, then its children, then theirs."""
    within = sorted(module.named_modules(), key=lambda named: named[0].count(".") + bool(named[0]))
    yield from (own for _, own in within)


@contextmanager
def watched(body: PreTrainedModel, n_blocks: int, watch: Callable[[int, torch.Tensor], None]) -> Iterator[None]:
    """Runs only the first `n_blocks` blocks and calls `watch(index, states [text, token, d_model])` after each.

    Blocks and hooks are put back as they were, whatever happens inside.
    """
    parent, name, blocks = find_blocks(body)
    config = body.config.get_text_config(decoder=True)

    def hook(index: int) -> Callable[[nn.Module, object, object], None]:
        def call(_module: nn.Module, _inputs: object, output: object) -> None:
            watch(index, residual(output_states(output), config))

        return call

    handles = [block.register_forward_hook(hook(index)) for index, block in enumerate(blocks[:n_blocks])]
    if n_blocks < len(blocks):
        setattr(parent, name, blocks[:n_blocks])
    try:
        yield
    finally:
        setattr(parent, name, blocks)
        for handle in handles:
            handle.remove()
