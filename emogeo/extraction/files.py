"""The files of a run's record."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from emogeo.config.compose import as_dict
from emogeo.config.schema import TrainConfig
from emogeo.extraction.measure import Measures
from emogeo.extraction.plan import RunPlan
from emogeo.extraction.reading import StoredActivations
from emogeo.geometry.layers import LayerChoice
from emogeo.geometry.rdm import rdm_std
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.store.keys import SCHEMA, canonical_json, json_lines
from emogeo.store.tensors import pack

_LIBRARIES = ("emogeo", "torch", "transformers", "tokenizers", "bitsandbytes", "accelerate", "numpy", "scipy")


def finished_files(
    cell: RunPlan, measures: Measures, readings: dict[str, StoredActivations], departures: Mapping[str, Any]
) -> dict[str, bytes]:
    """Vectors, RDM and run.json of a finished cell.

    Args:
        departures: fields set otherwise than by the recipe that the cell names, with both values.
    """
    run = _run(cell, readings, status="finished")
    run["recipe_departures"] = dict(departures)
    run["conditions"] = list(measures.geometry.vectors.conditions)
    run["layer"] = {
        "index": measures.geometry.choice.index,
        "criterion": measures.geometry.choice.criterion,
        "layers": measures.geometry.layers,
        "held_out": _held_out(measures.geometry.choice),
        "n_choosing": measures.geometry.choice.n_choosing,
    }
    run["by_layer"] = {name: _floats(values) for name, values in measures.geometry.curves.items()}
    run["largest_dimensions"] = [
        {"indices": own.indices, "contributions": own.contributions} for own in measures.largest
    ]
    run["metrics"] = _metrics(measures, readings["passages"])
    vectors = {
        "vectors": measures.geometry.vectors.values.astype(np.float32),
        "passages": measures.geometry.features.astype(np.float32),
        "embeddings": readings["passages"].embeddings,
    }
    return {
        "vectors.safetensors": pack(vectors),
        "texts.jsonl": _texts(cell),
        "rdm.safetensors": pack({"rdm": measures.geometry.rdm, "rdm_by_layer": measures.geometry.rdm_by_layer}),
        "run.json": canonical_json(run),
    }


def refused_files(cell: RunPlan, reason: str, readings: dict[str, StoredActivations]) -> dict[str, bytes]:
    """run.json of a cell that was refused for non-finite states, with their counts; without, if it could not write."""
    run = _run(cell, readings, status="refused")
    run["reason"] = reason
    return {"run.json": canonical_json(run)}


def _run(cell: RunPlan, readings: dict[str, StoredActivations], status: str) -> dict[str, Any]:
    told = cell.labelled
    return {
        **heading(cell.key, cell.title, cell.config, cell.weights, cell.precision, status),
        "prompt_template": cell.template,
        "stimuli": cell.source.name,
        "emotions": list(told.emotions),
        "units": told.unit_digests,
        "twin": cell.reread_of,
        "n_units": len(set(told.units)),
        "n_texts": len(cell.passages.texts),
        "n_distinct_texts": len(set(told.texts) - {""}),
        "generation": _generation(cell),
        "nonfinite": {name: _counts(reading) for name, reading in readings.items()},
        "meaning": cell.meaning,
        "provenance": _provenance(cell, readings),
    }


def heading(
    key: str, title: str, config: TrainConfig, weights: Weights, precision: Precision, status: str
) -> dict[str, Any]:
    """What run.json of every kind of cell begins with."""
    return {
        "schema": SCHEMA,
        "key": key,
        "status": status,
        "title": title,
        "model": {
            "name": weights.name,
            "family": weights.family,
            "variant": weights.variant,
            "params_b": weights.params_b,
            "source": weights.source.value,
            "id": weights.id,
            "revision": weights.revision,
            "n_layers": weights.n_layers,
        },
        "precision": precision.label,
        "recipe": config.recipe,
        "mode": config.mode.name.value,
        "config": as_dict(config),
    }


def _generation(cell: RunPlan) -> dict[str, Any] | None:
    """Of texts that a model wrote: their record's key, counts, and how they were written."""
    source = cell.source
    if source.generation is None:
        return None
    return {"key": source.generation, **(source.counts or {}), "written": source.written}


def _texts(cell: RunPlan) -> bytes:
    """The passages, in the order of the states and in the form that `stimuli.path` takes."""
    told = zip(cell.labelled.emotions, cell.labelled.topics, cell.labelled.texts, strict=True)
    return json_lines({"emotion": emotion, "topic": topic, "text": text} for emotion, topic, text in told)


def _held_out(choice: LayerChoice) -> list[float | None] | None:
    """Value and interval on the units that did not choose the layer; null where there is none."""
    if choice.held_out is None:
        return None
    figures = (choice.held_out.value, choice.held_out.low, choice.held_out.high)
    return [None if np.isnan(figure) else figure for figure in figures]


def _metrics(measures: Measures, passages: StoredActivations) -> dict[str, Any]:
    return {
        "anisotropy": measures.geometry.at_layer("anisotropy"),
        "anisotropy_without_largest": measures.geometry.at_layer("anisotropy_without_largest"),
        "participation_ratio": measures.geometry.at_layer("participation_ratio"),
        "rdm_std": rdm_std(measures.geometry.rdm),
        "separation": measures.geometry.at_layer("separation"),
        "reliability": measures.geometry.at_layer("reliability"),
        "mean_cosine": measures.geometry.at_layer("mean_cosine"),
        "nonfinite": int(passages.nonfinite.sum()),
        "finite_layers": len(measures.geometry.layers),
        "tokens_per_s": passages.provenance["tokens_per_s"],
    }


def _provenance(cell: RunPlan, readings: dict[str, StoredActivations]) -> dict[str, Any]:
    return {
        **surroundings(cell.device),
        "token_budget": cell.token_budget,
        "n_blocks": cell.n_blocks,
        "readings": {name: reading.provenance for name, reading in readings.items()},
    }


def surroundings(device: str) -> dict[str, Any]:
    """When, where and with what something was computed."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "device": device,
    }


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _counts(reading: StoredActivations) -> list[int]:
    """Non-finite values per block, over all texts."""
    return [int(n) for n in reading.nonfinite.sum(axis=0)]


def _floats(values: Any) -> list[float]:
    return [float(v) for v in values]
