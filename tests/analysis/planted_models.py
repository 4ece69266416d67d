"""A catalogue of several comparable models, with planted geometries, and the descriptors of their records."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.model import Source
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.record.files import RDM, TEXTS, VECTORS
from emogeo.record.origin import ModelCard
from emogeo.record.run import Run
from emogeo.record.types import GeometryRecord, LargestRecord
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.store.tensors import pack
from tests.planted import D_TEXT, labels, unrelated_codes
from tests.planted_catalogue import lines_of
from tests.planted_records import geometry_record, geometry_result, usual_config

Array = NDArray[np.float64]
N_UNITS, LAYERS = 12, 4
SIGNAL = 0.4
"""Variance of emotion over variance of a text."""


@dataclasses.dataclass(frozen=True)
class PlantedModel:
    """One model."""

    name: str
    family: str
    variant: str
    params_b: float
    own: float = 0.0
    """Share of its code that no other model has."""
    anisotropy: float = 0.8
    precision: str = "bf16"


def catalogue(models: list[PlantedModel], seed: int = 0) -> list[PreparedRun]:
    """Every model on the same texts; each text's noise is a model's own."""
    generator = np.random.default_rng(seed)
    shared, *own = (unrelated_codes(np.random.default_rng([seed, row]))[0] for row in range(1 + len(models)))
    found = []
    for model, code in zip(models, own, strict=True):
        mixed = np.sqrt(1 - model.own) * shared + np.sqrt(model.own) * code
        states = np.sqrt(SIGNAL) * mixed + generator.normal(size=(N_UNITS, len(CONDITIONS), D_TEXT))
        found.append(PreparedRun(_run(model, states), f"{model.name} {model.precision}", 0))
    return found


def _run(model: PlantedModel, states: Array) -> Run:
    means = states.mean(axis=0)
    vectors = means - means.mean(axis=0)
    rdm = cosine_rdm(vectors, CONDITIONS)
    files = {
        VECTORS: pack(
            {
                "vectors": np.repeat(vectors[:, None], LAYERS, axis=1).astype(np.float32),
                "passages": states.reshape(-1, D_TEXT).astype(np.float32),
                "embeddings": states.reshape(-1, D_TEXT).astype(np.float32),
            }
        ),
        RDM: pack({"rdm": rdm, "rdm_by_layer": np.repeat(upper(rdm)[None], LAYERS, axis=0)}),
        TEXTS: lines_of("passages", N_UNITS),
    }
    return Run(record(model), files)


def record(model: PlantedModel) -> GeometryRecord:
    """The record of a finished run of comprehension."""
    emotions, units = labels(N_UNITS, "topic")
    curve = (0.1, 0.3, 0.5, 0.4)
    anisotropy = model.anisotropy
    by_layer = {
        "mean_cosine": (-0.05, -0.048, -0.049, -0.0491),
        "separation": curve,
        "reliability": curve,
        "reliability_ci_low": tuple(value - 0.1 for value in curve),
        "reliability_ci_high": tuple(value + 0.1 for value in curve),
        "anisotropy": (anisotropy,) * LAYERS,
        "anisotropy_ci_low": (anisotropy - 0.01,) * LAYERS,
        "anisotropy_ci_high": (anisotropy + 0.01,) * LAYERS,
        "anisotropy_without_largest": (0.3,) * LAYERS,
        "participation_ratio": (5.0,) * LAYERS,
        "rdm_std": (0.2,) * LAYERS,
    }
    result = geometry_result(LAYERS, by_layer=by_layer)
    largest = (LargestRecord((7, 3, 1), (0.5, 0.04, 0.01)),) * LAYERS
    return geometry_record(
        usual_config("pooling.position=mean"),
        emotions,
        [f"{unit}:passages" for unit in units],
        LAYERS,
        key=f"{model.name}-{model.precision}",
        model=ModelCard(
            model.name, model.family, model.variant, model.params_b, Source.folder, model.name, "r", LAYERS
        ),
        precision=model.precision,
        result=replace(result, layer=replace(result.layer, index=2), largest_dimensions=largest),
    )
