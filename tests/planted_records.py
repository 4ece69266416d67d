"""Records of every kind with planted content, and stores that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from emogeo.config.model import Source
from emogeo.config.train import TrainConfig
from emogeo.geometry.rdm import cosine_rdm, rdm_std, upper
from emogeo.record.files import ITEMS, RDM, READ_TEXTS, READ_TOKENS, RUN_FILE, SHIFTS, TEXTS, VECTORS
from emogeo.record.json import record_json
from emogeo.record.origin import BehaviourProvenance, GeometryProvenance, ModelCard, PassRecord, Provenance
from emogeo.record.run import Run
from emogeo.record.types import (
    AnyRecord,
    BehaviourRecord,
    BehaviourResult,
    FacetRecord,
    Facets,
    GeometryRecord,
    GeometryResult,
    LargestRecord,
    LayerRecord,
    Metrics,
    Passed,
    ReadoutMetrics,
    ReadoutRecord,
    ReadoutResult,
    SteeringDirections,
    SteeringMetrics,
    SteeringRecord,
    SteeringResult,
)
from emogeo.stimuli.behaviour import RULES
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.keys import Json, json_lines, key_of
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import pack
from tests.conftest import compose_train

CURVES = (
    *("mean_cosine", "separation", "reliability", "reliability_ci_low", "reliability_ci_high", "rdm_std"),
    *("anisotropy", "anisotropy_ci_low", "anisotropy_ci_high", "anisotropy_without_largest", "participation_ratio"),
)
SURROUNDINGS: dict[str, Any] = {
    "created": "2026-11-25T12:00:00+00:00",
    "python": "3.11.2",
    "platform": "Linux",
    "libraries": {"emogeo": "0.1.0", "torch": "2.13.0", "bitsandbytes": None},
    "device": "cpu",
}
N_UNITS, D = 2, 5
Files = dict[str, bytes]


def model_card(name: str = "planted", n_layers: int = 1, variant: str = "instruct", **changes: Any) -> ModelCard:
    return replace(ModelCard(name, "planted", variant, 1.0, Source.folder, name, "sha256:0", n_layers), **changes)


@cache
def usual_config(*overrides: str) -> TrainConfig:
    return compose_train(*overrides)


def heading(config: TrainConfig, meaning: Json, **changes: Any) -> dict[str, Any]:
    """Fields that every record has."""
    return {
        "key": key_of(meaning),
        "title": "planted",
        "model": model_card(),
        "precision": "bf16",
        "recipe": config.recipe,
        "mode": config.mode.name,
        "config": config,
        "meaning": meaning,
        **changes,
    }


def geometry_record(
    config: TrainConfig, emotions: Sequence[str], units: Sequence[str], n_layers: int = 1, **changes: Any
) -> GeometryRecord:
    """A finished geometry whose first block is the selected one."""
    own: dict[str, Any] = {
        "model": model_card(n_layers=n_layers),
        "prompt_template": config.prompt_template.name,
        "stimuli": config.stimuli.name,
        "emotions": tuple(emotions),
        "units": tuple(units),
        "reread_of": None,
        "n_units": len(set(units)),
        "n_texts": len(emotions),
        "n_distinct_texts": len(emotions),
        "generation": None,
        "nonfinite": {"passages": (0,) * n_layers, "facts": (0,) * n_layers},
        "provenance": GeometryProvenance(
            **SURROUNDINGS, token_budget=1024, n_blocks=n_layers, readings={"passages": one_pass(len(emotions))}
        ),
        "result": geometry_result(n_layers),
    }
    return GeometryRecord(**heading(config, {"planted": "geometry"}, **{**own, **changes}))


def one_pass(n_texts: int) -> PassRecord:
    return PassRecord(
        batches=(tuple(range(n_texts)),),
        token_budget=1024,
        tokens=100,
        seconds=0.5,
        tokens_per_s=200.0,
        threads=1,
        device="cpu",
        device_map=None,
    )


def geometry_result(n_layers: int, **changes: Any) -> GeometryResult:
    result = GeometryResult(
        conditions=CONDITIONS,
        layer=LayerRecord(index=0, criterion="planted", layers=tuple(range(n_layers)), held_out=None, n_choosing=None),
        by_layer=dict.fromkeys(CURVES, (0.5,) * n_layers),
        largest_dimensions=(LargestRecord((2, 1, 0), (0.5, 0.25, 0.125)),) * n_layers,
        metrics=Metrics(
            anisotropy=0.5,
            anisotropy_without_largest=0.25,
            participation_ratio=3.0,
            rdm_std=0.2,
            separation=0.1,
            reliability=0.5,
            mean_cosine=-0.05,
            nonfinite=0,
            finite_layers=n_layers,
            tokens_per_s=200.0,
        ),
        recipe_departures={"pooling.position": ("last", "mean")},
    )
    return replace(result, **changes)


def geometry(**changes: Any) -> tuple[GeometryRecord, Files]:
    """A whole geometry, small."""
    emotions = list(CONDITIONS) * N_UNITS
    units = [f"u{unit}:0" for unit in range(N_UNITS) for _ in CONDITIONS]
    states = np.random.default_rng(0).normal(size=(N_UNITS, len(CONDITIONS), D))
    vectors = states.mean(axis=0) - states.mean(axis=(0, 1))
    rdm = cosine_rdm(vectors, CONDITIONS)
    planted = geometry_record(usual_config(), emotions, units, n_layers=2)
    assert planted.result is not None
    metrics = replace(planted.result.metrics, rdm_std=rdm_std(rdm))
    record = replace(planted, **{"result": replace(planted.result, metrics=metrics), **changes})
    texts = states.reshape(-1, D).astype(np.float32)
    arrays = {"vectors": np.stack([vectors, vectors], axis=1).astype(np.float32), "passages": texts}
    rows = [
        {"emotion": emotion, "topic": unit, "text": f"{unit} {emotion}"}
        for emotion, unit in zip(emotions, units, strict=True)
    ]
    return record, {
        VECTORS: pack({**arrays, "embeddings": texts}),
        RDM: pack({"rdm": rdm, "rdm_by_layer": np.stack([upper(rdm)] * 2)}),
        TEXTS: json_lines(rows),
    }


def named(name: str, **meaning: Any) -> dict[str, Any]:
    """A meaning of its own, and its key, for a second record of a kind in one store."""
    found = {"planted": name, **meaning}
    return {"meaning": found, "key": key_of(found)}


def refused(record: AnyRecord, reason: str = "it overflowed") -> AnyRecord:
    return replace(record, result=None, reason=reason)


def steering(**changes: Any) -> tuple[SteeringRecord, Files]:
    found = SteeringMetrics(
        n_texts=2,
        repeated_share=0.0,
        short_share=0.5,
        regime="surgical",
        perplexity_ratio=None,
        regime_by_perplexity="surgical",
    )
    result = SteeringResult(
        blocks=(0,),
        mean_norms=(2.5,),
        words={"calm": (("serene", "square"),)},
        metrics=SteeringDirections(found, replace(found, perplexity_ratio=1.5)),
    )
    own = {"vectors": "0" * 64, "provenance": Provenance(**SURROUNDINGS), "result": result}
    head = heading(usual_config("mode=steering"), {"planted": "steering"})
    record = SteeringRecord(**{**head, **own, **changes})
    shift = {
        "target": "calm",
        "strength": 0.1,
        "shift": 1.0,
        "shift_words": 1.0,
        "shift_neutral": 0.0,
        "match_gap": 0.0,
    }
    text = {"scenario": "threat", "emotion": "calm", "direction": "emotion", "strength": 0.1, "prompt": "?"}
    text = {
        **text,
        "text": "!",
        "stop": "length",
        "words": 1,
        "repeated": False,
        "perplexity": 3.0,
        "perplexity_ratio": 1.0,
    }
    shifts = [{**shift, "kind": kind, "name": kind} for kind in ("emotion", "random", "other")]
    return record, {TEXTS: json_lines([text]), SHIFTS: json_lines(shifts)}


def behaviour(rules: int = RULES, **changes: Any) -> tuple[BehaviourRecord, Files]:
    stance = FacetRecord(capability=Passed(1, 10), given=False, n_items=None, reason="fails", numbers={})
    numbers: Mapping[str, int | float] = {"met": 3, "constraints": 4, "compliance": 0.75}
    format = FacetRecord(capability=Passed(4, 5), given=True, n_items=1, reason=None, numbers=dict(numbers))
    provenance = BehaviourProvenance(**SURROUNDINGS, batch_size=20)
    head = heading(usual_config("mode=behaviour"), {"planted": "behaviour", "rules": rules})
    result = BehaviourResult(Facets(stance, format))
    record = BehaviourRecord(**{**head, "provenance": provenance, "result": result, **changes})
    item = {"facet": "format", "item": "list", "role": "item", "prompt": "?", "answer": "!", "stop": "stopped"}
    return record, {ITEMS: json_lines([{**item, "constraints": {"words": 3}, "met": {"words": True}}])}


def readout(**changes: Any) -> tuple[ReadoutRecord, Files]:
    """Two texts read with the vectors of two conditions; the label of the first is found."""
    numbers: dict[str, Any] = {"accuracy": 1.0, "words_accuracy": 0.0, "gain": 1.0, "p": None, "chance": 1.0}
    ends = dict.fromkeys(
        f"{name}_ci_{end}" for name in ("accuracy", "words_accuracy", "gain") for end in ("low", "high")
    )
    metrics = ReadoutMetrics(n_texts=2, n_scored=1, n_topics=1, **numbers, **ends)
    result = ReadoutResult(
        conditions=("calm", "happy"),
        block=0,
        pooling="last",
        template="raw",
        own=False,
        notes=("1 of 2 texts do not count: without a label",),
        metrics=metrics,
    )
    own = {"vectors": "0" * 64, "stimuli": "mine", "provenance": Provenance(**SURROUNDINGS), "result": result}
    head = heading(usual_config("mode=readout"), {"planted": "readout"})
    record = ReadoutRecord(**{**head, **own, **changes})
    shown = {"projections": [2.0, -1.0], "z": [2.5, -0.5], "p": [0.001, 0.75], "top": "calm", "n_tokens": 2}
    labelled = {"text": "All is well.", "topic": "home", "label": "calm", "seen": False}
    bare = {"text": "And then?", "topic": None, "label": None, "seen": False, "found": None, "found_by_words": None}
    texts = [{**shown, **labelled, "found": "calm", "found_by_words": "happy"}, {**shown, **bare}]
    null = {"projections": [1.0, -1.0], "null_mean": 0.0, "null_sd": 0.5}
    tokens = [
        {**null, "text": 0, "place": n, "token": word, "pooled": n == 1} for n, word in enumerate(["All", " well"])
    ]
    return record, {READ_TEXTS: json_lines(texts), READ_TOKENS: json_lines(tokens)}


def write(store: Store, record: AnyRecord, files: Mapping[str, bytes] | None = None) -> str:
    """Writes a record under its key."""
    store.write(RUNS, record.key, {**(files or {}), RUN_FILE: record_json(record)})
    return record.key


def altered(run: Run, files: Mapping[str, bytes] | None = None, **changes: Any) -> Run:
    """A run of which some fields are others: of its record or, as `model_name`, of its `model`, `result` or `layer`."""
    own = {part: _taken(changes, f"{part}_") for part in ("model", "result", "layer")}
    record = replace(run.record, model=replace(run.record.model, **own["model"]))
    if own["result"] or own["layer"]:
        layer = replace(run.result.layer, **own["layer"])
        record = replace(record, result=replace(run.result, **{"layer": layer, **own["result"]}))
    return Run(replace(record, **changes), {**run.files, **(files or {})})


def _taken(changes: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The changes whose names begin so, out of the others."""
    names = [name for name in changes if name.startswith(prefix)]
    return {name.removeprefix(prefix): changes.pop(name) for name in names}


def run_of_model(name: str, variant: str = "instruct") -> Run:
    """A run of which little more than its model is known."""
    return Run(geometry(model=model_card(name, variant=variant))[0], {})
