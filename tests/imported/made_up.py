"""Vectors, states and RDMs in the shapes that people save, and the plain arrays that they are made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from emogeo.config.imported import ImportedConfig
from emogeo.imported.reading import read_measured
from emogeo.imported.types import Measured

DATA = Path(__file__).parent / "data"
LABELS = ["joy", "at ease", "grief-stricken", "self_doubt", "type_3", "L2 norm"]
BLOCKS = [3, 7]
WIDTH = 16
_DRAWN = np.random.default_rng(17)
VECTORS = _DRAWN.normal(size=(len(LABELS), len(BLOCKS), WIDTH)).astype(np.float32)
"""[label, block, d_model]"""
TEXT_LABELS = [label for label in LABELS for _ in range(4)]
TOPICS = [f"topic {number}" for _ in LABELS for number in range(4)]
STATES = _DRAWN.normal(size=(24, len(BLOCKS), WIDTH)).astype(np.float16)
"""[text, block, d_model]"""
_HALF = np.abs(_DRAWN.normal(size=(6, 6)))
RDM = (_HALF + _HALF.T) * (1 - np.eye(6))


def keyed(form: str) -> dict[str, Any]:
    """Gives a vector a name, `form` with {l} for the label and {b} for the block."""
    return {
        form.format(l=label, b=block): VECTORS[i, j] for i, label in enumerate(LABELS) for j, block in enumerate(BLOCKS)
    }


def read(path: Path, **options: Any) -> Measured:
    """Reads as mode=imported does."""
    return read_measured(ImportedConfig(path=str(path), **options), path)


def holds_vectors(measured: Measured, dtype: type = np.float32, tolerance: float = 0.0) -> bool:
    """Says whether exactly `VECTORS` were read, whatever the order of their labels."""
    order = [measured.labels.index(label) for label in LABELS]
    pairs = [(measured.at(place), VECTORS[:, place]) for place in range(len(BLOCKS))]
    same = all(np.allclose(got[order], own, rtol=0, atol=tolerance) and got.dtype == dtype for got, own in pairs)
    return measured.kind == "vectors" and measured.blocks == tuple(BLOCKS) and len(measured.labels) == 6 and same


def square(matrix: Any, labels: list[str] = LABELS, between: str = ",") -> str:
    """Writes a matrix as a table with labels in its header and first column."""
    rows = [between.join([label, *map(str, row)]) for label, row in zip(labels, matrix, strict=True)]
    return "\n".join([between.join(["", *labels]), *rows])
