"""From a checkpoint's quantised weights to the numbers that they encode."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from emogeo.errors import WeightsError
from emogeo.models.weights.headers import weight_files
from emogeo.models.weights.stored import Stored

Parts = dict[str, torch.Tensor]
"""The tensors that encode one weight, by what follows the weight's name in theirs; `""` is the weight's own."""
_AWQ_ORDER = (0, 4, 1, 5, 2, 6, 3, 7)
"""The place of each column of eight among the four-bit numbers of an int32, lowest bits first."""
_FP4 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""The positive numbers of FP4 (two exponent bits, one of mantissa), by their three bits; the fourth is the sign."""
_INT8_RANGE = 127


@dataclass(frozen=True)
class Decoder:
    """How the weights of one method are decoded."""

    endings: tuple[str, ...]
    """How the names of the tensors end that encode a weight; what is before is the weight's name."""
    decode: Callable[[Parts, Stored], torch.Tensor]
    replaced: str = ""
    """What the endings stand in place of in the weight's name."""
    beside: bool = False
    """Whether a tensor of the weight's own name is one of its parts."""
    dropped: tuple[str, ...] = ()
    """How the names end of tensors that say nothing of a weight: scales of activations, say."""
    transposed: bool = False
    """Whether what is decoded is [out, in] also for layers that keep [in, out]."""

    def weight_of(self, name: str) -> tuple[str, str] | None:
        """Gives the name of the weight that a tensor is a part of, and the tensor's ending; None for other tensors."""
        ending = next((own for own in self.endings if name.endswith(own)), None)
        return None if ending is None else (name.removesuffix(ending) + self.replaced, ending)


def dequantized(folder: Path, stored: Stored, dtype: torch.dtype) -> tuple[dict[str, torch.Tensor], set[str]]:
    """Reads the weights of a folder as the numbers that they encode, rounded once, to `dtype`.

    Returns:
        Tensors by name, on the CPU, and the names of those that were quantised.

    Raises:
        WeightsError: a tensor that does not fit its scales, or that has none.
    """
    decoder = DECODERS[stored.method]
    tensors = {name: own for name, own in _tensors(folder) if not name.endswith(decoder.dropped or ("\0",))}
    parts: dict[str, Parts] = {}
    for name in list(tensors):
        found = decoder.weight_of(name)
        if found is not None and (not decoder.beside or found[0] in tensors):
            parts.setdefault(found[0], {})[found[1]] = tensors.pop(name)
    for name, own in parts.items():
        if decoder.beside:
            own[""] = tensors[name]
        tensors[name] = _decoded(folder, name, own, decoder, stored).to(dtype)
        own.clear()
    bare = {name for name, tensor in tensors.items() if tensor.dtype in _FP8}
    _refuse_bare(folder, bare, set(parts))
    return {name: own.to(dtype) if own.is_floating_point() else own for name, own in tensors.items()}, bare | set(parts)


def _tensors(folder: Path) -> Iterator[tuple[str, torch.Tensor]]:
    for file in weight_files(folder):
        with safe_open(folder / file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118
                yield name, opened.get_tensor(name)


def _decoded(folder: Path, name: str, parts: Parts, decoder: Decoder, stored: Stored) -> torch.Tensor:
    try:
        return decoder.decode(parts, stored)
    except (KeyError, ValueError, RuntimeError, IndexError, TypeError) as error:
        raise WeightsError(
            f"{folder}: {name}, stored in {stored.label}, cannot be decoded ({type(error).__name__}: {error}); its "
            f"parts are {', '.join(sorted(part or 'the weight' for part in parts))}."
        ) from error


def _refuse_bare(folder: Path, bare: set[str], decoded: set[str]) -> None:
    """Refuses FP8 weights without a scale beside others that have one."""
    if bare and decoded:
        raise WeightsError(f"{folder}: {min(bare)} is FP8 without a scale, and {len(decoded)} other weights have one.")


def _scaled(parts: Parts, stored: Stored) -> torch.Tensor:
    """Multiplies each entry by the scale of its tensor, row or block."""
    scales = [part for ending, part in parts.items() if ending]
    weight, scale, allowed = parts[""], scales[0], _FP8 if stored.label == "fp8" else {torch.int8}
    if len(scales) != 1 or weight.dtype not in allowed or not scale.is_floating_point():
        raise ValueError(f"{weight.dtype} with {len(scales)} scales of {scale.dtype}")
    if scale.numel() == 1:
        return weight.float() * scale.float().reshape(())
    scale = scale.float()
    if scale.dim() != weight.dim():
        scale = scale.reshape(-1, *[1] * (weight.dim() - 1))
    blocks = stored.settings.get("weight_block_size") or [None] * 2
    for axis, block in zip((-2, -1), blocks, strict=True):
        scale = _along(scale, axis, weight.shape[axis], block)
    return weight.float() * scale


def _along(scale: torch.Tensor, axis: int, length: int, block: int | None) -> torch.Tensor:
    """Gives every row (or column) the scale of its block; the last block may be cut short."""
    n = scale.shape[axis]
    if n in (1, length):
        return scale
    size = block or length // n
    if -(-length // size) != n:
        raise ValueError(f"{n} scales for {length} rows or columns in blocks of {size}")
    return scale.index_select(axis % scale.dim(), torch.arange(length) // size)


def _bnb_int8(parts: Parts, _stored: Stored) -> torch.Tensor:
    """Multiplies a row's whole numbers by its largest absolute value over 127."""
    if parts.get(".weight_format", torch.zeros(1)).any():
        raise ValueError("rows are not stored in their order")
    return parts[""].float() * (parts[".SCB"].float() / _INT8_RANGE).reshape(-1, 1)


def _bnb_4bit(parts: Parts, _stored: Stored) -> torch.Tensor:
    """Looks up two numbers a byte, high bits first, and multiplies them by the scale of their block.

    Scales may be codes themselves. bitsandbytes' own code for a CPU is wrong where a row is no whole number of blocks.
    """
    state = next(json.loads(bytes(own.tolist())) for ending, own in parts.items() if ending in _BNB_STATE)
    codes = torch.stack([parts[""] >> 4, parts[""] & 15], dim=-1).flatten().long()
    scales = parts[".absmax"].float()
    if ".nested_absmax" in parts:
        scales = _blocks(parts[".nested_quant_map"][parts[".absmax"].long()], parts[".nested_absmax"], state, "nested_")
        scales = scales + state["nested_offset"]
    return _blocks(parts[".quant_map"][codes], scales, state).reshape(state["shape"])


def _blocks(numbers: torch.Tensor, scales: torch.Tensor, state: dict[str, Any], kind: str = "") -> torch.Tensor:
    """Multiplies numbers in one row by the scale of their block."""
    return numbers.float() * scales.float()[torch.arange(len(numbers)) // int(state[f"{kind}blocksize"])]


def _mxfp4(parts: Parts, _stored: Stored) -> torch.Tensor:
    """Decodes two numbers a byte, low bits first, with a power of two for every 32: [expert, in, out]."""
    codes = _unpacked(parts["_blocks"], 4).flatten(-2).long()
    numbers = torch.tensor([*_FP4, *(-one for one in _FP4)])[codes]
    return (numbers * torch.exp2(parts["_scales"].float() - 127)[..., None]).flatten(-2).transpose(-2, -1)


def _gptq(parts: Parts, stored: Stored) -> torch.Tensor:
    """Decodes whole numbers packed along the input; the first version of the layout stores zero points less one."""
    bits = int(stored.settings["bits"])
    codes = _unpacked(parts[".qweight"].T, bits).flatten(1)
    zeros = _unpacked(parts[".qzeros"], bits).flatten(1).T + (stored.settings.get("checkpoint_format") != "gptq_v2")
    return _grouped(codes, parts[".scales"].T, zeros, parts.get(".g_idx"))


def _awq(parts: Parts, _stored: Stored) -> torch.Tensor:
    """Decodes four-bit numbers packed along the output, eight columns in an order of their own."""
    order = list(_AWQ_ORDER)
    codes, zeros = (_unpacked(parts[name], 4)[..., order].flatten(1).T for name in (".qweight", ".qzeros"))
    return _grouped(codes, parts[".scales"].T, zeros, None)


def _packed(parts: Parts, _stored: Stored) -> torch.Tensor:
    """Decodes numbers packed along the input with half their range added."""
    scale, (rows, columns) = parts[".weight_scale"], (int(n) for n in parts[".weight_shape"])
    bits = 32 // -(-columns // parts[".weight_packed"].shape[1])
    codes = _unpacked(parts[".weight_packed"], bits).flatten(1)[:rows, :columns]
    return _grouped(codes, scale, torch.full_like(scale, 2 ** (bits - 1)), parts.get(".weight_g_idx"))


def _grouped(
    codes: torch.Tensor, scales: torch.Tensor, zeros: torch.Tensor, groups: torch.Tensor | None
) -> torch.Tensor:
    """Gives scale × (code − zero point), each per row and group of columns.

    Args:
        codes: [out, in]
        scales: [out, group]; `zeros` likewise.
        groups: [in], the group of each column; None where they are of one size, in order.
    """
    columns, n = codes.shape[1], scales.shape[1]
    if groups is None:
        groups = torch.arange(columns) // -(-columns // n)
    groups = groups.long()
    return scales.float()[:, groups] * (codes - zeros[:, groups]).float()


def _unpacked(packed: torch.Tensor, bits: int) -> torch.Tensor:
    """Takes unsigned numbers out of whole ones, lowest bits first: [..., n] to [..., n, number]."""
    width = torch.iinfo(packed.dtype).bits
    shifts = torch.arange(0, width, bits, dtype=torch.int32)
    numbers: torch.Tensor = (packed.to(torch.int32)[..., None] >> shifts) & (2**bits - 1)
    return numbers


_FP8 = {torch.float8_e4m3fn, torch.float8_e5m2}
_ACTIVATIONS = (
    "input_scale",
    "activation_scale",
    "input_scale_ub",
    ".k_scale",
    ".v_scale",
    ".output_scale",
    ".kv_scale",
)
_BNB_4BIT = (".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map")
_BNB_STATE = (".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4")
_PACKED = (".weight_packed", ".weight_scale", ".weight_shape", ".weight_g_idx")
DECODERS = {
    "scaled": Decoder(("_scale_inv", "_scale"), _scaled, beside=True, dropped=_ACTIVATIONS),
    "bnb_int8": Decoder((".SCB", ".weight_format"), _bnb_int8, ".weight", beside=True, transposed=True),
    "bnb_4bit": Decoder((*_BNB_4BIT, *_BNB_STATE), _bnb_4bit, beside=True, transposed=True),
    "mxfp4": Decoder(("_blocks", "_scales"), _mxfp4),
    "gptq": Decoder((".qweight", ".qzeros", ".scales", ".g_idx"), _gptq, ".weight", transposed=True),
    "awq": Decoder((".qweight", ".qzeros", ".scales"), _awq, ".weight", transposed=True),
    "packed": Decoder(_PACKED, _packed, ".weight"),
}
"""The decoders by the method's name in `Stored`."""
