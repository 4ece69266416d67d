"""A catalogue of several comparable models, with planted geometries, and the descriptors of their records."""

from __future__ import annotations

import dataclasses
import json
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
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
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


def by_words(families: list[str], seed: int = 0) -> list[PreparedRun]:
    """Untrained networks, one of each family: every state is the text's word counts under a rotation of its own.

    The words of a condition return in every topic, so the networks agree at a rho* near 1 and have learned nothing.
    """
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.full(D_TEXT, 0.5), size=len(CONDITIONS))
    counts = np.stack([generator.multinomial(_WORDS, shares) for _ in range(N_UNITS)])
    texts = _texts_of(counts)
    found = []
    for family in families:
        rotation, _ = np.linalg.qr(generator.normal(size=(D_TEXT, D_TEXT)))
        model = PlantedModel(f"untrained {family}", family, "base", 0.1)
        found.append(PreparedRun(_run(model, counts @ rotation, texts), f"{model.name} bf16", 0))
    return found


_WORDS = 80
"""The number of words of a text."""


def _texts_of(counts: NDArray[np.int64]) -> bytes:
    """texts.jsonl of texts with these counts [topic, condition, word], their words in any order."""
    emotions, units = labels(N_UNITS, "topic")
    generator, flat = np.random.default_rng(0), counts.reshape(-1, D_TEXT)
    told = [generator.permutation(np.repeat(np.arange(D_TEXT), own)) for own in flat]
    texts = [" ".join(f"w{chr(97 + word // 26)}{chr(97 + word % 26)}" for word in own) for own in told]
    rows = zip(emotions, units, texts, strict=True)
    return "\n".join(json.dumps({"emotion": e, "topic": unit, "text": text}) for e, unit, text in rows).encode()


def _run(model: PlantedModel, states: Array, texts: bytes | None = None) -> Run:
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
        TEXTS: texts or lines_of("passages", N_UNITS),
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
