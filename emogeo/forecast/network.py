"""The size of a network: from its files where they are here, else guessed from its parameters; and its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emogeo.errors import WeightsError
from emogeo.models.precision import Precision, bytes_per_parameter
from emogeo.models.weights.headers import tensors_of
from emogeo.models.weights.resolve import Weights
from emogeo.models.weights.stored import count_parameters

_WIDTHS = ("hidden_size", "n_embd", "d_model", "dim")
PROCESS = 2.0**30
"""Bytes of a process with its libraries."""
PER_TOKEN = 24
"""Numbers of a batch's token that are in memory at once, as a multiple of d_model: one block's states and products."""
VOCABULARY = 128_000
"""Tokens of a vocabulary that is not known."""
_OF_LAYERS = 12 * 128**2
"""Parameters are 12 · blocks · d_model² in a transformer, and d_model about 128 · blocks: so this times blocks³."""


@dataclass(frozen=True)
class Network:
    """The size of a network."""

    params: float
    """The number of parameters."""
    n_layers: int
    d_model: int
    cached: int
    """Numbers that a token leaves in the cache of a block, keys and values together."""
    vocabulary: int

    def loading(self, precision: Precision, trained: bool, device: str) -> float:
        """Bytes that must be free when the model is loaded: half as much again as its weights.

        On the CPU an untrained twin takes its float32 weights as well.
        """
        made = 0.0 if trained or device.startswith("cuda") else 4.0
        return self.params * (1.5 * bytes_per_parameter(precision) + made)

    def reading(self, precision: Precision, token_budget: int, texts: int) -> float:
        """Bytes of weights, of a batch, and of the states of all texts in float32 at three poolings."""
        batch = token_budget * PER_TOKEN * self.d_model * 4.0
        return self.params * bytes_per_parameter(precision) + batch + 3 * texts * self.n_layers * self.d_model * 4.0

    def writing(self, precision: Precision, at_once: int, longest: int) -> float:
        """Bytes of weights, of the cache of all texts that are written at once, and of drawing from their logits."""
        cache = at_once * longest * self.n_layers * self.cached * 4.0
        return self.params * bytes_per_parameter(precision) + cache + 8 * at_once * self.vocabulary * 4.0


def network_of(weights: Weights) -> Network:
    """Reads the size of a network from its configuration and the headers of its weights."""
    config = weights.config
    d_model = next((int(config[name]) for name in _WIDTHS if isinstance(config.get(name), int)), 0)
    params = _parameters(weights)
    d_model = d_model or guessed(params).d_model
    return Network(params, weights.n_layers, d_model, _cached(config, d_model), int(config.get("vocab_size") or 0))


def guessed(params: float) -> Network:
    """Guesses the size of a network from its number of parameters alone."""
    blocks = max(1, round((params / _OF_LAYERS) ** (1 / 3)))
    return Network(params, blocks, 128 * blocks, 128 * blocks // 2, VOCABULARY)


def _parameters(weights: Weights) -> float:
    """Counts parameters in the headers of the weights; an untrained twin without weights has those of its option."""
    try:
        tensors = tensors_of(weights.folder)
    except WeightsError:
        tensors = {}
    if not tensors:
        return 1e9 * (weights.params_b or 1.0)
    stored = weights.stored
    return float(sum(own.size for own in tensors.values()) if stored is None else count_parameters(stored, tensors))


def _cached(config: Mapping[str, Any], d_model: int) -> int:
    heads = int(config.get("num_attention_heads") or config.get("n_head") or 1)
    width = int(config.get("head_dim") or d_model // heads)
    return 2 * width * int(config.get("num_key_value_heads") or heads)
