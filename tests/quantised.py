"""Tiny checkpoints as tools of quantisation write them, each with the numbers that it encodes, by plain loops."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig, PreTrainedConfig

from tests.tiny import CHAT, write_tokenizer

Tensors = dict[str, torch.Tensor]
Encoded = tuple[Tensors, torch.Tensor]
"""The tensors that stand in place of a weight, by their ending, and the numbers that they encode."""
BLOCKS = 3
GROUP = 16


def llama(**fields: Any) -> PreTrainedConfig:
    """A Llama whose matrices are wide enough for every tool, and not square."""
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": BLOCKS, "num_attention_heads": 4}
    return LlamaConfig(**{**sizes, "vocab_size": 512, "initializer_range": 0.2, "tie_word_embeddings": False, **fields})


def write_plain(folder: Path, config: PreTrainedConfig | None = None) -> Path:
    """Random float32 weights."""
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config or llama()).save_pretrained(folder)
    write_tokenizer(folder, CHAT)
    return folder


def quantise(
    plain: Path, folder: Path, settings: dict[str, Any] | None, encode: Callable[[torch.Tensor], Encoded]
) -> Path:
    """Writes a checkpoint with every projection of the blocks encoded, and a plain one of the same numbers beside it.

    Args:
        settings: `quantization_config`.
    """
    stored: Tensors = {}
    decoded: Tensors = {}
    for name, weight in load_file(plain / "model.safetensors").items():
        if name.endswith("_proj.weight"):
            parts, decoded[name] = encode(weight)
            stored.update({name.removesuffix("weight") + ending: own.contiguous() for ending, own in parts.items()})
        else:
            stored[name] = decoded[name] = weight.to(torch.bfloat16)
    config = json.loads((plain / "config.json").read_text())
    _write(folder, stored, config if settings is None else {**config, "quantization_config": settings})
    _write(folder.with_name(f"{folder.name}-decoded"), decoded, config)
    return folder


def _write(folder: Path, tensors: Tensors, config: dict[str, Any]) -> None:
    folder.mkdir()
    save_file({name: own.contiguous() for name, own in tensors.items()}, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    write_tokenizer(folder, CHAT)


def with_bitsandbytes(plain: Path, folder: Path, kind: str) -> Path:
    """Has transformers and bitsandbytes write the folder."""
    four = {"load_in_4bit": True, "bnb_4bit_quant_type": kind.removesuffix("-double")}
    own = {"load_in_8bit": True} if kind == "int8" else {**four, "bnb_4bit_use_double_quant": kind.endswith("-double")}
    model = AutoModelForCausalLM.from_pretrained(
        plain, quantization_config=BitsAndBytesConfig(**own), dtype=torch.bfloat16, device_map={"": "cpu"}
    )
    model.save_pretrained(folder)
    write_tokenizer(folder, CHAT)
    return folder


def fp8_blocks(weight: torch.Tensor, block: int = 32) -> Encoded:
    """FP8 with a scale for each square block."""
    rows, columns = (-(-length // block) for length in weight.shape)
    scale, decoded = torch.empty(rows, columns), torch.empty_like(weight)
    codes = torch.empty(weight.shape, dtype=torch.float8_e4m3fn)
    for row in range(rows):
        for column in range(columns):
            here = slice(row * block, (row + 1) * block), slice(column * block, (column + 1) * block)
            scale[row, column] = weight[here].abs().max() / 448
            codes[here] = (weight[here] / scale[row, column]).to(codes.dtype)
            decoded[here] = codes[here].float() * scale[row, column]
    return {"weight": codes, "weight_scale_inv": scale}, decoded


def fp8_rows(weight: torch.Tensor) -> Encoded:
    """FP8 with a scale for each row."""
    scale = weight.abs().amax(1, keepdim=True) / 448
    codes = (weight / scale).to(torch.float8_e4m3fn)
    return {"weight": codes, "weight_scale": scale}, torch.stack(
        [codes[i].float() * scale[i] for i in range(len(codes))]
    )


def fp8_tensor(weight: torch.Tensor) -> Encoded:
    """FP8 with one scale, and one for activations, as ModelOpt writes it."""
    scale = weight.abs().max() / 448
    codes = (weight / scale).to(torch.float8_e4m3fn)
    return {"weight": codes, "weight_scale": scale, "input_scale": torch.tensor(3.0)}, codes.float() * scale


def int8_rows(weight: torch.Tensor) -> Encoded:
    """Whole numbers with a scale for each row, as compressed-tensors writes them."""
    scale = weight.abs().amax(1, keepdim=True) / 127
    codes = (weight / scale).round().to(torch.int8)
    return {"weight": codes, "weight_scale": scale}, torch.stack(
        [codes[i].float() * scale[i] for i in range(len(codes))]
    )


def _codes(weight: torch.Tensor, zeros_at: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray, torch.Tensor]:
    """Four-bit codes [out, in], scales and zero points [out, group], and the numbers they encode.

    Args:
        zeros_at: the zero point of every group; None draws each.
    """
    own = weight.numpy().astype(np.float32)
    n_out, n_in = own.shape
    n_groups = n_in // GROUP
    zeros = np.random.default_rng(0).integers(3, 12, (n_out, n_groups)) if zeros_at is None else None
    zeros = np.full((n_out, n_groups), zeros_at) if zeros is None else zeros
    scales, codes = np.empty((n_out, n_groups), np.float16), np.empty((n_out, n_in), np.int64)
    decoded = np.empty_like(own)
    for row in range(n_out):
        for column in range(n_in):
            group = column // GROUP
            if column % GROUP == 0:
                scales[row, group] = np.abs(own[row, column : column + GROUP]).max() / 7
            code = round(own[row, column] / float(scales[row, group])) + zeros[row, group]
            codes[row, column] = min(max(code, 0), 15)
            decoded[row, column] = float(scales[row, group]) * (codes[row, column] - zeros[row, group])
    return codes, scales, zeros, torch.from_numpy(decoded)


def _packed(numbers: np.ndarray, order: tuple[int, ...] = tuple(range(8))) -> torch.Tensor:
    """Packs eight four-bit numbers of a row into an int32; `order[i]` is the column that goes to place i."""
    out = np.zeros((numbers.shape[0], numbers.shape[1] // 8), np.uint32)
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            for place, own in enumerate(order):
                out[row, column] |= np.uint32(int(numbers[row, column * 8 + own]) << (4 * place))
    return torch.from_numpy(out.view(np.int32))


def gptq(weight: torch.Tensor) -> Encoded:
    """GPTQ's first layout: packed along the input, zero points less one, the group of each column."""
    codes, scales, zeros, decoded = _codes(weight, None)
    groups = torch.arange(weight.shape[1], dtype=torch.int32) // GROUP
    parts = {"qweight": _packed(codes).T, "qzeros": _packed(zeros.T - 1), "scales": torch.from_numpy(scales.T.copy())}
    return {**parts, "g_idx": groups}, decoded


def awq(weight: torch.Tensor) -> Encoded:
    """AWQ's layout for matrix products: packed along the output, in an order of its own."""
    codes, scales, zeros, decoded = _codes(weight, None)
    order = (0, 2, 4, 6, 1, 3, 5, 7)
    parts = {"qweight": _packed(codes.T, order), "qzeros": _packed(zeros.T, order)}
    return {**parts, "scales": torch.from_numpy(scales.T.copy())}, decoded


def packed(weight: torch.Tensor) -> Encoded:
    """compressed-tensors' layout for four bits: packed along the input, eight added."""
    codes, scales, _, decoded = _codes(weight, 8)
    parts = {"weight_packed": _packed(codes), "weight_scale": torch.from_numpy(scales)}
    return {**parts, "weight_shape": torch.tensor(weight.shape)}, decoded


def _compressed(layout: str, kind: str, bits: int) -> dict[str, Any]:
    group = {"weights": {"type": kind, "num_bits": bits, "symmetric": True}, "targets": ["Linear"]}
    return {"quant_method": "compressed-tensors", "format": layout, "config_groups": {"group_0": group}}


FORMATS: dict[str, tuple[str, dict[str, Any] | None, Callable[[torch.Tensor], Encoded]]] = {
    "fine-grained": ("fp8", {"quant_method": "fp8", "weight_block_size": [32, 32]}, fp8_blocks),
    "cut short": ("fp8", {"quant_method": "fp8", "weight_block_size": [40, 40]}, lambda own: fp8_blocks(own, 40)),
    "fbgemm": ("fp8", {"quant_method": "fbgemm_fp8"}, fp8_rows),
    "modelopt": ("fp8", {"quant_method": "modelopt", "quant_algo": "FP8"}, fp8_tensor),
    "compressed fp8": ("fp8", _compressed("float-quantized", "float", 8), fp8_rows),
    "compressed int8": ("ct-int8", _compressed("int-quantized", "int", 8), int8_rows),
    "compressed int4": ("ct-int4", _compressed("pack-quantized", "int", 4), packed),
    "gptq": ("gptq4", {"quant_method": "gptq", "bits": 4, "group_size": GROUP, "desc_act": False}, gptq),
    "awq": ("awq4", {"quant_method": "awq", "bits": 4, "group_size": GROUP, "version": "gemm"}, awq),
}
"""Each layout with the label of its format, its settings, and what encodes a weight."""
