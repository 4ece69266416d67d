"""Llama 3's scaled positions are read from the tensor that stands for them, as transformers computes them."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoConfig, LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from emogeo.models.weights.own_gguf import gguf_weights
from emogeo.models.weights.scaling import llama3_scaling
from tests.models.weights.test_gguf import tensors_of_a_llama, write_gguf


def published(factor: float, theta: float, n: int, length: int = 8192) -> torch.Tensor:
    """What frequencies are divided by, from transformers' own."""
    scaled = {"rope_type": "llama3", "rope_theta": theta, "factor": factor, "low_freq_factor": 1.0}
    scaled |= {"high_freq_factor": 4.0, "original_max_position_embeddings": length}
    config = LlamaConfig(hidden_size=2 * n, num_attention_heads=1, rope_parameters=scaled)
    frequencies, _ = ROPE_INIT_FUNCTIONS["llama3"](config, torch.device("cpu"))
    plain = torch.tensor([theta ** -(i / n) for i in range(n)])
    divisors: torch.Tensor = plain / frequencies
    return divisors


def read(file: Path, factors: torch.Tensor) -> gguf.GGUFReader:
    return gguf.GGUFReader(write_gguf(file, tensors_of_a_llama(), {"rope_freqs.weight": factors}))


@pytest.mark.parametrize("factor", [8.0, 32.0])
def test_the_factor_is_found(factor: float, tmp_path: Path) -> None:
    factors = published(factor, 10_000.0, 64)
    assert len(set(factors.tolist())) > 1 and factors.max() == pytest.approx(factor)
    found = llama3_scaling(read(tmp_path / "a.gguf", factors))
    assert found is not None and found["factor"] == pytest.approx(factor)
    assert (found["rope_type"], found["rope_theta"]) == ("llama3", 10_000.0)


def test_others_are_not_taken_for_llama_3(tmp_path: Path) -> None:
    for n, factors in enumerate([torch.ones(4), torch.tensor([1.0, 7.0]), published(8.0, 10_000.0, 64, length=4096)]):
        assert llama3_scaling(read(tmp_path / f"{n}.gguf", factors)) is None
    assert llama3_scaling(gguf.GGUFReader(write_gguf(tmp_path / "no.gguf", tensors_of_a_llama()))) is None


def test_the_converted_model_has_it(tmp_path: Path) -> None:
    factors, theta = published(32.0, 1e8, 2), 1e8
    assert factors.tolist() == pytest.approx([1.0, 32.0])
    file = write_gguf(tmp_path / "a.gguf", tensors_of_a_llama(), {"rope_freqs.weight": factors}, theta=theta)
    _, _, folder = gguf_weights(file, tmp_path / "cache")
    config = AutoConfig.from_pretrained(folder)
    frequencies, _ = ROPE_INIT_FUNCTIONS[config.rope_parameters["rope_type"]](config, torch.device("cpu"))
    wanted = np.array([1.0, theta**-0.5]) / factors.numpy()
    np.testing.assert_allclose(frequencies.numpy(), wanted, rtol=1e-5)
