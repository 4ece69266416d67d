"""Weights in `pytorch_model.bin`: tensors alone are read, and become safetensors once.

A pickle can run whatever its author wrote. torch.load(weights_only=True) builds tensors and plain containers, and
refuses everything else, so nothing of the file is run.
"""

from __future__ import annotations

import json
import logging
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from emogeo.errors import WeightsError, first_line
from emogeo.models.weights.description import copy_files, described_by
from emogeo.models.weights.headers import INDEX, shards_of
from emogeo.models.weights.missing import missing_shards

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)
PICKLE = "pytorch_model.bin"
PICKLE_INDEX = f"{PICKLE}.index.json"


def pickles_in(folder: Path) -> list[str]:
    """Lists the pickles of a model that has no safetensors; none where there are safetensors, or no pickle.

    Raises:
        WeightsError: an index that is broken, or that names files which are not there.
    """
    if any(folder.glob("*.safetensors")):
        return []
    if (folder / PICKLE_INDEX).is_file():
        lacks = missing_shards(folder, PICKLE_INDEX)
        if lacks:
            raise WeightsError(f"{folder} lacks {lacks[0]}.")
        return shards_of(folder / PICKLE_INDEX)
    return [PICKLE] if (folder / PICKLE).is_file() else []


def beside(folder: Path) -> list[str]:
    """Lists the files that describe a model and its tokenizer."""
    return [name for name in described_by(folder) if name not in {PICKLE_INDEX, INDEX}]


def convert_pickles(folder: Path, names: list[str], target: Path) -> None:
    """Writes the tensors of pickles as safetensors to `target`, with what describes the model beside them.

    Raises:
        WeightsError: a pickle that holds something else than tensors, or cannot be read.
    """
    from safetensors.torch import save_file

    copy_files(folder, beside(folder), target)
    places: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        log.info("reading the tensors of %s", name)
        shard = "model.safetensors" if len(names) == 1 else f"model-{number:05d}-of-{len(names):05d}.safetensors"
        tensors = _tensors(folder / name)
        save_file({key: own.contiguous().clone() for key, own in tensors.items()}, target / shard, {"format": "pt"})
        places.update(dict.fromkeys(tensors, shard))
    if len(names) > 1:
        (target / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}))


def _tensors(file: Path) -> dict[str, torch.Tensor]:
    import torch

    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{file} holds more than tensors, and nothing of it was run. If you trust it, load it where it was made "
            f"and save it as safetensors (save_pretrained). torch says: {first_line(error)}"
        ) from error
    except (RuntimeError, ValueError, EOFError, KeyError, OSError) as error:
        raise WeightsError(f"{file} cannot be read ({first_line(error)}); it may be incomplete.") from error
    if not isinstance(found, dict) or not found or not all(isinstance(own, torch.Tensor) for own in found.values()):
        inside = ", ".join(map(str, list(found)[:5])) if isinstance(found, dict) else type(found).__name__
        raise WeightsError(f"{file} is not the tensors of a model by name (it holds {inside}): save those alone.")
    return {str(name): own for name, own in found.items()}
