"""Figures of arXiv 2604.11050, for comparison side by side."""

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
"""The pairs of published sets that make each layer: A comprehension, B loose, C matched, D matched in INT8."""


@cache
def reference() -> dict[str, Any]:
    """The whole file of published figures."""
    text = (files("emogeo.analysis.records") / "data" / "jeong2026.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def decomposition() -> dict[str, dict[str, float]]:
    """For each of the two models, the raw rho of each pair of sets."""
    found: dict[str, dict[str, float]] = reference()["decomposition"]["rho"]
    return found


def published_rho(model: str, sets: str) -> float | None:
    """Of a pair of sets such as A-C."""
    return decomposition().get(model, {}).get(sets)


def published_bias(model: str) -> float | None:
    """A-D minus C-D."""
    rho = decomposition().get(model)
    return None if rho is None else rho["A-D"] - rho["C-D"]


def published_pair(a: str, b: str) -> float | None:
    """The raw rho of two models on the same passages."""
    order = reference()["rdm_rho"]["order"]
    if a not in order or b not in order:
        return None
    return float(reference()["rdm_rho"]["matrix"][order.index(a)][order.index(b)])


def published_model(name: str) -> dict[str, Any] | None:
    """A model's descriptors, best layer and steering regime."""
    return next((model for model in reference()["models"] if model["name"] == name), None)
