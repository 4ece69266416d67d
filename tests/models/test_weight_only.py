"""Weights of eight bits: each output's row by its own largest value, whatever the layer is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from transformers import AutoModel, FalconConfig, GPT2Config, GptOssConfig, MixtralConfig, PreTrainedConfig
from transformers.pytorch_utils import Conv1D

from emogeo.config.precision import Quantization
from emogeo.errors import PrecisionError
from emogeo.models.blocks import find_blocks
from emogeo.models.shares import matrices_of, shares_of
from emogeo.models.weight_only import ROUNDED, round_weights

SMALL = {"vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
EXPERTS = {**SMALL, "intermediate_size": 48, "num_key_value_heads": 2, "num_local_experts": 4, "num_experts_per_tok": 2}
ARCHITECTURES: dict[str, Callable[[], PreTrainedConfig]] = {
    "falcon": lambda: FalconConfig(**SMALL),
    "gpt2": lambda: GPT2Config(vocab_size=64, n_embd=32, n_layer=2, n_head=4),
    "mixtral": lambda: MixtralConfig(**EXPERTS),
    "gpt-oss": lambda: GptOssConfig(**EXPERTS, head_dim=8),
}


def int8_row(row: np.ndarray) -> list[float]:
    scale = np.abs(row).max() / np.float32(127)
    return [float(np.float32(round(float(one / scale))) * scale) if scale else 0.0 for one in row]


def test_each_row_is_whole_numbers_of_its_own_scale() -> None:
    weights = torch.randn(5, 9, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [[1e-3], [1], [50], [0], [7]]
    )
    wanted = torch.tensor([int8_row(row) for row in weights.numpy()])
    torch.testing.assert_close(ROUNDED[Quantization.int8_weight_only](weights, -1), wanted)
    torch.testing.assert_close(ROUNDED[Quantization.int8_weight_only](weights.T, 0), wanted.T)


def test_fp8_keeps_three_bits_of_mantissa() -> None:
    weights = torch.tensor([[448.0, 101.0, 17.0, 0.3], [0.0, 0.0, 0.0, 0.0]])
    own = ROUNDED[Quantization.fp8](weights, -1)
    assert own.tolist() == [[448.0, 104.0, 16.0, 0.3125], [0.0, 0.0, 0.0, 0.0]]


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("kind", list(ROUNDED))
def test_every_kind_of_layer_is_rounded(name: str, kind: Quantization) -> None:
    """LLM.int8 leaves out all of Falcon's layers, and the experts of the two others."""
    torch.manual_seed(0)
    body = AutoModel.from_config(ARCHITECTURES[name]())
    _, _, blocks = find_blocks(body)
    with torch.no_grad():
        for parameter in blocks.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    before = {own: parameter.clone() for own, parameter in body.named_parameters()}
    rounded = round_weights(blocks, kind)
    shares = shares_of(matrices_of(blocks, rounded))
    assert shares["all"] > 0.95, shares
    for own, parameter in body.named_parameters():
        moved = float((parameter.detach() - before[own]).abs().max())
        assert (moved > 0) == (id(parameter) in rounded), own
    for module in blocks.modules():
        if isinstance(module, nn.Linear | Conv1D) and kind is Quantization.int8_weight_only:
            rows = module.weight.T if isinstance(module, Conv1D) else module.weight
            assert max(len(row.unique()) for row in rows) <= 255
            codes = rows / (rows.abs().amax(1, keepdim=True) / 127)
            torch.testing.assert_close(codes, codes.round(), atol=1e-3, rtol=0)


def test_experts_have_a_scale_for_each_output() -> None:
    torch.manual_seed(0)
    body = AutoModel.from_config(ARCHITECTURES["gpt-oss"]())
    experts = find_blocks(body)[2][0].mlp.experts
    with torch.no_grad():
        experts.down_proj.normal_()
        experts.down_proj[..., 3] *= 1e-4  # [expert, in, out]: one output is small everywhere
    round_weights(find_blocks(body)[2], Quantization.int8_weight_only)
    small = experts.down_proj[0, :, 3]
    assert (small != 0).float().mean() > 0.9
    codes = small / (small.abs().max() / 127)
    torch.testing.assert_close(codes, codes.round(), atol=1e-3, rtol=0)


def test_batch_mates_do_not_matter() -> None:
    torch.manual_seed(0)
    body = AutoModel.from_config(MixtralConfig(**EXPERTS)).eval()
    round_weights(find_blocks(body)[2], Quantization.int8_weight_only)
    ids = torch.arange(20).reshape(2, 10)
    with torch.inference_mode():
        both = body(ids).last_hidden_state
        alone = torch.cat([body(row[None]).last_hidden_state for row in ids])
    torch.testing.assert_close(both, alone)


def test_weights_that_lie_elsewhere_are_refused() -> None:
    with torch.device("meta"):
        body = AutoModel.from_config(FalconConfig(**SMALL))
    with pytest.raises(PrecisionError, match=r"precision=fp8 rounds weights where they lie"):
        round_weights(find_blocks(body)[2], Quantization.fp8)
