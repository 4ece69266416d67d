"""The numbers of arXiv 2604.11050, to compare with measured ones."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

PUBLISHED_LAYERS = {
    "method": ("A-C", "A-B"),
    "sub_parameter": ("B-C",),
    "precision": ("C-D",),
    "cross_experiment": ("A-D",),
}
"""The pairs of published sets for each effect kind: A comprehension, B loose, C matched, D matched in INT8."""


@cache
def reference() -> dict[str, Any]:
    """Reads the whole file of published numbers."""
    text = (files("emogeo.analysis.records") / "data" / "jeong2026.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def decomposition() -> dict[str, dict[str, float]]:
    """Gives the raw rho of each pair of sets, for each of the two models."""
    found: dict[str, dict[str, float]] = reference()["decomposition"]["rho"]
    return found


def published_rho(model: str, sets: str) -> float | None:
    """Gives the raw rho of a pair of sets such as A-C."""
    return decomposition().get(model, {}).get(sets)


def published_bias(model: str) -> float | None:
    """Gives the published bias: A-D minus C-D."""
    rho = decomposition().get(model)
    return None if rho is None else rho["A-D"] - rho["C-D"]


def published_pair(a: str, b: str) -> float | None:
    """Gives the raw rho of two models on the same passages."""
    order = reference()["rdm_rho"]["order"]
    if a not in order or b not in order:
        return None
    return float(reference()["rdm_rho"]["matrix"][order.index(a)][order.index(b)])


def published_model(name: str) -> dict[str, Any] | None:
    """Gives a model's descriptors, best layer and steering regime."""
    return next((model for model in reference()["models"] if model["name"] == name), None)
