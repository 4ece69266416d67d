"""Tiny models in memory with a small tokenizer, as a LoadedModel."""

from __future__ import annotations

import torch
from transformers import AutoModelForCausalLM, PreTrainedConfig

from emogeo.models.loading import LoadedModel
from tests.models_table.checkpoints import enlarge, tokenizer
from tests.models_table.configs import shrunk


def lent(architecture: str | PreTrainedConfig, head: bool = False) -> LoadedModel:
    """A model with random weights, of an architecture's name or of a configuration."""
    config = shrunk(architecture) if isinstance(architecture, str) else architecture
    torch.manual_seed(0)
    causal = AutoModelForCausalLM.from_config(config).eval()
    enlarge(causal)
    own = tokenizer()
    own.pad_token = own.eos_token
    return LoadedModel(causal.base_model, own, causal if head else None)
