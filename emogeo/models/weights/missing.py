"""What a folder of weights lacks, each with its own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emogeo.errors import WeightsError
from emogeo.models.weights.description import has_tokenizer
from emogeo.models.weights.headers import INDEX, SINGLE, shards_of

_FOREIGN = ("*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack", "*.onnx", "*.npz")
"""Weights of other programs, which no converter here reads."""


def what_is_missing(folder: Path, drawn: bool = False) -> str:
    """Says what a folder lacks to be a whole model, and where it can, what to do; "" where nothing is missing.

    Args:
        drawn: whether its weights will be drawn, so that it need not hold any.
    """
    lacks = [] if (folder / "config.json").is_file() else ["config.json, which says what the model is"]
    if not has_tokenizer(folder):
        lacks.append("a tokenizer (tokenizer.json; or tokenizer.model, vocab.json or vocab.txt)")
    if not drawn:
        lacks += _weights(folder)
    return "; ".join(lacks)


def _weights(folder: Path) -> list[str]:
    if (folder / INDEX).is_file():
        return missing_shards(folder, INDEX)
    if (folder / SINGLE).is_file():
        return []
    shards = sorted(file.name for file in folder.glob("model-*-of-*.safetensors"))
    if shards:
        return [f"{INDEX}, which says what its {len(shards)} shards hold"]
    if (folder / "adapter_config.json").is_file():
        return [f"weights: it is an adapter; type model.weights={_base(folder)} model.adapter={folder}"]
    foreign = sorted(file.name for pattern in _FOREIGN for file in folder.glob(pattern))
    if foreign:
        return [f"model.safetensors ({foreign[0]} is not read: load it where it was made and call save_pretrained)"]
    return ["model.safetensors (or its shards and their index)"]


def missing_shards(folder: Path, index: str) -> list[str]:
    """Says which of the files that an index names are not there, or that the index is broken."""
    try:
        shards = shards_of(folder / index)
    except WeightsError as error:
        return [f"a whole {index} ({error})"]
    absent = [name for name in shards if not (folder / name).is_file()]
    return [f"{len(absent)} of the {len(shards)} files that {index} names, the first: {absent[0]}"] if absent else []


def _base(folder: Path) -> str:
    base = _json(folder / "adapter_config.json").get("base_model_name_or_path")
    return str(base) if base else "BASE"


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{file}: {error}") from error
    return found if isinstance(found, dict) else {}
