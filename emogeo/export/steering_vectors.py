"""Vectors for the package steering-vectors: a torch file of tensors alone."""

from __future__ import annotations

from io import BytesIO

from emogeo.export.made import Made, json_file
from emogeo.export.vectors import Vectors


def steering_vectors_of(vectors: Vectors, stem: str) -> Made:
    """Writes {label: {block: tensor [d_model]}}, which `torch.load(file, weights_only=True)` reads, and a JSON beside.

    What stands under a label is the `layer_activations` of a `SteeringVector`, whose blocks are counted from 0 too.
    """
    import torch

    tensors = {
        label: {block: torch.tensor(vectors.values[row, column]) for column, block in enumerate(vectors.blocks)}
        for row, label in enumerate(vectors.labels)
    }
    content = BytesIO()
    torch.save(tensors, content)
    return Made({f"{stem}_steering.pt": content.getvalue(), f"{stem}_steering.json": json_file(vectors.listed)})
