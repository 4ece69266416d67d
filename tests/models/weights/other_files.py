"""Tiny models in other files than safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from tests.tiny import write_model


def pickled(folder: Path, shards: int = 1) -> Path:
    """A tiny model whose tensors lie in one pickle, or in several with their index."""
    write_model(folder, "smollm2")
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    if shards == 1:
        torch.save(tensors, folder / "pytorch_model.bin")
        return folder
    places = {}
    for number in range(1, shards + 1):
        name = f"pytorch_model-{number:05d}-of-{shards:05d}.bin"
        own = dict(list(tensors.items())[number - 1 :: shards])
        torch.save(own, folder / name)
        places.update(dict.fromkeys(own, name))
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": places}))
    return folder
