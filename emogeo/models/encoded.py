"""Loading a checkpoint that has quantised its weights itself: as the numbers that they encode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from emogeo.models.dequantize import DECODERS, dequantized
from emogeo.models.faults import named_faults
from emogeo.models.kinds import WITH_REPORT, Read
from emogeo.models.shares import Counted, shares_of
from emogeo.models.untrained import config_of
from emogeo.models.weights.resolve import Weights
from emogeo.models.weights.stored import Stored
from emogeo.models.weights.whole import stacks

Tensors = dict[str, torch.Tensor]


def load_encoded(weights: Weights, stored: Stored, options: dict[str, Any], loader: Any) -> Read:
    """Loads a model whose weights are the numbers that its checkpoint encodes, in the data type of `options`.

    transformers itself keeps such weights packed where a library and a device allow it, rounds activations too in some
    formats, and leaves other tensors in their own type; here the same numbers are computed everywhere.

    Args:
        options: of `from_pretrained`: data type, placement, attention.
        loader: the class of transformers that loads the architecture, with its LM head or without.

    Raises:
        WeightsError: see `dequantized`; transformers cannot read the folder.
    """
    with named_faults(weights.folder, weights.name):
        tensors, quantised = dequantized(weights.folder, stored, options["dtype"])
        config = config_of(weights.folder)
        with torch.device("meta"):
            empty = loader.from_config(config)
    shares = shares_of(_of_blocks(tensors, quantised, weights.n_layers))
    if DECODERS[stored.method].transposed:
        tensors = _as_kept(tensors, quantised, empty)
    with named_faults(weights.folder, weights.name):
        model, report = type(empty).from_pretrained(None, config=config, state_dict=tensors, **WITH_REPORT, **options)
    return Read(model, report, shares)


def _of_blocks(tensors: Tensors, quantised: set[str], n_layers: int) -> Iterator[Counted]:
    """Counts the matrices of the text model's blocks, by their names in the files."""
    found = stacks(tensors)
    prefixes = tuple(f"{prefix}." for prefix, numbers in found.items() if len(numbers) >= n_layers)
    for name, tensor in tensors.items():
        if name.startswith(prefixes) and tensor.dim() > 1:
            yield name, tensor.numel(), name in quantised


def _as_kept(tensors: Tensors, quantised: set[str], model: PreTrainedModel) -> Tensors:
    """Turns weights [out, in] for layers that keep them [in, out]."""
    turned = tuple(f"{name}.weight" for name, module in model.named_modules() if isinstance(module, Conv1D))
    return {name: own.T if name in quantised and name.endswith(turned) else own for name, own in tensors.items()}
