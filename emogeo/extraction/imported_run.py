"""Runs of mode=imported: what was measured elsewhere becomes a record like any other, without a forward pass."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from emogeo.arrays import Array
from emogeo.config.train import TrainConfig
from emogeo.extraction.files import geometry_result, labelled_rows
from emogeo.extraction.importing import ImportPlan, plan_import
from emogeo.extraction.measure import options_of
from emogeo.geometry.bare import Bare, bare_of_rdms, bare_of_vectors
from emogeo.geometry.geometry import Geometry, measure
from emogeo.geometry.rdm import rdm_std
from emogeo.imported.types import Kind
from emogeo.record.files import RDM, RUN_FILE, TEXTS, VECTORS
from emogeo.record.json import record_json
from emogeo.record.origin import GeometryProvenance
from emogeo.record.types import BareMetrics, BareRecord, BareResult, GeometryRecord, LayerRecord, Metrics
from emogeo.record.units import recorded_units
from emogeo.runs.heading import surroundings
from emogeo.runs.task import Outcome, Task, run_task
from emogeo.store.keys import Json
from emogeo.store.tensors import pack

log = logging.getLogger(__name__)
_DEVICE = "cpu"
"""What is imported is computed on the CPU."""


def run_import(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Outcome:
    """Reads and records vectors, an RDM or states that were measured elsewhere; a finished one is not read again.

    Args:
        departures: from the recipe that the configuration names, for the record.

    Raises:
        EmogeoError: anything that is the user's to mend.
    """
    plan = plan_import(replace(config, runtime=replace(config.runtime, device=_DEVICE)))
    for remark in _remarks(plan):
        log.info("%s: %s", plan.origin.name, remark)
    return run_task(Task(plan.key, plan.title, plan.config, lambda _: _files(plan, departures or {})))


def _remarks(plan: ImportPlan) -> list[str]:
    """Says what was taken for what, so that a wrong reading is seen."""
    found, blocks = plan.measured, ", ".join(map(str, plan.measured.blocks))
    n = len(found.labels)
    what = {
        Kind.states: f"states of {plan.origin.averaged or n} texts, {len(set(found.labels))} conditions",
        Kind.vectors: f"vectors of {n} conditions",
        Kind.rdm: f"dissimilarities of {n} conditions",
    }[found.kind]
    remarks = [f"{what}; blocks {blocks or 'not said'}; of {plan.card.name} ({plan.card.family})"]
    if plan.origin.averaged is not None and plan.labelled is not None:
        units = len(set(plan.labelled.units))
        remarks.append(f"so many texts are averaged: {n} means of {units} units and each condition")
    if plan.named is not None and len(found.blocks) > 1:
        remarks.append(f"layer_selection={plan.config.layer_selection.name.value} takes block {plan.named}")
    return remarks


def _files(plan: ImportPlan, departures: Mapping[str, Any]) -> dict[str, bytes]:
    if plan.labelled is None:
        return _bare_files(plan, _bare(plan))
    read = _reader(plan)
    geometry = measure(
        read, plan.labelled, list(plan.measured.blocks), options_of(plan.config), plan.named, plan.card.name
    )
    embeddings = plan.measured.embeddings
    vectors = {"vectors": geometry.vectors.astype(np.float32), "passages": geometry.features.astype(np.float32)}
    if embeddings is not None:
        vectors["embeddings"] = np.asarray(embeddings, dtype=np.float32)
    return {
        VECTORS: pack(vectors),
        TEXTS: labelled_rows(plan.labelled),
        RDM: pack({"rdm": geometry.rdm, "rdm_by_layer": geometry.rdm_by_layer}),
        RUN_FILE: record_json(_record(plan, geometry, departures)),
    }


def _reader(plan: ImportPlan) -> Any:
    def read(row: int) -> Array:
        return np.asarray(plan.measured.at(row), dtype=np.float64)

    return read


def _record(plan: ImportPlan, geometry: Geometry, departures: Mapping[str, Any]) -> GeometryRecord:
    labels, n_blocks = geometry.labels, max(plan.measured.blocks) + 1
    return GeometryRecord(
        **_heading(plan),
        prompt_template="imported",
        stimuli=plan.origin.name,
        emotions=labels.emotions,
        units=tuple(recorded_units(labels)),
        reread_of=None,
        n_units=len(set(labels.units)),
        n_texts=len(labels.texts),
        n_distinct_texts=len(set(labels.texts) - {""}),
        generation=None,
        nonfinite={"passages": (0,) * n_blocks},
        provenance=GeometryProvenance(**vars(surroundings(_DEVICE)), token_budget=0, n_blocks=n_blocks, readings={}),
        imported=plan.origin,
        result=geometry_result(geometry, _metrics(geometry), (), departures),
    )


def _metrics(geometry: Geometry) -> Metrics:
    """Numbers at the block; anisotropy needs neutral sentences, and no tokens were read."""
    return Metrics(
        anisotropy=None,
        anisotropy_without_largest=None,
        participation_ratio=geometry.at_layer("participation_ratio"),
        rdm_std=rdm_std(geometry.rdm),
        separation=geometry.at_layer("separation"),
        reliability=geometry.at_layer("reliability"),
        mean_cosine=geometry.at_layer("mean_cosine"),
        nonfinite=0,
        finite_layers=len(geometry.layers),
        tokens_per_s=None,
    )


def _bare(plan: ImportPlan) -> Bare:
    found, read = plan.measured, _reader(plan)
    if found.kind is Kind.vectors:
        return bare_of_vectors(read, found.labels, found.blocks, options_of(plan.config), plan.named)
    return bare_of_rdms([read(row) for row in range(max(len(found.blocks), 1))], found.labels, found.blocks, plan.named)


def _bare_files(plan: ImportPlan, bare: Bare) -> dict[str, bytes]:
    files = {
        RDM: pack({"rdm": bare.rdm, "rdm_by_layer": bare.rdm_by_layer}),
        RUN_FILE: record_json(_bare_record(plan, bare)),
    }
    return files if bare.vectors is None else {VECTORS: pack({"vectors": bare.vectors.astype(np.float32)}), **files}


def _bare_record(plan: ImportPlan, bare: Bare) -> BareRecord:
    kind = plan.measured.kind
    assert kind is not Kind.states
    choice = bare.choice
    at = None if choice.index is None or choice.index not in bare.layers else bare.layers.index(choice.index)
    own = {name: float(curve[at]) for name, curve in bare.curves.items()} if at is not None else {}
    return BareRecord(
        **_heading(plan),
        kind=kind,
        imported=plan.origin,
        provenance=surroundings(_DEVICE),
        result=BareResult(
            conditions=bare.conditions,
            layer=LayerRecord(
                index=choice.index, criterion=choice.criterion, layers=bare.layers, held_out=None, n_choosing=None
            ),
            by_layer={name: tuple(map(float, curve)) for name, curve in bare.curves.items()},
            metrics=BareMetrics(
                rdm_std=rdm_std(bare.rdm),
                participation_ratio=own.get("participation_ratio"),
                mean_cosine=own.get("mean_cosine"),
            ),
        ),
    )


def _heading(plan: ImportPlan) -> Json:
    """Gives the fields of `emogeo.record.types.Heading`."""
    return {
        "key": plan.key,
        "title": plan.title,
        "model": plan.card,
        "precision": plan.precision,
        "recipe": plan.config.recipe,
        "mode": plan.config.mode.name,
        "config": plan.config,
        "meaning": plan.meaning,
    }
