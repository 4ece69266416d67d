"""What a GPU reads, writes, scores and quantises is what a CPU does, but for rounding; skipped where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig, Position
from emogeo.errors import NonFiniteError, PrecisionError
from emogeo.extraction.run import run_extraction
from emogeo.models.activations import Activations, PassPlan, read
from emogeo.models.blocks import find_blocks, n_blocks_of
from emogeo.models.generation import write
from emogeo.models.habits import habits_of, one_at_a_time
from emogeo.models.loading import LoadedModel, free_bytes, load_model
from emogeo.models.precision import Precision, resolve_device, resolve_precision
from emogeo.models.scoring import continuation_logprobs
from emogeo.models.steering import steered_logprobs
from emogeo.models.weights.resolve import resolve_weights
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.templates import Decoding, Text
from tests.conftest import compose_train
from tests.tiny import CHAT, WIDTH, write_model

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
GPU = "cuda"
TEXTS = [Text(own, special_tokens=True) for own in load_corpus(topics=6).texts]
FAMILIES = ["smollm2", "qwen2.5", "gemma-3", "mistral"]
ROUNDING = {Dtype.fp32: 1e-4, Dtype.fp16: 0.05, Dtype.bf16: 0.2}
"""How far apart states may lie, of their length."""
WRITES = ["mode=generation", "prompt_template=stories", "generation.max_new_tokens=24", "generation.min_new_tokens=12"]
ALSO = (PoolingConfig(Position.middle), PoolingConfig(Position.mean, skip=3))


@pytest.fixture(scope="module", params=FAMILIES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("gpu") / request.param, request.param, CHAT)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("gpu") / "llama", "smollm2", CHAT)


def loaded(folder: Path, device: str, dtype: Dtype = Dtype.fp32, **precision: Any) -> LoadedModel:
    options = {"quantization": Quantization.none, "threshold": None, **precision}
    config = compose_train(f"model.weights='{folder}'").model
    return load_model(resolve_weights(config, folder.parent / "cache"), Precision(dtype, **options), device, None, True)


def states(model: LoadedModel, budget: int = 16_384, reread: bool = False) -> Activations:
    plan = PassPlan(PoolingConfig(), n_blocks_of(model.body), budget, reread, ALSO, progress=False)
    return read(model, TEXTS, plan)


def apart(found: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> float:
    return float((np.linalg.norm(found - wanted, axis=-1) / np.linalg.norm(wanted, axis=-1)).max())


@pytest.mark.parametrize("dtype", list(ROUNDING))
def test_states_are_those_of_a_cpu(folder: Path, dtype: Dtype) -> None:
    found, wanted = states(loaded(folder, GPU, dtype)), states(loaded(folder, "cpu"))
    assert apart(found.states, wanted.states) < ROUNDING[dtype]
    assert apart(found.embeddings, wanted.embeddings) < ROUNDING[dtype]
    assert all(apart(*pair) < ROUNDING[dtype] for pair in zip(found.also, wanted.also, strict=True))
    assert not found.nonfinite.any()


def test_texts_are_read_and_written_together_and_batches_change_little(folder: Path) -> None:
    model = loaded(folder, GPU, Dtype.fp16)
    assert not habits_of(model).reads_alone
    assert not one_at_a_time(model)
    assert len(states(model).batches) == 1
    assert apart(states(model, reread=True).states, states(model).states) < ROUNDING[Dtype.fp16]


def test_the_same_pass_gives_the_same_bits(folder: Path) -> None:
    model = loaded(folder, GPU, Dtype.fp16)
    assert np.array_equal(states(model).states, states(model).states)


def test_states_that_overflow_are_counted_block_by_block(tmp_path: Path) -> None:
    overflowing = write_model(tmp_path / "overflow", "gemma-3", overflow=True)
    found, wanted = states(loaded(overflowing, GPU, Dtype.fp16)), states(loaded(overflowing, "cpu", Dtype.fp16))
    assert found.nonfinite.any()
    assert np.array_equal(found.nonfinite > 0, wanted.nonfinite > 0)
    assert not states(loaded(overflowing, GPU)).nonfinite.any()
    with pytest.raises(NonFiniteError, match="not finite"):
        write(loaded(overflowing, GPU, Dtype.fp16), TEXTS[:2], [1, 2], Decoding(2))


@pytest.mark.parametrize("decoding", [Decoding(16), Decoding(16, temperature=0.7, top_p=0.9)], ids=["greedy", "drawn"])
def test_the_same_seeds_write_the_same_texts_as_on_a_cpu(folder: Path, decoding: Decoding) -> None:
    seeds = list(range(20))
    on_gpu = write(loaded(folder, GPU), TEXTS[:20], seeds, decoding)
    assert write(loaded(folder, "cpu"), TEXTS[:20], seeds, decoding) == on_gpu
    assert write(loaded(folder, GPU), TEXTS[:20], seeds, decoding, batch_size=7) == on_gpu


def test_what_is_scored_and_steered_is_that_of_a_cpu(folder: Path) -> None:
    tokens = [loaded(folder, "cpu").tokenize(text)[:12] for text in TEXTS[:6]]
    added = {1: torch.randn(6, WIDTH, generator=torch.Generator().manual_seed(0))}
    scored, moved = [], []
    for device in ("cpu", GPU):
        model = loaded(folder, device)
        scored.append(continuation_logprobs(model, tokens, [own[:3] for own in tokens], 4))
        moved.append(steered_logprobs(model, tokens, [5, 9], added, 4, progress=False))
    assert np.allclose(scored[1], scored[0], atol=1e-3)
    assert np.allclose(moved[1], moved[0], atol=1e-3)


@pytest.mark.parametrize("threshold", [6.0, None])
def test_bitsandbytes_rounds_to_eight_bits_on_a_gpu(llama: Path, threshold: float | None) -> None:
    pytest.importorskip("bitsandbytes")
    model = loaded(llama, GPU, Dtype.fp16, quantization=Quantization.int8, threshold=threshold)
    assert model.quantized is not None
    assert 1e-3 < apart(states(model).states, states(loaded(llama, "cpu")).states) < 0.6


def test_bitsandbytes_rounds_to_four_bits_on_a_gpu_as_they_are_defined(llama: Path) -> None:
    functional = pytest.importorskip("bitsandbytes.functional")
    code = functional.get_4bit_type("nf4", device="cpu").float()
    wanted = loaded(llama, "cpu")
    exact = states(wanted).states
    for block in find_blocks(wanted.body)[2]:
        for layer in (own for own in block.modules() if isinstance(own, torch.nn.Linear)):
            layer.weight.data = four_bits(layer.weight.data, code)
    found = states(loaded(llama, GPU, Dtype.fp16, quantization=Quantization.nf4)).states
    assert apart(found, states(wanted).states) < ROUNDING[Dtype.bf16]
    assert apart(found, exact) > 0.5


def four_bits(weights: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
    """The nearest of 16 numbers times the largest of each 64 weights, one row after another."""
    rows = weights.reshape(-1, 64)
    scale = rows.abs().amax(dim=1, keepdim=True)
    return (code[((rows / scale)[..., None] - code).abs().argmin(dim=-1)] * scale).reshape(weights.shape)


def test_a_batch_too_large_for_the_memory_is_halved(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = loaded(llama, GPU)
    whole = states(model).states
    forward, sizes = type(model.body).forward, []

    def small(own: Any, input_ids: torch.Tensor, **options: Any) -> Any:
        sizes.append(len(input_ids))
        if len(input_ids) > 40:
            torch.empty(2**50, dtype=torch.uint8, device=GPU)
        return forward(own, input_ids=input_ids, **options)

    habits_of(model)
    monkeypatch.setattr(model.body, "forward", small.__get__(model.body))
    assert apart(states(model).states, whole) < ROUNDING[Dtype.fp32]
    assert max(sizes) > 40 >= sizes[-1]


def test_auto_is_the_gpu_at_fp16_and_a_gpu_that_is_not_there_is_refused(llama: Path) -> None:
    device = resolve_device("auto")
    assert device == GPU
    assert resolve_precision(compose_train("precision=auto").precision, device).dtype is Dtype.fp16
    assert free_bytes(GPU) > 0
    with pytest.raises(PrecisionError, match="counted from 0"):
        loaded(llama, "cuda:99")


@pytest.mark.parametrize("more", [[], WRITES])
def test_a_run_says_which_gpu_it_was(llama: Path, tmp_path: Path, more: list[str]) -> None:
    own = [f"model.weights='{llama}'", f"store.path='{tmp_path / 'store'}'", "runtime.progress=false"]
    config = compose_train(*own, "stimuli=passages6", "tracking=disabled", "layer_selection=depth", *more)
    record = run_extraction(config).record
    assert isinstance(record, GeometryRecord)
    made = [own.made_with for own in record.provenance.readings.values()]
    assert {(own.device, own.hardware) for own in made if own} == {(GPU, torch.cuda.get_device_name())}
