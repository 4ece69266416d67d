"""Weights of untrained twins: drawn as the model's class draws them, or trained ones shuffled within each tensor."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoConfig, PreTrainedConfig, PreTrainedModel

from emogeo.config.model import Init
from emogeo.models.faults import named_faults
from emogeo.models.kinds import WITH_REPORT, Read, body_by
from emogeo.models.tokenizer import LOCAL
from emogeo.models.weights.resolve import Weights
from emogeo.models.weights.whole import refuse_misfits


def load_untrained(weights: Weights, options: dict[str, Any]) -> Read:
    """Makes a twin's weights in float32 and loads them as trained ones are loaded.

    Args:
        options: of `from_pretrained`: data type, placement, quantization.

    Raises:
        WeightsError: see `untrained_body`; transformers cannot read the folder.
    """
    made = untrained_body(weights)
    digest = digest_of(made)
    with named_faults(weights.folder, weights.name):
        model, report = type(made).from_pretrained(
            None, config=made.config, state_dict=made.state_dict(), output_loading_info=True, **options
        )
    return Read(model, report, drawn=digest)


def untrained_body(weights: Weights) -> PreTrainedModel:
    """Makes a twin's transformer body in float32, on the CPU.

    Raises:
        WeightsError: weights to shuffle that lack tensors, which transformers would draw.
    """
    if weights.init is Init.random:
        return _drawn(weights)
    own = {"dtype": torch.float32, "use_safetensors": True, **WITH_REPORT, **LOCAL}

    def load(loader: Any) -> Read:
        with named_faults(weights.folder, weights.name):
            return Read(*loader.from_pretrained(weights.folder, **own))

    trained = body_by(weights.architecture, load)
    refuse_misfits(weights.folder, weights.name, trained.report)
    shuffle(trained.model, weights.init_seed)
    return trained.model


def shuffle(model: torch.nn.Module, seed: int) -> None:
    """Permutes the entries of each float32 tensor in place, each by the seed and its own name; tied ones stay tied."""
    for name, tensor in model.named_parameters():
        own = hashlib.sha256(f"{seed}\t{name}".encode()).digest()
        np.random.default_rng(int.from_bytes(own, "big")).shuffle(tensor.detach().view(-1).numpy())


def digest_of(model: torch.nn.Module) -> str:
    """Gives the sha256 of a model's named tensors, on the CPU: names, shapes and bytes, in the order of the names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {list(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(tensor.detach().contiguous().view(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def parameters_of(weights: Weights) -> int:
    """Counts the parameters of the transformer body that a folder's config.json describes, without drawing them."""
    with torch.device("meta"):
        body = _of_config(weights)
    return sum(parameter.numel() for parameter in body.parameters())


def _drawn(weights: Weights) -> PreTrainedModel:
    """Draws weights in float32 with torch's generator on the CPU, which is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(weights.init_seed)
        return _of_config(weights, dtype=torch.float32)


def _of_config(weights: Weights, **options: Any) -> PreTrainedModel:
    """Makes the transformer body that config.json describes."""
    nothing_missing: dict[str, Any] = {"missing_keys": ()}
    with named_faults(weights.folder, weights.name):
        config = config_of(weights.folder)

    def make(loader: Any) -> Read:
        with named_faults(weights.folder, weights.name):
            return Read(loader.from_config(config, **options), nothing_missing)

    return body_by(weights.architecture, make).model


def config_of(folder: Path) -> PreTrainedConfig:
    """Reads config.json, without what it says of how the checkpoint has quantised its weights."""
    config = AutoConfig.from_pretrained(folder, **LOCAL)
    for own in (config, config.get_text_config()):
        if hasattr(own, "quantization_config"):
            del own.quantization_config
    return config
