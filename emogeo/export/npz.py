"""Vectors as npz: a key a block and label, as published sets have them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np

from emogeo.export.made import Made
from emogeo.export.vectors import Vectors


def npz_of(vectors: Vectors, stem: str) -> Made:
    """Writes `layer_16__calm` [d_model] for each block and label, and the metadata as strings beside."""
    arrays: dict[str, Any] = {
        f"layer_{block}__{label}": vectors.values[row, column]
        for column, block in enumerate(vectors.blocks)
        for row, label in enumerate(vectors.labels)
    }
    content = BytesIO()
    np.savez(content, **arrays, **vectors.metadata)  # type: ignore[arg-type]
    return Made({f"{stem}.npz": content.getvalue()})
