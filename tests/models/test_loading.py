"""What is loaded, at which precision, how much memory it needs, and what is refused before it is."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers.processors import TemplateProcessing
from transformers import FalconConfig, GenerationConfig, MixtralConfig, PreTrainedConfig

from emogeo.config.model import Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig
from emogeo.errors import PrecisionError, WeightsError
from emogeo.models import loading
from emogeo.models.activations import PassPlan, read
from emogeo.models.generation import write
from emogeo.models.loading import LoadedModel, free_bytes, load_model, memory_needed
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.stimuli.templates import Decoding, Text
from tests.models_table.checkpoints import write_checkpoint
from tests.models_table.oracle import states_by_a_plain_loop
from tests.quantised import write_plain
from tests.tiny import CHAT, write_model

FP32 = Precision(Dtype.fp32, Quantization.none, None)
INT8, NF4 = (
    Precision(Dtype.bf16, kind, threshold) for kind, threshold in ((Quantization.int8, 6.0), (Quantization.nf4, None))
)


def weights(folder: Path, source: Source = Source.folder) -> Weights:
    return Weights("mine", "smollm2", "base", None, source, "mine", "sha256:0", folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("tiny") / "mine", "smollm2", CHAT)


def loaded(folder: Path, precision: Precision = FP32, head: bool = False) -> LoadedModel:
    return load_model(weights(folder), precision, "cpu", None, head)


@pytest.mark.parametrize(("dtype", "kind"), [(Dtype.fp32, torch.float32), (Dtype.bf16, torch.bfloat16)])
def test_the_transformer_alone_has_the_numbers_of_the_file(folder: Path, dtype: Dtype, kind: torch.dtype) -> None:
    model = loaded(folder, Precision(dtype, Quantization.none, None))
    assert not hasattr(model.body, "lm_head")
    assert not model.body.training
    stored = load_file(folder / "model.safetensors")
    for name, tensor in model.body.state_dict().items():
        assert torch.equal(tensor, stored[f"model.{name}"].to(kind)), name


def test_tokens_that_are_known_are_not_cut_again(folder: Path) -> None:
    model = loaded(folder)
    assert model.tokenize(Text("ab", True, (7, 8, 9))) == [7, 8, 9]
    cut = model.tokenize(Text("A letter", special_tokens=False))
    assert model.tokenizer.decode(cut) == "A letter"
    assert model.pad_token_id == model.tokenizer.eos_token_id, "padding is masked, and any token will do"
    assert model.input_device == torch.device("cpu")


def test_known_tokens_without_a_prompt_begin_as_a_passage_does(folder: Path) -> None:
    model = loaded(folder)
    alone, after = Text("ab", True, (7, 8, 9)), Text("ab", False, (5, 7, 8, 9), 1)
    assert [model.start(text) for text in (alone, after)] == [0, 1], "this tokenizer adds nothing"
    model = loaded(folder)
    single = [("<bos>", 0), ("<eos>", 1)]
    model.tokenizer._tokenizer.post_processor = TemplateProcessing(single="<bos> $A <eos>", special_tokens=single)
    del vars(model)["ending"]  # was found when the model was loaded
    assert model.ending == [1]
    assert model.tokenize(Text("ab", True)) == [0, *model.tokenize(Text("ab", False))], "and nothing after it"
    assert model.tokenize(alone) == [0, 7, 8, 9]
    assert model.tokenize(after) == [5, 7, 8, 9]
    assert [model.start(text) for text in (alone, after, Text("ab", True))] == [1, 1, 0]


def test_a_token_after_a_text_is_left_out_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The last token's state is the text's, whether or not the tokenizer ends it."""
    folder = write_model(tmp_path / "plain", "smollm2")
    own = loaded(folder).tokenizer
    own._tokenizer.post_processor = TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    own.save_pretrained(folder)
    with caplog.at_level(logging.WARNING):
        ended = loaded(folder)
    assert "mine: the tokenizer puts <eos> after a text, and emogeo leaves it out" in caplog.text
    assert ended.tokenizer("A letter")["input_ids"][-1] == 1
    plan, text = PassPlan(PoolingConfig(), 4, 1024, progress=False), [Text("A letter", True)]
    wanted = states_by_a_plain_loop(folder, [ended.tokenizer("A letter", add_special_tokens=False)["input_ids"]])
    assert np.abs(read(ended, text, plan).states - wanted.numpy()).max() < 1e-4
    assert ended.tokenize(text[0]) == ended.tokenize(Text("A letter", False))


@pytest.mark.parametrize("architecture", ["gemma2", "gptj", "bloom", "mamba", "rwkv"])
def test_architectures_without_sdpa_load_and_read(architecture: str, tmp_path: Path) -> None:
    model = loaded(write_checkpoint(tmp_path / architecture, architecture))
    texts = [Text("She closed the door", True), Text("Nobody said a word for the rest of the way home.", True)]
    found = read(model, texts, PassPlan(PoolingConfig(), 4, 1024, progress=False)).states
    wanted = states_by_a_plain_loop(tmp_path / architecture, [model.tokenize(text) for text in texts]).numpy()
    assert np.abs(found - wanted).max() < 1e-3
    assert model.attention == "eager"


def test_a_model_beside_images_writes(tmp_path: Path) -> None:
    model = loaded(write_checkpoint(tmp_path / "qwen2_vl", "qwen2_vl"), head=True)
    decoding = Decoding(max_new_tokens=3, min_new_tokens=3, temperature=None, top_p=1.0)
    assert len(write(model, [Text("She closed", True), Text("Why", True)], [0, 1], decoding)) == 2


def test_an_encoder_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "bert", "bert")
    (folder / "model.safetensors").write_bytes(b"not read")
    with pytest.raises(WeightsError, match=r"^mine \(bert\) is an encoder: it reads in both directions\."):
        loaded(folder)


def test_a_model_without_its_head_does_not_write(folder: Path) -> None:
    with pytest.raises(ValueError, match="without an LM head"):
        _ = loaded(folder).with_head


def test_stops_are_those_of_the_model_the_tokenizer_and_the_end_of_text(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tuned", "smollm2", CHAT)
    GenerationConfig(repetition_penalty=5.0, eos_token_id=[7, 3]).save_pretrained(folder)
    model = loaded(folder, head=True)
    causal, stops = model.with_head
    assert stops == [1, 3, 7], "the tokenizer's own is 1"
    assert causal.generation_config.repetition_penalty != 5.0
    model.tokenizer.add_special_tokens({"additional_special_tokens": ["<|endoftext|>"]})
    end = model.tokenizer.convert_tokens_to_ids("<|endoftext|>")
    assert end in loading._take_stops(causal, model.tokenizer)


def test_tensors_that_a_file_lacks_are_never_random(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "holes", "smollm2")
    tensors = load_file(folder / "model.safetensors")
    del tensors["model.layers.1.self_attn.q_proj.weight"]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsError, match=r"lacks 1 of the model's tensors.*layers\.1\.self_attn\.q_proj"):
        loaded(folder)


def test_tensors_without_a_place_are_not_dropped_in_silence(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "biased", "smollm2")
    tensors = load_file(folder / "model.safetensors")
    tensors["model.layers.1.self_attn.q_proj.bias"] = torch.ones(32)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsError, match=r"holds 1 tensors .* no place for, the first: .*q_proj\.bias"):
        loaded(folder)


SMALL = {"vocab_size": 512, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
FALCON = FalconConfig(**SMALL)
MIXTRAL = MixtralConfig(**SMALL, intermediate_size=128, num_key_value_heads=2, num_local_experts=4)


@pytest.mark.parametrize("precision", [INT8, NF4], ids=lambda own: own.label)
def test_a_model_whose_layers_are_all_left_out_is_refused(precision: Precision, tmp_path: Path) -> None:
    with pytest.raises(PrecisionError, match=r"none of its blocks' weights were quantised.*precision=int8_weight_only"):
        loaded(write_plain(tmp_path / "falcon", FALCON), precision)


@pytest.mark.parametrize("precision", [INT8, NF4], ids=lambda own: own.label)
def test_a_model_whose_experts_are_left_out_is_flagged(
    precision: Precision, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = loaded(write_plain(tmp_path / "mixtral", MIXTRAL), precision)
    assert model.quantized is not None
    experts, attention = 2 * 4 * 3 * 64 * 128, 2 * (2 * 64 * 64 + 2 * 64 * 32)
    assert model.quantized["all"] == pytest.approx(attention / (experts + attention + 2 * 4 * 64))
    assert (model.quantized["attention"], model.quantized["experts"]) == (1.0, 0.0)
    assert "only 11% of the blocks' weights are quantised" in caplog.text


@pytest.mark.parametrize("kind", [Quantization.int8_weight_only, Quantization.fp8])
@pytest.mark.parametrize("config", [FALCON, MIXTRAL], ids=["falcon", "mixtral"])
def test_weights_alone_are_rounded_in_every_kind_of_layer(
    kind: Quantization, config: PreTrainedConfig, tmp_path: Path
) -> None:
    precision = Precision(Dtype.fp32, kind, None)
    folder = write_plain(tmp_path / "whole", config)
    model, full = loaded(folder, precision), loaded(folder)
    assert (precision.label, precision.depends_on_batch_mates) == (f"{kind.value}+fp32", False)
    assert model.quantized is not None and model.quantized["all"] > 0.99
    ids = torch.arange(20).reshape(2, 10)
    with torch.inference_mode():
        own, exact = (each.body(ids).last_hidden_state for each in (model, full))
    assert 1e-4 < float((own - exact).norm() / exact.norm()) < 0.2


@pytest.mark.parametrize(("precision", "matter"), [(FP32, False), (INT8, True), (replace(INT8, threshold=0.0), False)])
@pytest.mark.parametrize("head", [False, True])
def test_batch_mates_matter_under_outlier_columns_alone(
    folder: Path, precision: Precision, matter: bool, head: bool
) -> None:
    assert load_model(weights(folder), precision, "cpu", None, head).batch_mates_matter is matter


def test_four_bits_on_a_cpu_are_refused_where_they_would_be_decoded_wrongly(tmp_path: Path) -> None:
    with pytest.raises(PrecisionError, match=r"down_proj.weight has 96 inputs, and on a CPU bitsandbytes decodes rows"):
        loaded(write_plain(tmp_path / "odd"), NF4)


def test_weights_of_the_package_index_are_checked_before_they_are_used(folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"weights\.json is not what was written"):
        load_model(weights(folder, Source.index), FP32, "cpu", None)


def test_a_gpu_that_is_not_there_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(PrecisionError, match="finds no GPU that it can use"):
        load_model(weights(folder), FP32, "cuda", None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(PrecisionError, match=r"^runtime\.device=cuda:2: there are 2 GPUs, counted from 0\.$"):
        load_model(weights(folder), FP32, "cuda:2", None)


def test_quantizing_needs_its_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda _name: None)
    with pytest.raises(PrecisionError, match=r"needs bitsandbytes. Type: pip install .*\[quantized\]"):
        loaded(folder, NF4)
    loaded(folder)


def test_how_linear_layers_are_quantized() -> None:
    eight, four = (loading._options(precision, "cpu", None)["quantization_config"] for precision in (INT8, NF4))
    assert (eight.load_in_8bit, eight.llm_int8_threshold) == (True, 6.0)
    assert (four.load_in_4bit, four.bnb_4bit_quant_type, four.bnb_4bit_compute_dtype) == (True, "nf4", torch.bfloat16)
    none = loading._options(FP32, "cuda:1", None)
    assert ("quantization_config" in none, none["device_map"], none["dtype"]) == (False, {"": "cuda:1"}, torch.float32)
    assert loading._options(FP32, "cuda:1", "auto")["device_map"] == "auto"
    assert loading.LOCAL == {"trust_remote_code": False, "local_files_only": True}


@pytest.mark.parametrize(
    ("field", "stored", "bytes_of_one"),
    [("dtype", "float32", 4), ("torch_dtype", "float32", 4), ("dtype", "bfloat16", 2)],
)
def test_memory_is_of_the_parameters_and_not_of_the_file(
    field: str, stored: str, bytes_of_one: int, tmp_path: Path
) -> None:
    """A thousand parameters over two shards; half as much again is asked for."""
    (tmp_path / "config.json").write_text(json.dumps({field: stored}))
    index = {"weight_map": {shard: f"{shard}.safetensors" for shard in "ab"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "not-loaded.safetensors").write_bytes(b"\0" * 7777)
    for shard, share in (("a", 600), ("b", 400)):
        (tmp_path / f"{shard}.safetensors").write_bytes(b"\0" * share * bytes_of_one)
    (tmp_path / "old.bin").write_bytes(b"\0" * 9999)
    fp16 = Precision(Dtype.fp16, Quantization.none, None)
    found = [memory_needed(weights(tmp_path), precision, "cpu") for precision in (FP32, fp16, INT8, NF4)]
    assert found == pytest.approx([6000, 3000, 1500, 900])


def test_free_memory_is_that_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (123, 456) if device == "cuda:1" else (0, 0))
    assert free_bytes("cuda:1") == 123
    assert 0 < free_bytes("cpu") <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("pad_token_id", 99_999, "pad_token_id is 99999, and there are"),
        ("num_attention_heads", "four", "cannot be loaded: .*num_attention_heads"),
    ],
)
def test_a_configuration_that_cannot_be_is_said(field: str, value: object, said: str, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "odd", "smollm2")
    about = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**about, field: value}))
    with pytest.raises(WeightsError, match=said):
        loaded(folder)


def test_tensors_of_another_shape_are_named(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "wide", "smollm2")
    tensors = load_file(folder / "model.safetensors")
    tensors["model.layers.1.mlp.up_proj.weight"] = torch.ones(3, 5)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    for head in (False, True):
        with pytest.raises(
            WeightsError, match=r"first: .*layers\.1\.mlp\.up_proj\.weight is \[3, 5\] and should be \["
        ):
            loaded(folder, head=head)


@pytest.mark.parametrize("slip", [AssertionError("ours"), KeyError("ours"), RuntimeError("ours")])
@pytest.mark.parametrize("part", ["attention_for", "body_by", "_options"])
def test_a_slip_of_ours_is_not_called_a_folder_that_cannot_be_loaded(
    part: str, slip: Exception, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slips(*_arguments: object) -> None:
        raise slip

    monkeypatch.setattr(loading, part, slips)
    with pytest.raises(type(slip), match="ours"):
        loaded(folder)
