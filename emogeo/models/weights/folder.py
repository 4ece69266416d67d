"""Weights in a folder: whether it holds all of a model, and the name of its content."""

from __future__ import annotations

import json
from pathlib import Path

from emogeo.errors import WeightsError
from emogeo.models.weights.digests import folder_digest
from emogeo.models.weights.missing import what_is_missing

_SUFFIXES = {".json", ".safetensors", ".jinja", ".model", ".txt"}


def complete(folder: Path) -> bool:
    """Whether a folder holds a config, a tokenizer and all the safetensors that its index names."""
    if not describes_model(folder):
        return False
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = _shards(index)
        return bool(shards) and all((folder / shard).is_file() for shard in shards)
    return (folder / "model.safetensors").is_file()


def describes_model(folder: Path) -> bool:
    """Whether a folder holds a config and a tokenizer, from which an untrained twin can be drawn."""
    tokenizers = ("tokenizer.json", "tokenizer.model", "vocab.json")
    return (folder / "config.json").is_file() and any((folder / name).is_file() for name in tokenizers)


def content_revision(folder: Path, cache: Path, drawn: bool = False) -> str:
    """Names the content of a local folder: `sha256:` and a digest of its files.

    Args:
        cache: digests are remembered in it between calls.
        drawn: whether its weights will be drawn, so that it need not hold any.

    Raises:
        WeightsError: a folder that does not hold a whole model, or not what describes one.
    """
    if drawn and not describes_model(folder):
        raise WeightsError(f"model.weights={folder}: model.init=random needs config.json and a tokenizer.")
    if not drawn and not complete(folder):
        raise WeightsError(f"model.weights={folder} lacks {what_is_missing(folder) or 'a whole model'}.")
    names = sorted(file.name for file in folder.iterdir() if file.suffix in _SUFFIXES)
    return f"sha256:{folder_digest(folder, names, cache / 'digests')}"


def _shards(index: Path) -> set[str]:
    """The files that an index names; none where the index is broken."""
    try:
        return {str(shard) for shard in json.loads(index.read_text())["weight_map"].values()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
