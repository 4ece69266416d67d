"""The vectors of a run as they are written: at some blocks, with what they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.errors import GeometryError, StoreError
from emogeo.export.blocks import chosen_blocks
from emogeo.export.metadata import UNIT, Measured, metadata_of
from emogeo.record.files import VECTORS
from emogeo.store.tensors import unpack


@dataclass(frozen=True)
class Vectors:
    """Vectors with their labels and blocks."""

    labels: tuple[str, ...]
    blocks: tuple[int, ...]
    """Counted from 0: the vectors are of the blocks' outputs."""
    values: NDArray[np.float32]
    """[label, block, d_model]"""
    said: dict[str, str]
    """What the file says of the run, without labels and blocks."""

    @property
    def metadata(self) -> dict[str, str]:
        """Everything that the file says, with `labels` and `layers` as JSON lists."""
        return {**self.said, "labels": as_json(self.labels), "layers": as_json(self.blocks)}

    @property
    def listed(self) -> dict[str, object]:
        """The same with `labels` and `layers` as lists, for files that have them."""
        return {**self.said, "labels": list(self.labels), "layers": list(self.blocks)}


def vectors_of(run: Measured, asked: str, unit: bool = False) -> Vectors:
    """Gives the vectors of a run, in float32 as the record has them.

    Args:
        asked: `all`, `selected`, or numbers of blocks.
        unit: scales each vector to length 1.

    Raises:
        ConfigError: a block that the run has not.
        StoreError: a run that has RDMs alone.
        GeometryError: a vector of length zero, which has no direction.
    """
    arrays = unpack(run.files[VECTORS]) if VECTORS in run.files else {}
    if "vectors" not in arrays:
        raise StoreError(f"{run.key[:12]} ({run.record.title}) has no vectors: export its RDMs, by --to rdms.")
    blocks = chosen_blocks(run, asked)
    rows = [run.result.layer.layers.index(block) for block in blocks]
    values = np.ascontiguousarray(arrays["vectors"][:, rows], dtype=np.float32)
    vectors = Vectors(tuple(run.conditions), blocks, values, metadata_of(run))
    return _of_unit_length(vectors) if unit else vectors


def _of_unit_length(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors.values.astype(np.float64), axis=2, keepdims=True)
    if not lengths.all():
        label, block, _ = np.argwhere(lengths == 0)[0]
        raise GeometryError(
            f"The vector of {vectors.labels[label]} at block {vectors.blocks[block]} has length zero: it has no "
            "direction, and --unit cannot scale it."
        )
    scaled = (vectors.values / lengths).astype(np.float32)
    return Vectors(vectors.labels, vectors.blocks, scaled, {**vectors.said, "units": UNIT})


def as_json(values: Any) -> str:
    """Gives a list as JSON, letters as they are."""
    return json.dumps(list(values), ensure_ascii=False)
