"""Every method of quantisation is decoded or refused, by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers.quantizers.auto import AUTO_QUANTIZER_MAPPING

from emogeo.errors import WeightsError
from emogeo.models.dequantize import DECODERS
from emogeo.models.weights.headers import Tensor
from emogeo.models.weights.stored import count_parameters, stored_format
from tests.quantised import FORMATS

PLAIN = {"model.layers.0.mlp.up_proj.weight": Tensor("BF16", (8, 4)), "logit_scale": Tensor("F32", (1,))}
SCALED = {**PLAIN, "model.layers.0.mlp.down_proj.weight_scale": Tensor("F32", (8, 1))}
CT = "compressed-tensors"
DECODED = {"fp8", "fbgemm_fp8", "mxfp4", "awq"}
"""Methods that need no further settings."""


def group(**weights: Any) -> dict[str, Any]:
    return {"config_groups": {"0": {"weights": weights}}}


def test_weights_that_are_not_quantised_are_nothing_special(tmp_path: Path) -> None:
    assert stored_format(tmp_path, {}, PLAIN) is None
    assert stored_format(tmp_path, {"quantization_config": None}, PLAIN) is None


@pytest.mark.parametrize("name", FORMATS)
def test_each_layout_has_a_label_and_a_decoder(name: str, tmp_path: Path) -> None:
    label, settings, _ = FORMATS[name]
    for config in ({"quantization_config": settings}, {"text_config": {"quantization_config": settings}}):
        found = stored_format(tmp_path, config, SCALED)
        assert found is not None and found.label == label and found.method in DECODERS


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}, "nf4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "fp4"),
        ({"quant_method": "mxfp4"}, "mxfp4"),
        ({"quant_method": "gptq", "bits": 8}, "gptq8"),
    ],
)
def test_labels(settings: dict[str, Any], label: str, tmp_path: Path) -> None:
    found = stored_format(tmp_path, {"quantization_config": settings}, SCALED)
    assert found is not None and found.label == label


@pytest.mark.parametrize(
    "settings",
    [
        *({"quant_method": name} for name in sorted({*AUTO_QUANTIZER_MAPPING, "future", "gptq"} - DECODED)),
        {"quant_method": "modelopt", "quant_algo": "NVFP4"},
        {"quant_method": "gptq", "bits": 3},
        {"quant_method": "awq", "bits": 4, "version": "gemv"},
        {"quant_method": CT, "format": "nvfp4-pack-quantized", **group(type="float", num_bits=4)},
        {"quant_method": CT, "format": "pack-quantized", **group(type="int", num_bits=4, symmetric=False)},
        {"quant_method": CT, "format": "int-quantized", "sparsity_config": {"format": "sparse-24-bitmask"}},
    ],
    ids=str,
)
def test_what_cannot_be_decoded_is_refused_by_name(settings: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=f"quantised by {settings['quant_method']}.*, which emogeo cannot decode"):
        stored_format(tmp_path, {"quantization_config": settings}, SCALED)


def test_settings_and_tensors_have_to_agree(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="quantised by fp8, and no tensor is"):
        stored_format(tmp_path, {"quantization_config": {"quant_method": "fp8"}}, PLAIN)
    with pytest.raises(WeightsError, match=r"down_proj.weight_scale belongs to quantised weights, and neither"):
        stored_format(tmp_path, {}, SCALED)
    (tmp_path / "hf_quant_config.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"hf_quant_config.json does not say how"):
        stored_format(tmp_path, {}, SCALED)


def test_parameters_are_counted_and_not_bytes(tmp_path: Path) -> None:
    found = stored_format(tmp_path, {"quantization_config": {"quant_method": "gptq", "bits": 4}}, SCALED)
    assert found is not None
    assert count_parameters(found, {"a": Tensor("I32", (2, 8)), "b": Tensor("F16", (5,))}) == 2 * 8 * 8 + 5
    assert count_parameters(found, {"a": Tensor("U8", (3,))}) == 6


FP8 = {"model.layers.0.mlp.up_proj.weight": Tensor("F8_E4M3", (8, 4))}


@pytest.mark.parametrize(
    "settings",
    [
        {"quant_method": "fp8", "weight_block_size": [128, 128]},
        {"quant_method": "modelopt", "quant_algo": "FP8"},
        {"quant_method": CT, "format": "float-quantized", **group(type="float", num_bits=8)},
    ],
)
def test_scales_that_were_lost_are_missed(settings: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="their scales are absent"):
        stored_format(tmp_path, {"quantization_config": settings}, FP8)
    assert stored_format(tmp_path, {}, FP8) is not None, "numbers that are what they say"


def test_whole_numbers_are_no_weights_by_themselves(tmp_path: Path) -> None:
    buffer = {**PLAIN, "h.0.attn.bias": Tensor("U8", (1, 1, 8, 8))}
    assert stored_format(tmp_path, {}, buffer) is None
    with pytest.raises(WeightsError, match=r"up_proj.weight is of whole numbers \(I8\)"):
        stored_format(tmp_path, {}, {"model.layers.0.mlp.up_proj.weight": Tensor("I8", (8, 4))})


def test_settings_that_are_none_are_said(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="quantization_config is no object with settings: 'gptq'"):
        stored_format(tmp_path, {"quantization_config": "gptq"}, PLAIN)
