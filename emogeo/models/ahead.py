"""The weights of a sweep's next model, which the system reads into its memory while this one is at work."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from emogeo.config.model import Init, ModelConfig, Source
from emogeo.errors import EmogeoError
from emogeo.models.weights.headers import weight_files
from emogeo.models.weights.here import only_what_is_here
from emogeo.models.weights.hub import hub_id, hub_snapshot
from emogeo.models.weights.index import weights_folder

_SHARE = 0.5
"""The most of the free memory that the files may take: they leave it when it is wanted for something else."""

_AT_ONCE = 1 << 17
"""Bytes that are asked for at once: Linux reads no more of them than it would read ahead, by default 128 KiB."""


class _Next:
    model: ModelConfig | None = None
    cache: Path = Path()


@contextmanager
def followed_by(model: ModelConfig | None, cache: Path) -> Iterator[None]:
    """Has the weights of another model read ahead, once one has been loaded in the block; None for no other.

    Args:
        cache: the folder of converted weights.
    """
    _Next.model, _Next.cache = model, cache
    try:
        yield
    finally:
        _Next.model = None


def read_ahead() -> threading.Thread | None:
    """Begins to read the next model's weights, once for each run; gives what does so, and None for nothing to read."""
    model, _Next.model = _Next.model, None
    if model is None or model.adapter is not None or model.init is Init.random or not hasattr(os, "posix_fadvise"):
        return None
    reading = threading.Thread(target=_read, args=(model, _Next.cache), name="weights ahead", daemon=True)
    reading.start()
    return reading


def _read(model: ModelConfig, cache: Path) -> None:
    """Tells the system that files will be needed; what is wrong with them is said when their turn has come."""
    import psutil

    with suppress(EmogeoError, OSError), only_what_is_here():
        folder = _folder(model, cache)
        files = [folder / name for name in weight_files(folder)]
        if sum(file.stat().st_size for file in files) > _SHARE * psutil.virtual_memory().available:
            return
        for file in files:
            with file.open("rb") as stream:
                for start in range(0, file.stat().st_size, _AT_ONCE):
                    os.posix_fadvise(stream.fileno(), start, _AT_ONCE, os.POSIX_FADV_WILLNEED)


def _folder(model: ModelConfig, cache: Path) -> Path:
    """Finds where weights lie that are loaded as they are; neither a GGUF file nor what an adapter is merged into."""
    if model.weights is None and model.source is Source.index:
        return weights_folder(cache, model.name, model.sha256 or "")
    if model.weights is None:
        return hub_snapshot(model.id, model.revision or "main")[0]
    folder = Path(model.weights).expanduser()
    if folder.exists():
        return folder
    repository, revision = hub_id("weights", model.weights)
    return hub_snapshot(repository, revision or "main")[0]
