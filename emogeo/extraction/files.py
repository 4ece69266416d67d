"""The files of an extraction's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from emogeo.extraction.measure import Measures
from emogeo.extraction.plan import RunPlan
from emogeo.geometry.descriptors import LargestDimensions
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.layers import LayerChoice
from emogeo.geometry.rdm import rdm_std
from emogeo.geometry.states import LabelledTexts
from emogeo.record.files import RDM, RUN_FILE, TEXTS, VECTORS
from emogeo.record.json import record_json
from emogeo.record.origin import Generation, GeometryProvenance
from emogeo.record.passes import StoredActivations
from emogeo.record.types import (
    GeometryRecord,
    GeometryResult,
    Interval,
    LargestRecord,
    LayerRecord,
    LensRecord,
    Metrics,
)
from emogeo.record.units import recorded_units
from emogeo.runs.heading import heading, surroundings
from emogeo.store.keys import json_lines
from emogeo.store.tensors import pack

Activations = Mapping[str, StoredActivations]
"""Stored activations by the name of their pass: passages, facts, neutral."""


def finished_files(
    plan: RunPlan,
    measures: Measures,
    passes: Activations,
    departures: Mapping[str, Any],
    lens: LensRecord | None = None,
) -> dict[str, bytes]:
    """Makes vectors, RDM, texts and run.json of a finished run.

    Args:
        departures: fields set otherwise than by the recipe that the run names, with both values.
        lens: the tokens that the vectors promote.
    """
    geometry = measures.geometry
    metrics = _metrics(measures, passes["passages"])
    result = geometry_result(geometry, metrics, measures.largest, departures)
    record = replace(_record(plan, passes), result=replace(result, lens=lens))
    vectors = {
        "vectors": geometry.vectors.astype(np.float32),
        "passages": geometry.features.astype(np.float32),
        "embeddings": passes["passages"].embeddings,
    }
    return {
        VECTORS: pack(vectors),
        TEXTS: labelled_rows(plan.labelled),
        RDM: pack({"rdm": geometry.rdm, "rdm_by_layer": geometry.rdm_by_layer}),
        RUN_FILE: record_json(record),
    }


def refused_files(plan: RunPlan, reason: str, passes: Activations) -> dict[str, bytes]:
    """Makes run.json of a run that is refused for non-finite values; it has their counts, if any text was read."""
    return {RUN_FILE: record_json(replace(_record(plan, passes), reason=reason))}


def _record(plan: RunPlan, passes: Activations) -> GeometryRecord:
    """The record without its result."""
    texts = plan.labelled
    return GeometryRecord(
        **heading(plan.key, plan.title, plan.config, plan.weights, plan.precision, plan.meaning),
        prompt_template=plan.template,
        stimuli=plan.source.name,
        emotions=texts.emotions,
        units=tuple(recorded_units(texts)),
        reread_of=plan.reread_of,
        n_units=len(set(texts.units)),
        n_texts=len(plan.passages.texts),
        n_distinct_texts=len(set(texts.texts) - {""}),
        generation=_generation(plan),
        nonfinite={name: _counts(own) for name, own in passes.items()},
        provenance=_provenance(plan, passes),
        masked=plan.source.masking,
    )


def _generation(plan: RunPlan) -> Generation | None:
    """The texts that a model wrote: their record's key, counts, and how they were written."""
    source = plan.source
    if source.generation is None or source.written is None:
        return None
    return Generation(key=source.generation, counts=source.counts, written=source.written, made_with=source.made_with)


def labelled_rows(labels: LabelledTexts) -> bytes:
    """The passages, in the order of the states and in the form that `stimuli.path` takes."""
    labelled = zip(labels.emotions, labels.topics, labels.texts, strict=True)
    return json_lines({"emotion": emotion, "topic": topic, "text": text} for emotion, topic, text in labelled)


def geometry_result(
    geometry: Geometry, metrics: Metrics, largest: Sequence[LargestDimensions], departures: Mapping[str, Any]
) -> GeometryResult:
    """Gives the result of a geometry for its record."""
    choice = geometry.choice
    return GeometryResult(
        conditions=tuple(geometry.conditions),
        layer=LayerRecord(
            index=choice.index,
            criterion=choice.criterion,
            layers=tuple(geometry.layers),
            held_out=_held_out(choice),
            n_choosing=choice.n_choosing,
        ),
        by_layer={name: tuple(float(value) for value in curve) for name, curve in geometry.curves.items()},
        largest_dimensions=tuple(LargestRecord(tuple(own.indices), tuple(own.contributions)) for own in largest),
        metrics=metrics,
        recipe_departures={field: tuple(values) for field, values in departures.items()},
    )


def _held_out(choice: LayerChoice) -> Interval | None:
    """The criterion's value and interval on the units that did not choose the layer; None where there is none."""
    if choice.held_out is None:
        return None
    value, low, high = (
        None if np.isnan(number) else float(number)
        for number in (choice.held_out.value, choice.held_out.low, choice.held_out.high)
    )
    return value, low, high


def _metrics(measures: Measures, passages: StoredActivations) -> Metrics:
    geometry = measures.geometry
    return Metrics(
        anisotropy=geometry.at_layer("anisotropy"),
        anisotropy_without_largest=geometry.at_layer("anisotropy_without_largest"),
        participation_ratio=geometry.at_layer("participation_ratio"),
        rdm_std=rdm_std(geometry.rdm),
        separation=geometry.at_layer("separation"),
        reliability=geometry.at_layer("reliability"),
        mean_cosine=geometry.at_layer("mean_cosine"),
        nonfinite=int(passages.nonfinite.sum()),
        finite_layers=len(geometry.layers),
        tokens_per_s=passages.provenance.tokens_per_s,
    )


def _provenance(plan: RunPlan, passes: Activations) -> GeometryProvenance:
    return GeometryProvenance(
        **vars(surroundings(plan.device)),
        token_budget=plan.token_budget,
        n_blocks=plan.n_blocks,
        readings={name: own.provenance for name, own in passes.items()},
    )


def _counts(own: StoredActivations) -> tuple[int, ...]:
    """Counts non-finite values over all texts [block]."""
    return tuple(int(n) for n in own.nonfinite.sum(axis=0))
