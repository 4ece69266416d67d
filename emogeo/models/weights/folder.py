"""Weights in a folder: whether it holds all of a model, and the name of its content."""

from __future__ import annotations

from pathlib import Path

from emogeo.errors import WeightsError
from emogeo.models.weights.description import described_by, has_tokenizer
from emogeo.models.weights.digests import folder_digest
from emogeo.models.weights.headers import weight_files
from emogeo.models.weights.missing import what_is_missing


def complete(folder: Path) -> bool:
    """Whether a folder holds a config, a tokenizer and all the safetensors that its index names."""
    if not describes_model(folder):
        return False
    try:
        files = weight_files(folder)
    except WeightsError:
        return False
    return bool(files) and all((folder / name).is_file() for name in files)


def describes_model(folder: Path) -> bool:
    """Whether a folder holds a config and a tokenizer, from which an untrained twin can be drawn."""
    return (folder / "config.json").is_file() and has_tokenizer(folder)


def content_revision(folder: Path, cache: Path, drawn: bool = False) -> str:
    """Names the content of a local folder: `sha256:` and a digest of its files.

    Args:
        cache: digests are remembered in it between calls.
        drawn: whether its weights will be drawn, so that it need not hold any.

    Raises:
        WeightsError: a folder that does not hold a whole model, or not what describes one; see `weight_files`.
    """
    if drawn and not describes_model(folder):
        raise WeightsError(f"model.weights={folder}: model.init=random needs config.json and a tokenizer.")
    weight_files(folder)
    if not drawn and not complete(folder):
        raise WeightsError(f"model.weights={folder} lacks {what_is_missing(folder) or 'a whole model'}.")
    names = sorted({*described_by(folder), *weight_files(folder)})
    return f"sha256:{folder_digest(folder, names, cache / 'digests')}"
