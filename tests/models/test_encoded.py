"""Checkpoints that were quantised by their makers: what they encode is what is read, at each data type."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, GPT2Config, GptOssConfig
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

from emogeo.config.model import Init, ModelConfig
from emogeo.config.precision import Dtype, PrecisionConfig, Quantization
from emogeo.errors import PrecisionError, WeightsError
from emogeo.models.encoded import load_encoded
from emogeo.models.loading import LoadedModel, load_model, memory_needed
from emogeo.models.precision import precision_of
from emogeo.models.weights.resolve import Weights, resolve_weights
from tests.quantised import FORMATS, quantise, with_bitsandbytes, write_plain

IDS = (torch.arange(24).reshape(2, 12) * 7) % 400


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plain(tmp_path_factory.mktemp("plain") / "plain")


def found(folder: Path) -> Weights:
    return resolve_weights(ModelConfig(name="mine", weights=str(folder)), folder.parent / "cache", False)


def loaded(folder: Path, dtype: Dtype = Dtype.fp32, kind: Quantization = Quantization.none) -> LoadedModel:
    weights = found(folder)
    threshold = 6.0 if kind is Quantization.int8 else None
    own = PrecisionConfig(kind.value, dtype, kind, threshold)
    return load_model(weights, precision_of(own, "cpu", weights), "cpu", None)


def states(model: LoadedModel) -> torch.Tensor:
    with torch.inference_mode():
        return model.body(input_ids=IDS).last_hidden_state.float()


@pytest.mark.parametrize("name", FORMATS)
def test_the_states_are_those_of_the_numbers_that_are_encoded(name: str, plain: Path, tmp_path: Path) -> None:
    label, settings, encode = FORMATS[name]
    folder = quantise(plain, tmp_path / "own", settings, encode)
    weights = found(folder)
    wanted = loaded(tmp_path / "own-decoded")
    for dtype in (Dtype.fp32, Dtype.bf16):
        resolved = precision_of(PrecisionConfig("given", dtype), "cpu", weights)
        assert resolved.label == f"{label}+{dtype.value}"
        assert resolved == precision_of(PrecisionConfig("as", dtype, Quantization.as_stored), "cpu", weights)
        model = load_model(weights, resolved, "cpu", None)
        assert {parameter.dtype for parameter in model.body.parameters()} == {getattr(torch, _TORCH[dtype])}
        assert model.quantized == {"all": 1.0, "attention": 1.0, "mlp": 1.0}
        if dtype is Dtype.fp32:
            assert torch.equal(states(model), states(wanted))
        else:
            assert torch.equal(states(model), states(loaded(tmp_path / "own-decoded", dtype)))


_TORCH = {Dtype.fp32: "float32", Dtype.bf16: "bfloat16"}


@pytest.mark.parametrize("kind", ["int8", "nf4", "nf4-double", "fp4"])
def test_bitsandbytes_folders_are_what_they_say_at_every_data_type(kind: str, plain: Path, tmp_path: Path) -> None:
    folder = with_bitsandbytes(plain, tmp_path / kind, kind)
    given = {dtype: states(loaded(folder, dtype)) for dtype in (Dtype.fp32, Dtype.bf16, Dtype.fp16)}
    far = given[Dtype.fp32]
    for dtype, limit in ((Dtype.bf16, 0.1), (Dtype.fp16, 0.01)):
        apart = float((given[dtype] - far).norm() / far.norm())
        assert 0 < apart < limit, "one data type, one label, other bytes"
    for kind_of_it in (Quantization.int8, Quantization.nf4, Quantization.int8_weight_only, Quantization.fp8):
        with pytest.raises(PrecisionError, match=r"would quantise them a second time. Type precision=as_stored"):
            loaded(folder, Dtype.bf16, kind_of_it)


def test_layers_that_keep_their_weights_turned_get_them_so(tmp_path: Path) -> None:
    """GPT-2's square matrices would load either way."""
    config = GPT2Config(vocab_size=512, n_embd=64, n_layer=2, n_head=4, initializer_range=0.2)
    own = write_plain(tmp_path / "gpt2", config)
    folder = with_bitsandbytes(own, tmp_path / "int8", "int8")
    full = states(loaded(own))
    assert float((states(loaded(folder)) - full).norm() / full.norm()) < 0.05


def test_a_layout_that_loses_its_scales_is_refused_and_modelopts_own_file_is_read(plain: Path, tmp_path: Path) -> None:
    _, _, encode = FORMATS["modelopt"]
    folder = quantise(plain, tmp_path / "own", None, encode)
    with pytest.raises(WeightsError, match=r"weight_scale belongs to quantised weights, and neither config.json"):
        loaded(folder)
    (folder / "hf_quant_config.json").write_text('{"quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": null}}')
    assert torch.equal(states(loaded(folder)), states(loaded(tmp_path / "own-decoded")))


def test_fp8_numbers_without_scales_are_what_they_say(plain: Path, tmp_path: Path) -> None:
    def bare(weight: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        return {"weight": weight.to(torch.float8_e4m3fn)}, weight.to(torch.float8_e4m3fn).float()

    folder = quantise(plain, tmp_path / "own", None, bare)
    assert torch.equal(states(loaded(folder)), states(loaded(tmp_path / "own-decoded")))
    assert found(folder).stored is not None


def test_an_untrained_twin_has_no_quantisation_of_its_checkpoint(plain: Path, tmp_path: Path) -> None:
    _, settings, encode = FORMATS["fine-grained"]
    quantise(plain, tmp_path / "own", settings, encode)
    option = ModelConfig(name="mine", weights=str(tmp_path / "own"), init=Init.random, init_seed=1)
    twin = resolve_weights(option, tmp_path / "cache", False)
    precision = precision_of(PrecisionConfig("bf16", Dtype.bf16), "cpu", twin)
    assert precision.label == "bf16"
    assert load_model(twin, precision, "cpu", None).quantized is None
    option.init = Init.shuffled
    with pytest.raises(WeightsError, match=r"stored in fp8, and model.init=shuffled permutes"):
        resolve_weights(option, tmp_path / "cache", False)


def test_the_head_is_loaded_too(plain: Path, tmp_path: Path) -> None:
    _, settings, encode = FORMATS["awq"]
    weights = found(quantise(plain, tmp_path / "own", settings, encode))
    precision = precision_of(PrecisionConfig("fp32", Dtype.fp32), "cpu", weights)
    model = load_model(weights, precision, "cpu", None, head=True)
    assert model.with_head[0].lm_head.weight.dtype == torch.float32
    parameters = sum(own.numel() for own in model.with_head[0].parameters())
    assert memory_needed(weights, precision, "cpu") == pytest.approx(1.5 * 4 * parameters, rel=0.2)
    assert weights.stored is not None
    own = load_encoded(weights, weights.stored, {"dtype": torch.float32}, AutoModel)
    assert own.shares is not None and own.shares["all"] == 1.0
    assert not hasattr(own.model.config, "quantization_config")


def test_experts_in_mxfp4_are_read_as_the_numbers_that_they_encode(tmp_path: Path) -> None:
    sizes = {"vocab_size": 512, "hidden_size": 64, "intermediate_size": 32, "num_hidden_layers": 2, "head_dim": 16}
    config = GptOssConfig(**sizes, num_attention_heads=4, num_key_value_heads=2, num_local_experts=4)
    plain = write_plain(tmp_path / "plain", config)
    tensors, draw = load_file(plain / "model.safetensors"), torch.Generator().manual_seed(0)
    stored, decoded = dict(tensors), dict(tensors)
    for name in [own for own in tensors if own.endswith(("experts.gate_up_proj", "experts.down_proj"))]:
        experts, inputs, outputs = tensors[name].shape
        blocks = torch.randint(0, 256, (experts, outputs, inputs // 32, 16), generator=draw, dtype=torch.uint8)
        scales = torch.randint(120, 126, blocks.shape[:-1], generator=draw, dtype=torch.uint8)
        stored |= {f"{name}_blocks": blocks, f"{name}_scales": scales}
        decoded[name] = convert_moe_packed_tensors(blocks, scales).float().contiguous()
        del stored[name]
    save_file(decoded, plain / "model.safetensors", {"format": "pt"})
    folder = tmp_path / "mxfp4"
    shutil.copytree(plain, folder)
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    settings = {**json.loads((plain / "config.json").read_text()), "quantization_config": {"quant_method": "mxfp4"}}
    (folder / "config.json").write_text(json.dumps(settings))
    weights = found(folder)
    assert weights.stored is not None and weights.stored.label == "mxfp4"
    own = load_encoded(weights, weights.stored, {"dtype": torch.float32}, AutoModel)
    wanted = AutoModel.from_pretrained(plain, dtype=torch.float32)
    assert not own.report["missing_keys"] and set(own.report["unexpected_keys"]) == {"lm_head.weight"}
    assert own.shares is not None
    assert (own.shares["experts"], own.shares["attention"]) == (pytest.approx(1.0, abs=0.05), 0.0)
    with torch.inference_mode():
        assert torch.equal(own.model.eval()(IDS).last_hidden_state, wanted.eval()(IDS).last_hidden_state)
    precision = precision_of(PrecisionConfig("fp32", Dtype.fp32), "cpu", weights)
    for head in (False, True):
        model = load_model(weights, precision, "cpu", None, head)
        assert (model.attention, model.quantized) == ("eager", own.shares), "gpt-oss has no sdpa"
        assert torch.equal(states(model), states(loaded(plain)))
