"""Extracts the vectors of one run: plans it, writes and reads its texts, measures the geometry and records it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from emogeo.config.mode import Mode, ModeConfig
from emogeo.config.precision import Dtype
from emogeo.config.states import NonFinite
from emogeo.config.train import TrainConfig
from emogeo.errors import EmogeoError, NonFiniteError, NotWrittenError
from emogeo.extraction.files import finished_files, refused_files
from emogeo.extraction.lens import Directions, Head, directions_of, head_of, lens_of
from emogeo.extraction.measure import Measures, Readings, measure
from emogeo.extraction.passes import Pass, Writing
from emogeo.extraction.plan import RunPlan, plan_run
from emogeo.extraction.reading import activations_of
from emogeo.extraction.replay import made_with_of
from emogeo.extraction.stories import Story
from emogeo.extraction.warnings import warning_of_precision, warnings_of
from emogeo.extraction.writing import stories_of
from emogeo.geometry.grouping import is_group
from emogeo.models.slots import leased
from emogeo.record.passes import StoredActivations
from emogeo.record.types import LensRecord
from emogeo.runs.aside import aside
from emogeo.runs.refusal import keep_refusal
from emogeo.runs.task import Files, Outcome, Rest, Task, begin_task
from emogeo.store.store import Store

log = logging.getLogger(__name__)


def run_extraction(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Outcome:
    """Plans and runs one extraction of emotion vectors; a finished one is not computed again unless `force`.

    Args:
        departures: from the recipe that the configuration names, for the record.

    Raises:
        NonFiniteError: states overflowed and `nonfinite=refuse`; the store keeps a refused record.
        EmogeoError: anything else that is the user's to mend.
    """
    return begin_extraction(config, departures).do()


def begin_extraction(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Rest[Outcome]:
    """Plans an extraction, writes and reads its texts, and gives what measures and records it: see `run_extraction`."""
    plan = _planned(config)
    for note in plan.source.notes:
        log.warning("%s: %s", plan.source.name, note)
    with ExitStack() as later:
        compute = partial(_read, plan, departures=departures or {}, later=later)
        rest = begin_task(Task(plan.key, plan.title, config, compute))
        return replace(rest, do=partial(_finished, plan, rest, later.pop_all()))


def _finished(plan: RunPlan, rest: Rest[Outcome], later: ExitStack) -> Outcome:
    with later:
        outcome = rest.do()
    for warning in [*warnings_of(plan), *warning_of_precision(outcome.record)]:
        log.warning("%s", warning)
    return outcome


def _planned(config: TrainConfig) -> RunPlan:
    """Plans the run; in a study, whose runs may start in any order, the first one that needs texts writes them."""
    try:
        return plan_run(config)
    except NotWrittenError:
        if config.study is None or config.mode.writer is None:
            raise
        log.info("%s has not written the texts of this run yet: they are written first.", config.model.name)
        writer = plan_run(replace(config, mode=ModeConfig(Mode.generation), precision=config.mode.writer, reread=False))
        assert writer.source.writing is not None
        with leased(config.cluster.slots, writer.device):
            stories_of(writer.source.writing, writer.session, Store(config.store.path), config.force)
        return plan_run(config)


def _read(plan: RunPlan, store: Store, departures: Mapping[str, Any], later: ExitStack) -> Rest[Files]:
    """Writes and reads the texts, and gives what measures them."""
    if plan.source.writing is not None:
        stories = _stories(plan, plan.source.writing, store)
        plan = plan.with_stories(stories, made_with_of(store, plan.source.writing.key))
    groups = {unit for unit in set(plan.labelled.units) - set(plan.labelled.topics) if is_group(unit)}
    if groups:
        are = "random groups are the units" if len(groups) > 1 else "random group is the only unit"
        log.info("topics and conditions are not crossed: %d %s", len(groups), are)
    if plan.source.masking is not None:
        log.info("%s", plan.source.masking)
    activations = _activations(plan, store, later)
    layers = _usable_layers(plan, activations, store)
    own = Readings(
        plan.config,
        plan.labelled,
        layers,
        plan.named_layer,
        plan.weights.title,
        activations["passages"].states,
        activations["facts"].states,
        activations["neutral"].states if "neutral" in activations else None,
    )
    head = head_of(plan.config.layer_selection.rule, plan.session, plan.weights)
    return Rest(partial(_measured, plan, own, activations, departures, head), plan.title, own.size)


def _measured(
    plan: RunPlan,
    own: Readings,
    activations: Mapping[str, StoredActivations],
    departures: Mapping[str, Any],
    head: Head | str,
) -> Files:
    if isinstance(head, str):
        measures, lens = aside(own.size, measure, own), LensRecord(reason=head)
    else:
        measures, directions = aside(own.size, _with_directions, own)
        lens = lens_of(directions, head) if isinstance(directions, Directions) else LensRecord(reason=directions)
        if lens.reason is not None:
            log.warning("%s: no words of vectors: %s", plan.weights.title, lens.reason)
    return finished_files(plan, measures, activations, departures, lens)


def _with_directions(readings: Readings) -> tuple[Measures, Directions | str]:
    """Measures, and draws what its vectors are compared with; where that cannot be drawn, says why."""
    measures = measure(readings)
    try:
        return measures, directions_of(measures.geometry)
    except EmogeoError as error:
        return measures, str(error)


def _stories(plan: RunPlan, writing: Writing, store: Store) -> list[Story]:
    """Has the model write the texts; where it overflows, the run is refused."""
    try:
        return stories_of(writing, plan.session, store, plan.config.force)
    except NonFiniteError as error:
        _refuse(plan, str(error), {}, store)
        raise


def _activations(plan: RunPlan, store: Store, later: ExitStack) -> dict[str, StoredActivations]:
    by_key: dict[str, StoredActivations] = {}
    for own in _passes(plan).values():
        if own.key not in by_key:  # raw neutral texts, last token, are the facts
            by_key[own.key] = activations_of(own, plan.session, store, plan.config.force, later)
    return {name: by_key[own.key] for name, own in _passes(plan).items()}


def _passes(plan: RunPlan) -> dict[str, Pass]:
    passes = {"passages": plan.passages, "facts": plan.facts}
    return passes if plan.neutral is None else {**passes, "neutral": plan.neutral}


def _usable_layers(plan: RunPlan, activations: dict[str, StoredActivations], store: Store) -> list[int]:
    """Finds the blocks that are finite in every pass.

    With `nonfinite=refuse` all of them must be, and a block that is selected by index or depth always.
    """
    finite = [layer for layer in range(plan.n_blocks) if all(layer in a.finite_layers for a in activations.values())]
    if len(finite) == plan.n_blocks:
        return finite
    reason = _overflow(plan, activations, finite)
    selected = plan.named_layer is None or plan.named_layer in finite
    if plan.config.nonfinite is NonFinite.finite_layers and finite and selected:
        log.warning("%s Going on with the %d finite blocks.", reason, len(finite))
        return finite
    reason = f"{reason} {_advice(plan, finite)}"
    _refuse(plan, reason, activations, store)
    raise NonFiniteError(reason)


def _refuse(plan: RunPlan, reason: str, activations: dict[str, StoredActivations], store: Store) -> None:
    keep_refusal(store, plan.config.tracking, plan.key, refused_files(plan, reason, activations))


def _overflow(plan: RunPlan, activations: dict[str, StoredActivations], finite: list[int]) -> str:
    first = next(layer for layer in range(plan.n_blocks) if layer not in finite)
    name, own = next((n, a) for n, a in activations.items() if first not in a.finite_layers)
    row = int(np.flatnonzero(own.nonfinite[:, first])[0])
    text = _passes(plan)[name].texts[row].content
    return (
        f"{plan.weights.title} at {plan.precision.label} has non-finite states from block {first} on "
        f"({int(own.nonfinite[:, first].sum())} values there), first in {name} text {row}: {text[:50]!r}."
    )


def _advice(plan: RunPlan, finite: list[int]) -> str:
    other = "precision=fp32" if plan.precision.dtype is Dtype.bf16 else "precision=bf16 (or fp32)"
    if not finite:
        return f"No block is finite. Try {other}."
    if plan.named_layer is not None and plan.named_layer not in finite:
        return (
            f"Block {plan.named_layer}, which is selected, is among them. Try {other}, or one of the blocks {finite}."
        )
    return f"Try {other}, or nonfinite=finite_layers to go on with the {len(finite)} finite of {plan.n_blocks} blocks."
