"""Weights on this machine, in whatever files they are, as a folder that can be loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emogeo.errors import WeightsError
from emogeo.models.weights.digests import folder_digest
from emogeo.models.weights.folder import content_revision
from emogeo.models.weights.headers import refuse_pointers
from emogeo.models.weights.index import made_in_cache, weights_folder
from emogeo.models.weights.missing import what_is_missing
from emogeo.models.weights.own_gguf import gguf_in, gguf_weights
from emogeo.models.weights.pickles import beside, convert_pickles, pickles_in


@dataclass(frozen=True)
class Local:
    """A folder with config, tokenizer and safetensors."""

    name: str
    revision: str
    """Names the content, and how it was stored if not as safetensors."""
    folder: Path
    converted: bool
    """Whether the folder is in the cache, with checksums of its files."""


def local_weights(path: Path, cache: Path, drawn: bool) -> Local:
    """Gives the weights of a folder or a file: safetensors as they are, pickles and GGUF converted once.

    Args:
        cache: the folder of converted weights, which remembers digests too.
        drawn: whether the weights will be drawn, so that a folder need not hold any.

    Raises:
        WeightsError: a folder that does not hold a whole model, or files that cannot be converted.
    """
    refuse_pointers(path)
    gguf = gguf_in(path)
    if gguf is not None:
        return Local(*gguf_weights(gguf, cache), converted=True)
    pickles, name = pickles_in(path), path.resolve().name
    if pickles and not drawn:
        _refuse_without_description(path)
        digest = folder_digest(path, sorted([*beside(path), *pickles]), cache / "digests")
        return Local(name, f"sha256:{digest}", without_pickles(path, pickles, name, digest, cache), converted=True)
    return Local(name, content_revision(path, cache, drawn), path, converted=False)


def _refuse_without_description(folder: Path) -> None:
    lacks = what_is_missing(folder, drawn=True)
    if lacks:
        raise WeightsError(f"model.weights={folder} lacks {lacks}.")


def without_pickles(folder: Path, pickles: list[str], name: str, digest: str, cache: Path) -> Path:
    """Gives the folder of the cache that holds a model's pickles as safetensors."""
    return made_in_cache(weights_folder(cache, name, digest), digest, lambda to: convert_pickles(folder, pickles, to))
