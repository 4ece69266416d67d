"""From codes and scales to numbers, against plain loops and against what transformers decodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from bitsandbytes.functional import QuantState, dequantize_4bit
from safetensors.torch import load_file, save_file
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

from emogeo.errors import WeightsError
from emogeo.models.dequantize import DECODERS, dequantized
from emogeo.models.weights.stored import Stored
from tests.quantised import with_bitsandbytes, write_plain

NAME = "model.layers.0.mlp.down_proj.weight"
FP8 = torch.float8_e4m3fn
CODES, ONE = torch.zeros(4, 4).to(FP8), torch.ones(1)


def test_scales_that_are_codes_are_decoded_as_bitsandbytes_does_it(tmp_path: Path) -> None:
    folder = with_bitsandbytes(write_plain(tmp_path / "plain"), tmp_path / "double", "nf4-double")
    tensors, _ = dequantized(folder, Stored("nf4", "bnb_4bit", {}), torch.float32)
    stored = load_file(folder / "model.safetensors")
    name = NAME.replace("down", "up")  # 64 inputs: a whole number of blocks
    state = QuantState.from_dict({k: own for k, own in stored.items() if k.startswith(f"{name}.")}, torch.device("cpu"))
    state.dtype = torch.float32
    torch.testing.assert_close(tensors[name], dequantize_4bit(stored[name], state))


@pytest.mark.parametrize("kind", ["int8", "nf4", "fp4"])
def test_bitsandbytes_numbers_are_codes_times_scales(kind: str, tmp_path: Path) -> None:
    folder = with_bitsandbytes(write_plain(tmp_path / "plain"), tmp_path / kind, kind)
    method = "bnb_int8" if kind == "int8" else "bnb_4bit"
    tensors, quantised = dequantized(folder, Stored(kind, method, {}), torch.float32)
    assert quantised == {name for name in tensors if "_proj" in name}
    stored = load_file(folder / "model.safetensors")
    if kind == "int8":
        scale = stored[NAME.replace("weight", "SCB")]
        wanted = np.array(
            [[code * scale[row] / 127 for code in codes] for row, codes in enumerate(stored[NAME].tolist())]
        )
    else:
        codes = [code for byte in stored[NAME].flatten().tolist() for code in (byte >> 4, byte & 15)]
        absmax, numbers = stored[f"{NAME}.absmax"].tolist(), stored[f"{NAME}.quant_map"].tolist()
        wanted = np.array([numbers[code] * absmax[at // 64] for at, code in enumerate(codes)]).reshape(64, 96)
    np.testing.assert_allclose(tensors[NAME].numpy(), wanted, rtol=1e-6)


def test_mxfp4_is_decoded_as_transformers_decodes_it() -> None:
    draw = torch.Generator().manual_seed(0)
    blocks = torch.randint(0, 256, (2, 6, 3, 16), generator=draw, dtype=torch.uint8)
    scales = torch.randint(118, 130, (2, 6, 3), generator=draw, dtype=torch.uint8)
    own = DECODERS["mxfp4"].decode({"_blocks": blocks, "_scales": scales}, Stored("mxfp4", "mxfp4", {}))
    assert own.shape == (2, 96, 6)
    assert torch.equal(own, convert_moe_packed_tensors(blocks, scales).float())


def test_a_second_version_of_gptq_stores_zero_points_as_they_are() -> None:
    parts = {".qweight": torch.full((1, 8), 0x33333333, dtype=torch.int32), ".scales": torch.ones(1, 8)}
    parts[".qzeros"] = torch.full((1, 1), 0x22222222, dtype=torch.int32)
    first, second = (Stored("gptq4", "gptq", {"bits": 4, "checkpoint_format": own}) for own in ("gptq", "gptq_v2"))
    assert torch.equal(DECODERS["gptq"].decode(dict(parts), first), torch.zeros(8, 8))
    assert torch.equal(DECODERS["gptq"].decode(dict(parts), second), torch.ones(8, 8))


def test_columns_in_an_order_of_their_own_have_the_scales_of_their_groups() -> None:
    parts = {".qweight": torch.full((1, 8), 0x11111111, dtype=torch.int32)}
    parts |= {".qzeros": torch.zeros(2, 1, dtype=torch.int32), ".scales": torch.tensor([[1.0] * 8, [5.0] * 8])}
    parts[".g_idx"] = torch.tensor([0, 1, 1, 0, 0, 0, 1, 1])
    own = DECODERS["gptq"].decode(parts, Stored("gptq4", "gptq", {"bits": 4, "checkpoint_format": "gptq_v2"}))
    assert own[0].tolist() == [1, 5, 5, 1, 1, 1, 5, 5]


@pytest.mark.parametrize(
    ("tensors", "stored", "words"),
    [
        ({"a.weight": CODES, "a.weight_scale": torch.ones(3, 1)}, "fp8", r"3 scales for 4 rows"),
        ({"a.weight": CODES.to(torch.int8), "a.weight_scale": ONE}, "fp8", "torch.int8 with 1"),
        ({"a.weight": CODES, "a.weight_scale": ONE}, "ct-int8", "torch.float8_e4m3fn with 1"),
        (
            {"a.weight": CODES, "a.weight_scale": ONE, "b.weight": CODES.clone()},
            "fp8",
            "b.weight is FP8 without a scale",
        ),
    ],
)
def test_what_does_not_fit_has_a_name(
    tensors: dict[str, torch.Tensor], stored: str, words: str, tmp_path: Path
) -> None:
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match=words):
        dequantized(tmp_path, Stored(stored, "scaled", {}), torch.float32)


def test_a_scale_that_belongs_to_no_weight_stays_what_it_is(tmp_path: Path) -> None:
    save_file({"logit_scale": torch.ones(1), "a.k_scale": torch.ones(1)}, tmp_path / "model.safetensors")
    tensors, quantised = dequantized(tmp_path, Stored("fp8", "scaled", {}), torch.float32)
    assert (set(tensors), quantised) == ({"logit_scale"}, set())
