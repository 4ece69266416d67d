"""The files that hold a model's weights, and the names, types and shapes of their tensors; no tensor is loaded."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from emogeo.errors import WeightsError

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
_LARGEST_HEADER = 100_000_000
"""The most bytes that the format allows for a header."""
_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True)
class Tensor:
    """A tensor of a file: its type as safetensors names it (F32, BF16, F8_E4M3, U8), and its shape."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of its entries."""
        return math.prod(self.shape)


def weight_files(folder: Path) -> list[str]:
    """Names the files that are loaded: the single one where there is one, else the shards that the index names.

    Raises:
        WeightsError: an index that is broken, or that names a file outside of the folder.
    """
    if (folder / SINGLE).is_file():
        return [SINGLE]
    return shards_of(folder / INDEX) if (folder / INDEX).is_file() else []


def shards_of(index: Path) -> list[str]:
    """Lists the files that an index names.

    Raises:
        WeightsError: an index that is broken, or that names no file, or one outside of its folder.
    """
    try:
        named = sorted({str(shard) for shard in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{index} is not an index of weights ({type(error).__name__}: {error}).") from error
    if not named:
        raise WeightsError(f"{index} names no file of weights.")
    for shard in named:
        _refuse_outside(index, shard)
    return named


def tensors_of(folder: Path) -> dict[str, Tensor]:
    """Reads the headers of the weights: every tensor by its name.

    Raises:
        WeightsError: a file that is no safetensors file, or see `weight_files`.
    """
    found: dict[str, Tensor] = {}
    for name in weight_files(folder):
        found.update(_header(folder / name))
    return found


def refuse_pointers(path: Path) -> None:
    """Refuses a file, or a folder with files, that stand for others kept by git LFS: a clone without them has these.

    Raises:
        WeightsError: names the first.
    """
    files = [path] if path.is_file() else sorted(own for own in path.iterdir() if own.is_file())
    for file in files:
        with file.open("rb") as stream:
            begins = stream.read(len(_POINTER))
        if begins == _POINTER:
            raise WeightsError(
                f"{file} is a pointer of git LFS and not the file itself. Type: git -C {file.parent} lfs pull"
            )


def _header(file: Path) -> dict[str, Tensor]:
    """Reads one file's header, eight bytes with its length and then JSON, and compares the file's size with it."""
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if length > _LARGEST_HEADER:
                raise ValueError(f"a header of {length} bytes")
            header = json.loads(stream.read(length))
        size, ends = file.stat().st_size, [own["data_offsets"][1] for own in header.values() if "data_offsets" in own]
        if ends and size != 8 + length + max(ends):
            raise ValueError(f"it has {size} bytes, and by its header {8 + length + max(ends)}")
        tensors = {name: own for name, own in header.items() if name != "__metadata__"}
        return {name: Tensor(str(own["dtype"]), tuple(own["shape"])) for name, own in tensors.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise WeightsError(f"{file} is not a whole safetensors file ({error}): fetch it again.") from error


def _refuse_outside(index: Path, shard: str) -> None:
    """Refuses a shard's name that leads out of the folder: it would be loaded, and not be in the key."""
    path = PurePosixPath(shard.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise WeightsError(
            f"{index} names {shard}, which is outside of the folder. Move the file into the folder and name "
            "it there; a symbolic link within the folder will do."
        )
