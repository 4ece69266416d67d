"""The size of a network, and its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.config.precision import Dtype, Quantization
from emogeo.forecast.network import guessed, network_of
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import resolve_weights
from tests.conftest import Composer
from tests.forecast.planted import BF16, SMALL

INT8 = Precision(Dtype.bf16, Quantization.int8, 6.0)


def test_it_is_read_from_the_files(tiny_run: Composer, tiny_llama: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    weights = resolve_weights(tiny_run().model, tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    found, config = network_of(weights), model.config
    assert found.params == sum(own.numel() for own in model.parameters())
    assert (found.n_layers, found.d_model) == (config.num_hidden_layers, config.hidden_size)
    assert found.cached == 2 * config.num_key_value_heads * config.head_dim
    assert found.vocabulary == config.vocab_size


@pytest.mark.parametrize(("params_b", "blocks", "d_model"), [(8.03, 32, 4096), (3.21, 28, 3072), (1.71, 24, 2048)])
def test_a_guess_is_near_to_what_models_have(params_b: float, blocks: int, d_model: int) -> None:
    found = guessed(1e9 * params_b)
    assert found.n_layers * found.d_model == pytest.approx(blocks * d_model, rel=0.2)


def test_bytes_follow_the_formulas() -> None:
    assert SMALL.loading(BF16, True, "cpu") == 3e9
    assert SMALL.loading(BF16, False, "cpu") == 7e9
    assert SMALL.loading(BF16, False, "cuda") == 3e9
    assert SMALL.loading(INT8, True, "cpu") == 1.5e9
    assert SMALL.reading(BF16, 1024, 50) == 2e9 + 1024 * 24 * 100 * 4 + 3 * 50 * 10 * 100 * 4
    assert SMALL.writing(BF16, 5, 100) == 2e9 + 5 * 100 * 10 * 50 * 4 + 8 * 5 * 1000 * 4
