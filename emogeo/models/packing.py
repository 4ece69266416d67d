"""Weights in the order in which a CPU's matrix instructions take them: the same products, bit for bit, sooner.

A product at bf16 puts its weights into that order first, every time. Here that is done once.
"""

from __future__ import annotations

import logging
from typing import Any, TypeGuard

import psutil
import torch
from torch import nn

log = logging.getLogger(__name__)
_TRIED = (1, 20, 300)
"""Numbers of tokens for which a product is compared before layers of its shape are packed."""
_ROOM = 2
"""Weights are packed where so many times the memory of the copies is free."""


class PackedLinear(nn.Linear):
    """A linear layer with a packed copy of its weights, which is used while no gradient is wanted.

    Weights that are replaced or changed in place are seen, and multiplied as they are; what is changed through
    `weight.data` is not seen by torch, nor here. A copy of the layer has no packed weights.
    """

    packed: torch.Tensor | None = None
    packed_from: tuple[torch.Tensor, int]
    """The weights that were packed, and torch's count of changes to them."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Gives what `nn.Linear` gives."""
        usual = input.is_contiguous() and input.ndim in (2, 3)  # others are rounded before a bias is added
        if self.packed is None or not usual or torch.is_grad_enabled() or not self._is_as_packed():
            return super().forward(input)
        return _product(input, self.packed, self.bias)

    def __getstate__(self) -> dict[str, Any]:
        return {name: own for name, own in vars(self).items() if name not in {"packed", "packed_from"}}

    def _is_as_packed(self) -> bool:
        weight, version = self.packed_from
        return self.weight.data_ptr() == weight.data_ptr() and self.weight._version == version


def pack(model: nn.Module) -> int:
    """Packs the bf16 weights of a model's linear layers on a CPU, and gives the number of layers that were packed.

    A layer is left as it is where memory is short, where torch cannot pack on this machine, or where a product of
    its shape would not have the same bits.
    """
    layers = [own for own in model.modules() if _is_plain(own)]
    size = sum(own.weight.nbytes for own in layers)
    if not layers or not _can_pack():
        return 0
    if psutil.virtual_memory().available < _ROOM * size:
        log.info("weights are not packed, which would need %d MiB of free memory", _ROOM * size // 2**20)
        return 0
    same: dict[tuple[torch.Size, bool], bool] = {}
    with torch.no_grad():
        for layer in layers:
            packed, shape = _packed(layer.weight), (layer.weight.shape, layer.bias is not None)
            if shape not in same:
                same[shape] = _same(layer, packed)
            if same[shape]:
                _use(layer, packed)
    return sum(isinstance(own, PackedLinear) for own in layers)


def _is_plain(module: nn.Module) -> TypeGuard[nn.Linear]:
    """Whether a module is a linear layer of bf16 weights on the CPU that nothing has been put around."""
    if type(module) is not nn.Linear or "forward" in vars(module):
        return False
    return module.weight.device.type == "cpu" and module.weight.dtype is torch.bfloat16


def _can_pack() -> bool:
    known = hasattr(torch.ops.mkldnn, "_reorder_linear_weight") and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    return known and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _packed(weight: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.detach())
    return found


def _product(input: torch.Tensor, packed: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(input, packed, bias, "none", [], "")
    return found


def _same(layer: nn.Linear, packed: torch.Tensor) -> bool:
    """Whether products of random states have the same bits, for few tokens and for many."""
    generator = torch.Generator().manual_seed(0)
    states = (torch.randn(n, 1, layer.in_features, generator=generator).to(layer.weight.dtype) for n in _TRIED)
    return all(torch.equal(layer(own), _product(own, packed, layer.bias)) for own in states)


def _use(layer: nn.Linear, packed: torch.Tensor) -> None:
    layer.__class__ = PackedLinear
    assert isinstance(layer, PackedLinear)
    layer.packed, layer.packed_from = packed, (layer.weight.detach(), layer.weight._version)
