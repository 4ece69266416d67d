"""Weights of untrained twins: reproduced to the bit, other for other seeds, and of the trained ones' numbers."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel

from emogeo.config.model import Init, Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.errors import WeightsError
from emogeo.models.loading import LoadedModel, load_model, memory_needed
from emogeo.models.precision import Precision
from emogeo.models.untrained import digest_of, parameters_of, shuffle, untrained_body
from emogeo.models.weights.resolve import Weights
from tests.models_table.checkpoints import write_checkpoint
from tests.quantised import llama, write_plain
from tests.tiny import write_model

FP32, BF16 = (Precision(dtype, Quantization.none, None) for dtype in (Dtype.fp32, Dtype.bf16))
QUANTIZED = [
    Precision(Dtype.bf16, kind, threshold) for kind, threshold in ((Quantization.int8, 6.0), (Quantization.nf4, None))
]
KINDS = [Init.random, Init.shuffled]


@pytest.fixture(scope="module", params=["smollm2", "gemma-3", "qwen2.5"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("tiny") / "mine", request.param)


def twin(folder: Path, init: Init = Init.random, seed: int = 1) -> Weights:
    return Weights("mine", "tiny", "base", None, Source.folder, "mine", "sha256:0", folder, init, seed)


def tensors(weights: Weights) -> dict[str, torch.Tensor]:
    return dict(untrained_body(weights).state_dict())


def loaded(weights: Weights, precision: Precision = FP32) -> LoadedModel:
    return load_model(weights, precision, "cpu", None)


@pytest.mark.parametrize("init", KINDS)
def test_a_seed_gives_the_same_bits_again_and_another_seed_others(folder: Path, init: Init) -> None:
    first, again, other = tensors(twin(folder, init)), tensors(twin(folder, init)), tensors(twin(folder, init, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    random = [name for name in first if first[name].unique().numel() > 1]
    assert random
    assert not any(torch.equal(first[name], other[name]) for name in random)


def test_random_weights_are_those_that_the_class_draws(folder: Path) -> None:
    found = tensors(twin(folder, Init.random, 7))
    before = torch.random.get_rng_state()
    torch.manual_seed(7)
    wanted = AutoModel.from_config(AutoConfig.from_pretrained(folder), dtype=torch.float32).state_dict()
    torch.random.set_rng_state(before)
    assert {name: tensor.dtype for name, tensor in found.items()} == dict.fromkeys(wanted, torch.float32)
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_drawing_leaves_the_callers_generator_as_it_was(folder: Path) -> None:
    before = torch.random.get_rng_state()
    untrained_body(twin(folder))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_shuffled_tensors_keep_their_values_and_norms_in_another_order(folder: Path) -> None:
    trained = AutoModel.from_pretrained(folder, dtype=torch.float32).state_dict()
    for name, tensor in tensors(twin(folder, Init.shuffled)).items():
        assert torch.equal(tensor.flatten().sort().values, trained[name].flatten().sort().values), name
        assert torch.allclose(tensor.norm(), trained[name].norm())
        assert torch.equal(tensor, trained[name]) == (trained[name].unique().numel() == 1), name


def test_shuffling_goes_by_a_tensors_name_and_keeps_tied_tensors_tied() -> None:
    class Tied(torch.nn.Module):
        def __init__(self, *names: str) -> None:
            super().__init__()
            values = {"first": torch.arange(6.0).view(2, 3), "second": torch.arange(8.0)}
            for name in names:
                setattr(self, name, torch.nn.Parameter(values[name].clone()))
            self.head = self.first

    one, two = Tied("first", "second"), Tied("second", "first")
    shuffle(one, 3)
    shuffle(two, 3)
    assert torch.equal(one.first, two.first) and torch.equal(one.second, two.second)
    assert one.head is one.first
    wanted = np.arange(8, dtype=np.float32)
    seed = int.from_bytes(hashlib.sha256(b"3\tsecond").digest(), "big")
    np.random.default_rng(seed).shuffle(wanted)
    assert one.second.tolist() == wanted.tolist()


@pytest.mark.parametrize("init", KINDS)
@pytest.mark.parametrize("precision", [FP32, BF16])
def test_a_twin_is_loaded_as_a_trained_model_is(folder: Path, init: Init, precision: Precision) -> None:
    own, made = loaded(twin(folder, init), precision), tensors(twin(folder, init))
    trained = loaded(replace(twin(folder), init=Init.trained, init_seed=0), precision)
    assert own.drawn == digest_of(untrained_body(twin(folder, init)))
    assert trained.drawn is None
    for name, tensor in own.body.state_dict().items():
        assert torch.equal(tensor, made[name].to(tensor.dtype)), name
    kinds, buffers = (
        [dict(named(model.body)) for model in (own, trained)] for named in (_kinds, torch.nn.Module.named_buffers)
    )
    assert kinds[0] == kinds[1]
    assert all(torch.equal(buffers[0][name], buffers[1][name]) for name in buffers[1])
    assert not own.body.training
    assert own.body.config._attn_implementation == trained.body.config._attn_implementation


@pytest.mark.parametrize("init", KINDS)
@pytest.mark.parametrize("precision", QUANTIZED)
def test_a_twin_is_quantized_as_a_trained_model_is(
    folder: Path, init: Init, precision: Precision, tmp_path: Path
) -> None:
    if precision.quantization is Quantization.nf4:  # right on a CPU where 64 divides every width
        folder = write_plain(tmp_path / "wide", llama(intermediate_size=128))
    own = loaded(twin(folder, init), precision)
    trained = loaded(replace(twin(folder), init=Init.trained, init_seed=0), precision)
    kinds = [{name: type(module) for name, module in model.body.named_modules()} for model in (own, trained)]
    assert kinds[0] == kinds[1]
    with torch.inference_mode():
        assert own.body(torch.tensor([[3, 4, 5]])).last_hidden_state.isfinite().all()
    assert own.quantized == trained.quantized
    assert own.drawn == loaded(twin(folder, init)).drawn, "the digest is of what was drawn, before its precision"


def test_a_config_and_a_tokenizer_are_enough_to_draw(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert loaded(twin(tmp_path)).drawn == loaded(twin(folder)).drawn
    with pytest.raises(WeightsError, match="cannot be loaded"):
        loaded(twin(tmp_path, Init.shuffled))


def test_weights_to_shuffle_that_lack_a_tensor_are_not_drawn(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "holes", "smollm2")
    stored = load_file(folder / "model.safetensors")
    del stored["model.layers.1.self_attn.q_proj.weight"]
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(WeightsError, match=r"lacks 1 of the model's tensors.*layers\.1\.self_attn\.q_proj"):
        loaded(twin(folder, Init.shuffled))


@pytest.mark.parametrize("init", KINDS)
def test_a_twin_of_an_architecture_without_a_class_for_its_body(init: Init, tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "table", "pp_chart2table")
    first, again, other = (loaded(twin(folder, init, seed)) for seed in (1, 1, 2))
    assert first.drawn == again.drawn != other.drawn
    assert parameters_of(twin(folder)) == sum(own.numel() for own in first.body.parameters())


def test_a_twin_has_no_head(folder: Path) -> None:
    with pytest.raises(ValueError, match="mine random 1 has no LM head"):
        load_model(twin(folder), FP32, "cpu", None, head=True)


def test_memory_is_counted_without_weights_in_the_folder(folder: Path) -> None:
    n = sum(parameter.numel() for parameter in untrained_body(twin(folder)).parameters())
    assert parameters_of(twin(folder)) == n
    assert [memory_needed(twin(folder), precision, "cpu") for precision in (FP32, BF16)] == [n * 10, n * 7]
    assert [memory_needed(twin(folder), precision, "cuda:1") for precision in (FP32, BF16)] == [n * 6, n * 3]


def _kinds(model: torch.nn.Module) -> list[tuple[str, torch.dtype]]:
    return [(name, parameter.dtype) for name, parameter in model.named_parameters()]
