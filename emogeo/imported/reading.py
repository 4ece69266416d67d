"""Reading what was measured elsewhere: any file or folder of vectors, RDMs or states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from emogeo.config.imported import ImportedConfig
from emogeo.errors import ImportedError
from emogeo.imported.folders import TABLES, Read, files_below, folder_contents
from emogeo.imported.gguf_files import gguf_contents
from emogeo.imported.hdf5_files import hdf5_contents
from emogeo.imported.measuring import measured_of
from emogeo.imported.nested import json_contents, json_object
from emogeo.imported.numpy_files import npy_contents, npz_contents
from emogeo.imported.safetensors_files import safetensors_contents
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents
from emogeo.imported.tables import table_contents
from emogeo.imported.torch_files import torch_contents
from emogeo.imported.types import Measured
from emogeo.imported.zarr_files import is_zarr, zarr_contents
from emogeo.stimuli.files import shown

READERS: dict[str, Read] = {
    ".npz": npz_contents,
    ".npy": npy_contents,
    ".safetensors": safetensors_contents,
    ".pt": torch_contents,
    ".pth": torch_contents,
    ".bin": torch_contents,
    ".gguf": gguf_contents,
    ".h5": hdf5_contents,
    ".hdf5": hdf5_contents,
    ".csv": table_contents,
    ".tsv": table_contents,
    ".json": json_contents,
}
"""What reads a file, by the suffix of its name."""
_PICKLES = (".pkl", ".pickle", ".joblib", ".dill")
_INSTEAD = {
    b"version https://git-lfs": "a pointer of Git LFS, not the file itself: type git lfs pull",
    b"<!doctype html": "a web page, not the file itself: download it again",
    b"<html": "a web page, not the file itself: download it again",
}
"""How files begin that stand in the place of the one that was meant."""


def read_measured(config: ImportedConfig, path: Path) -> Measured:
    """Reads what a file or a folder holds; the numbers of a block are read when they are asked for.

    Args:
        path: a file or a folder of this machine.

    Raises:
        ImportedError: what cannot be read, or not in one way alone, with what to type; anything that would run code.
        ConfigError: the options contradict one another.
    """
    config = replace(config, fields={str(name): str(value) for name, value in dict(config.fields).items()})
    try:
        return _read(config, path)
    except OSError as error:
        raise ImportedError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ImportedError as error:
        raise error if path.name in str(error) else ImportedError(f"{shown(path.name)}: {error}") from error


def _read(config: ImportedConfig, path: Path) -> Measured:
    if is_zarr(path):
        return measured_of(config, zarr_contents(path), _beside(path), path.name)
    if path.is_dir():
        files = files_below(path)
        contents = folder_contents(path, files, {suffix: _guarded(read) for suffix, read in READERS.items()})
        tables = [file for file in files if _is_table(file) and file not in contents.files]
        return measured_of(config, contents, tables[:1] if len(tables) == 1 else _called(tables), path.name)
    if not path.exists():
        raise ImportedError(f"imported.path={path}: no such file or folder.")
    contents = _reader(path)(path)
    about = _about(path) if path.suffix.lower() != ".json" else None
    return measured_of(config, contents if about is None else _with(contents, about), _beside(path), path.name)


def _is_table(path: Path) -> bool:
    """Says whether a file of a folder could be a table of labels; plain text is one by its name alone."""
    return path.suffix.lower() in TABLES or path.name.lower() in ("labels.txt", "emotions.txt", "conditions.txt")


def _reader(path: Path) -> Read:
    suffix = path.suffix.lower()
    if suffix in _PICKLES:
        raise ImportedError(
            f"{path.name} is a pickle: refused, since reading it would run code. Save arrays "
            "alone, as npz or safetensors."
        )
    if suffix not in READERS:
        raise ImportedError(f"{path.name}: what is read is {', '.join(READERS)}, or a folder of such.")
    return _guarded(READERS[suffix])


def _guarded(read: Read) -> Read:
    def guarded(path: Path) -> Contents:
        with path.open("rb") as stream:
            begins = stream.read(32).lower()
        instead = next((what for beginning, what in _INSTEAD.items() if begins.startswith(beginning)), None)
        if instead is not None or not begins:
            raise ImportedError(f"{path.name} is {instead or 'empty'}.")
        return read(path)

    return guarded


def _beside(path: Path) -> list[Path]:
    """Lists the tables of a file's name beside it."""
    suffixes = [*TABLES, ".json"] if not _about(path) else [*TABLES]
    found = (path.with_suffix(suffix) for suffix in suffixes if suffix != path.suffix.lower())
    return [table for table in found if table.is_file()]


def _called(tables: Sequence[Path]) -> list[Path]:
    """Gives the tables that by their names have labels, of several."""
    return [path for path in tables if path.stem.lower() in ("labels", "texts", "metadata", "stimuli", "states")]


def _about(path: Path) -> Path | None:
    """Gives the JSON file beside a file that says what it is: of its name, or called metadata."""
    for beside in (path.with_suffix(".json"), path.with_name("metadata.json")):
        if beside.is_file() and beside != path:
            try:
                json_object(beside)
            except ImportedError:
                continue
            return beside
    return None


def _with(contents: Contents, about: Path) -> Contents:
    words, numbers, said = said_in(json_object(about))
    return replace(
        contents,
        words={**words, **contents.words},
        numbers={**numbers, **contents.numbers},
        said={**said, **contents.said},
        files=(*contents.files, about),
    )
