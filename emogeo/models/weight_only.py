"""What is quantised after loading: weights rounded to eight bits and back, in place, and how much of them was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import cast

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from emogeo.config.precision import Quantization
from emogeo.errors import PrecisionError
from emogeo.models.blocks import find_blocks
from emogeo.models.precision import Precision
from emogeo.models.shares import Shares, flag_of, matrices_of, refuse_none, shares_of

log = logging.getLogger(__name__)

_INT8_LARGEST, _FP8_LARGEST = 127.0, 448.0


def quantised(model: PreTrainedModel, precision: Precision, shares: Shares | None, title: str) -> Shares | None:
    """Quantises what transformers has not, measures how much of the blocks is quantised, and refuses where nothing is.

    Args:
        shares: those of weights that the checkpoint has quantised itself.

    Returns:
        The shares; None where nothing was to be quantised.

    Raises:
        PrecisionError: nothing was quantised that was to be; see `round_weights` and `refuse_wrong_kernel`.
    """
    if precision.quantization is Quantization.none:
        return None
    if shares is None:
        _, _, blocks = find_blocks(model)
        refuse_wrong_kernel(blocks, title)
        rounded = round_weights(blocks, precision.quantization) if precision.quantization in ROUNDED else set()
        shares = shares_of(matrices_of(blocks, rounded))
    refuse_none(shares, title, precision.label)
    if flag_of(shares) is not None:
        log.warning("%s at %s: %s", title, precision.label, flag_of(shares))
    return shares


def round_weights(blocks: nn.Module, quantization: Quantization) -> set[int]:
    """Rounds the matrices of linear layers and of experts to int8 or fp8, each output's row by its own largest value.

    The numbers are kept in their data type, so that what is computed is what weights of eight bits give that are
    decoded before they multiply; activations are not rounded, and no text depends on its batch mates.

    Returns:
        The ids of the parameters that were rounded.

    Raises:
        PrecisionError: weights that accelerate keeps elsewhere.
    """
    if any(parameter.is_meta for parameter in blocks.parameters()):
        raise PrecisionError(
            f"precision={quantization.value} rounds weights where they lie, and some are kept on disk or moved about: "
            "type runtime.device_map=null."
        )
    rounded, found = ROUNDED[quantization], set[int]()
    with torch.no_grad():
        for parameter, inputs in matrices(blocks):
            if id(parameter) not in found:
                parameter.copy_(rounded(parameter.float(), inputs).to(parameter.dtype))
            found.add(id(parameter))
    return found


def refuse_wrong_kernel(blocks: nn.Module, title: str) -> None:
    """Refuses four-bit layers on a CPU whose rows are no whole number of blocks.

    bitsandbytes (0.50.2) quantises them rightly, and decodes them with other blocks' scales.

    Raises:
        PrecisionError: names the first of them.
    """
    for name, own in blocks.named_parameters():
        state = getattr(own, "quant_state", None)
        if state is not None and own.device.type == "cpu" and state.shape[-1] % state.blocksize:
            raise PrecisionError(
                f"{title} at nf4: block {name} has {state.shape[-1]} inputs, and on a CPU bitsandbytes decodes rows "
                f"rightly only where {state.blocksize} divides them. Type precision=int8_weight_only, or use a GPU."
            )


def matrices(blocks: nn.Module) -> Iterator[tuple[nn.Parameter, int]]:
    """Finds the matrices that are rounded, each with the axis of its inputs.

    They are those of `nn.Linear` and what is made of it, of `Conv1D` [in, out], and of experts in one tensor
    [expert, out, in], or [expert, in, out] where their module says so.
    """
    for module in blocks.modules():
        if isinstance(module, nn.Linear | Conv1D):
            yield cast(nn.Parameter, module.weight), 0 if isinstance(module, Conv1D) else -1
        elif "expert" in type(module).__name__.lower():
            inputs = -2 if getattr(module, "is_transposed", False) else -1
            yield from ((own, inputs) for own in module.parameters(recurse=False) if own.dim() == 3)


def _int8(weights: torch.Tensor, inputs: int) -> torch.Tensor:
    """Rounds to whole numbers from −127 to 127 times the largest absolute value over 127."""
    scale = _scale(weights, inputs, _INT8_LARGEST)
    return (weights / scale).round() * scale


def _fp8(weights: torch.Tensor, inputs: int) -> torch.Tensor:
    """Rounds to FP8 (four exponent bits, three of mantissa), the largest absolute value becoming 448."""
    scale = _scale(weights, inputs, _FP8_LARGEST)
    return (weights / scale).to(torch.float8_e4m3fn).float() * scale


def _scale(weights: torch.Tensor, inputs: int, largest: float) -> torch.Tensor:
    """Gives each output's scale; a row of zeros keeps them."""
    scale = weights.abs().amax(dim=inputs, keepdim=True) / largest
    return torch.where(scale > 0, scale, 1.0)


ROUNDED: dict[Quantization, Callable[[torch.Tensor, int], torch.Tensor]] = {
    Quantization.int8_weight_only: _int8,
    Quantization.fp8: _fp8,
}
