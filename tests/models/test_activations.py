"""States against a plain loop, and pooling, padding, memory and hooks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig, Position
from emogeo.errors import PrecisionError, StimuliError
from emogeo.models import activations
from emogeo.models.activations import PassPlan, read
from emogeo.models.blocks import find_blocks
from emogeo.models.loading import LoadedModel, load_model
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.stimuli.corpus import load_corpus, load_facts
from emogeo.stimuli.templates import Text
from tests.conftest import compose_train
from tests.tiny import write_model

FP32 = Precision(Dtype.fp32, Quantization.none, None)
LAST, MEAN = PoolingConfig(), PoolingConfig(Position.mean, skip=3)


def load(folder: Path, cache: Path) -> LoadedModel:
    config = compose_train(f"model.weights='{folder}'").model
    return load_model(resolve_weights(config, cache), FP32, "cpu", None)


def plan(model: LoadedModel, pooling: PoolingConfig = LAST, budget: int = 1024, **changes: Any) -> PassPlan:
    options = {"n_blocks": len(find_blocks(model.body)[2]), "progress": False, **changes}
    return PassPlan(pooling=pooling, token_budget=budget, **options)


def plain_loop(model: LoadedModel, texts: list[Text]) -> list[torch.Tensor]:
    """One text at a time; hidden states as transformers gives them, the last block by a hook."""
    found, last = [], []
    blocks = find_blocks(model.body)[2]
    handle = blocks[-1].register_forward_hook(
        lambda _m, _i, out: last.append((out[0] if isinstance(out, tuple) else out)[0])
    )
    for text in texts:
        inputs = model.tokenizer(text.content, return_tensors="pt", add_special_tokens=text.special_tokens)
        with torch.inference_mode():
            output = model.body(**inputs, output_hidden_states=True)
        found.append(torch.stack([*(h[0] for h in output.hidden_states[1:-1]), last.pop()]))
    handle.remove()
    return found


def pooled(states: list[torch.Tensor], pooling: PoolingConfig) -> np.ndarray[Any, Any]:
    """Of each text's states (blocks × tokens × width) those of the last token, or the mean without the first ones."""
    if pooling.position is Position.last:
        return torch.stack([own[:, -1] for own in states]).numpy()
    return torch.stack([own[:, pooling.skip :].mean(dim=1) for own in states]).numpy()


def mean_embeddings(model: LoadedModel, texts: list[Text]) -> np.ndarray[Any, Any]:
    table = model.body.get_input_embeddings()
    with torch.inference_mode():
        tokens = [model.tokenizer(t.content, return_tensors="pt", add_special_tokens=t.special_tokens) for t in texts]
        return torch.stack([table(t["input_ids"])[0].mean(dim=0) for t in tokens]).numpy()


def relative(got: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> float:
    """Largest relative distance of a state."""
    return float((np.linalg.norm(got - wanted, axis=-1) / np.linalg.norm(wanted, axis=-1)).max())


@pytest.fixture(scope="module")
def default_weights() -> Weights:
    """The default model's real weights; fetched and converted on first use."""
    config = compose_train()
    return resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser())


@pytest.fixture(scope="module")
def default_model(default_weights: Weights) -> LoadedModel:
    return load_model(default_weights, FP32, "cpu", None)


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return [Text(content, True) for content in [*load_corpus().texts[:24], *load_facts()[:8]]]


@pytest.fixture(scope="module")
def few() -> list[Text]:
    return [Text(content, True) for content in [*load_corpus().texts[:8], *load_facts()[:4]]]


@pytest.fixture(scope="module")
def default_states(default_model: LoadedModel, few: list[Text]) -> list[torch.Tensor]:
    return plain_loop(default_model, few)


@pytest.mark.weights
@pytest.mark.parametrize("pooling", [LAST, MEAN], ids=["last", "mean"])
def test_real_states_equal_a_plain_loop_at_every_block(
    default_model: LoadedModel, few: list[Text], default_states: list[torch.Tensor], pooling: PoolingConfig
) -> None:
    wanted, embeddings = pooled(default_states, pooling), mean_embeddings(default_model, few)
    assert wanted.shape == (12, 30, 576)
    n_batches = []
    for budget in (1, 256, 4096):
        got = read(default_model, few, plan(default_model, pooling, budget))
        assert relative(got.states, wanted) < 1e-4, budget
        assert sum(len(batch) for batch in got.batches) == len(few)
        assert not got.nonfinite.any()
        np.testing.assert_allclose(got.embeddings, embeddings, atol=1e-5)
        n_batches.append(len(got.batches))
    assert n_batches[0] == 12 > n_batches[1] > n_batches[2] == 1


@pytest.mark.parametrize("family", ["smollm2", "qwen2.5", "gemma-3", "mistral"])
@pytest.mark.parametrize("pooling", [LAST, MEAN], ids=["last", "mean"])
def test_every_architecture_equals_a_plain_loop(
    tmp_path: Path, texts: list[Text], family: str, pooling: PoolingConfig
) -> None:
    model = load(write_model(tmp_path / family, family), tmp_path)
    got = read(model, texts, plan(model, pooling, budget=300))
    assert relative(got.states, pooled(plain_loop(model, texts), pooling)) < 1e-4


def test_fewer_blocks_give_the_same_states(tiny_llama: Path, tmp_path: Path, texts: list[Text]) -> None:
    model = load(tiny_llama, tmp_path)
    whole = read(model, texts, plan(model)).states
    half = read(model, texts, plan(model, n_blocks=2)).states
    np.testing.assert_array_equal(half, whole[:, :2])


def test_out_of_memory_halves_the_budget_and_goes_on(
    tiny_llama: Path, tmp_path: Path, texts: list[Text], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(tiny_llama, tmp_path)
    wanted = read(model, texts, plan(model)).states
    original = activations._read_batch

    def small_memory(model: Any, tokens: list[list[int]], *rest: Any) -> None:
        if len(tokens) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        original(model, tokens, *rest)

    monkeypatch.setattr(activations, "_read_batch", small_memory)
    got = read(model, texts, plan(model, budget=4096))
    assert max(map(len, got.batches)) <= 3
    assert relative(got.states, wanted) < 1e-4
    with pytest.raises(PrecisionError, match="token_budget=2048"):
        read(replace(model, batch_mates_matter=True), texts, plan(model, budget=4096))


def test_out_of_memory_with_one_text_is_an_error(
    tiny_llama: Path, tmp_path: Path, texts: list[Text], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: Any) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")

    model = load(tiny_llama, tmp_path)
    monkeypatch.setattr(activations, "_read_batch", no_memory)
    with pytest.raises(PrecisionError, match="single text"):
        read(model, texts, plan(model))


def test_other_errors_are_not_taken_for_memory(
    tiny_llama: Path, tmp_path: Path, texts: list[Text], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: Any) -> None:
        raise RuntimeError("shape mismatch")

    model = load(tiny_llama, tmp_path)
    monkeypatch.setattr(activations, "_read_batch", fault)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        read(model, texts, plan(model))


def test_skipping_more_tokens_than_a_text_has(tiny_llama: Path, tmp_path: Path, texts: list[Text]) -> None:
    model = load(tiny_llama, tmp_path)
    with pytest.raises(StimuliError, match=r"skip=4000.*tokens"):
        read(model, texts, plan(model, PoolingConfig(Position.mean, skip=4000)))


def test_offloaded_blocks_give_the_same_states(tiny_llama: Path, tmp_path: Path, texts: list[Text]) -> None:
    """accelerate keeps half of the blocks on disk and moves them in as they are needed."""
    from accelerate import disk_offload

    model = load(tiny_llama, tmp_path)
    wanted = read(model, texts, plan(model)).states
    disk_offload(find_blocks(model.body)[2][1], str(tmp_path / "offload"), execution_device=torch.device("cpu"))
    np.testing.assert_allclose(read(model, texts, plan(model)).states, wanted, rtol=1e-6)
    np.testing.assert_allclose(read(model, texts, plan(model, n_blocks=2)).states, wanted[:, :2], rtol=1e-6)


def test_a_device_map_loads_and_reads(tiny_llama: Path, tmp_path: Path, texts: list[Text]) -> None:
    config = compose_train(f"model.weights='{tiny_llama}'").model
    weights = resolve_weights(config, tmp_path)
    wanted = load_model(weights, FP32, "cpu", None)
    mapped = load_model(weights, FP32, "cpu", "auto")
    np.testing.assert_allclose(read(mapped, texts, plan(mapped)).states, read(wanted, texts, plan(wanted)).states)


@pytest.mark.parametrize("quantization", [Quantization.int8, Quantization.nf4])
def test_quantized_states_are_near_full_precision(
    default_weights: Weights, default_model: LoadedModel, texts: list[Text], quantization: Quantization
) -> None:
    """Measured on the default model: cosine above .99 for int8 and .9 for nf4 at every block."""
    threshold = 0.0 if quantization is Quantization.int8 else None
    quantized = load_model(default_weights, Precision(Dtype.fp32, quantization, threshold), "cpu", None)
    few = texts[:6]
    got, wanted = (read(model, few, plan(model)).states for model in (quantized, default_model))
    cosine = (got * wanted).sum(-1) / (np.linalg.norm(got, axis=-1) * np.linalg.norm(wanted, axis=-1))
    assert cosine.min() > (0.99 if quantization is Quantization.int8 else 0.9)
    assert relative(got, wanted) > 1e-4, "nothing was quantized"


def test_states_and_counts_are_the_same_whether_or_not_finite_sums_are_looked_at(
    tiny_llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a CPU, and as on a GPU."""
    model, texts = load(tiny_llama, tmp_path), [Text(own, True) for own in load_corpus(topics=2).texts]
    wanted = read(model, texts, plan(model, LAST, also=(MEAN,)))
    monkeypatch.setattr(activations, "seen_finite", lambda _: False)
    found = read(model, texts, plan(model, LAST, also=(MEAN,)))
    assert np.array_equal(found.states, wanted.states) and np.array_equal(found.also[0], wanted.also[0])
    assert np.array_equal(found.nonfinite, wanted.nonfinite)
