"""mode=readout: a run's vectors are applied to any texts, token by token, against random directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.config.states import PoolingConfig, Position
from emogeo.config.train import TrainConfig
from emogeo.errors import NonFiniteError, StoreError
from emogeo.extraction.run import run_extraction
from emogeo.geometry.doors import names_of_conditions
from emogeo.geometry.readout import Against, Labelled, against, origin_of, random_directions, unit_length
from emogeo.probes.readout_plan import ReadoutPlan, plan_readout
from emogeo.probes.readout_rows import KeptWithRows, text_rows, token_rows
from emogeo.probes.readout_scores import Source, scores_of
from emogeo.record.files import READ_TEXTS, READ_TOKENS, RUN_FILE
from emogeo.record.json import record_json
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.record.types import ReadoutRecord, ReadoutResult
from emogeo.record.versions import STATES, origins, said
from emogeo.runs.heading import heading, surroundings
from emogeo.runs.kept import kept_batches
from emogeo.runs.made import made_now
from emogeo.runs.refusal import refused
from emogeo.runs.task import Task
from emogeo.store.kept import Kept
from emogeo.store.keys import Json, json_lines
from emogeo.store.store import RUNS, Store


@dataclass(frozen=True)
class Applied:
    """Vectors of unit length with the point that they start from, and the random directions beside them."""

    conditions: tuple[str, ...]
    vectors: Array
    """[condition, d_model]"""
    origin: Array
    """[d_model]"""
    directions: Array
    """[draw, d_model]"""

    def to(self, states: NDArray[np.floating[Any]]) -> tuple[Array, Against]:
        """Projects states [text, d_model]: [text, condition], and against the random directions."""
        moved = states.astype(np.float64) - self.origin
        projections = moved @ self.vectors.T
        return projections, against(projections, moved @ self.directions.T)


@dataclass(frozen=True)
class _Read:
    """What one pass gives: pooled states [text, d_model], numbers of tokens, and rows of tokens by text."""

    pooled: NDArray[np.float32]
    n_tokens: list[int]
    tokens: list[Json]


def readout_task(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Task:
    """Plans a readout.

    Args:
        departures: from the recipe that the configuration names, of the run that reads passages.

    Raises:
        EmogeoError: anything that would make it fail later.
    """
    plan = plan_readout(config)
    return Task(plan.key, plan.title, plan.config, lambda store: _read_or_refused(plan, store, departures or {}))


def _read_or_refused(plan: ReadoutPlan, store: Store, departures: Mapping[str, Any]) -> dict[str, bytes]:
    if plan.extraction is not None:
        run_extraction(plan.extraction.config, departures)  # skipped where it is finished
    try:
        with kept_batches(store, plan.key, plan.session, plan.config.force) as kept:
            return _readout(plan, store, kept)
    except NonFiniteError as error:
        raise refused(store, plan.config, _record(plan), error) from error


def _record(plan: ReadoutPlan) -> ReadoutRecord:
    """The record without its result."""
    return ReadoutRecord(
        **heading(plan.key, plan.title, plan.config, plan.weights, plan.precision, plan.meaning),
        vectors=plan.vectors,
        stimuli=plan.read.name,
        provenance=surroundings(plan.device),
    )


def _readout(plan: ReadoutPlan, store: Store, kept: Kept) -> dict[str, bytes]:
    run = read_run(store, plan.vectors)
    if not (isinstance(run, Run) and run.finished and run.layer is not None):
        raise StoreError(f"{store.folder(RUNS, plan.vectors)} has no vectors at one block ({run.record.status}).")
    if run.layer >= plan.model.n_blocks:
        raise StoreError(
            f"{store.folder(RUNS, plan.vectors)} has vectors at block {run.layer}; the blocks of {plan.weights.title} "
            f"are run up to {plan.model.n_blocks - 1}."
        )
    source, asked = _source(run), plan.config.readout
    applied = applied_of(run, random_directions(source.states, asked.directions, asked.draws, plan.config.seed))
    read = _read(plan, applied, run.layer, kept)
    projections, compared = applied.to(read.pooled)
    tops = [applied.conditions[place] for place in projections.argmax(axis=1)]
    scores = scores_of(source, plan.read, tops, asked.draws, plan.config.seed)
    result = ReadoutResult(
        conditions=applied.conditions,
        block=run.layer,
        pooling=_named(plan.pooling),
        template=plan.template,
        own=scores.own,
        notes=(*plan.read.notes, *_other_precision(run, plan), *_other_origin(run, plan), *scores.notes),
        metrics=scores.metrics,
    )
    return {
        RUN_FILE: record_json(replace(_record(plan), result=result)),
        READ_TEXTS: json_lines(text_rows(plan.read, read.n_tokens, projections, compared, tops, scores)),
        READ_TOKENS: json_lines(read.tokens),
    }


def _source(run: Run) -> Source:
    config, labels = run.config, run.labelled
    states = Labelled(
        run.passages.astype(np.float64),
        labels.emotions,
        labels.units,
        tuple(names_of_conditions(labels.emotions)),
        config.centring,
        config.stimuli.origin,
    )
    return Source(states, labels)


def applied_of(run: Run, directions: Array) -> Applied:
    """Gives a run's vectors at its selected block as they are applied, beside random directions [draw, d_model].

    Raises:
        GeometryError: a vector of length zero, or `centring=topic_mean`.
    """
    assert run.layer_vectors is not None
    vectors = unit_length(run.layer_vectors, run.conditions)
    return Applied(tuple(run.conditions), vectors, origin_of(_source(run).states), directions)


def _read(plan: ReadoutPlan, applied: Applied, block: int, kept: Kept) -> _Read:
    """Reads every text once: what is pooled and every token are of the same pass."""
    from emogeo.models.activations import PassPlan, read

    model = plan.session.model()
    width = int(model.body.config.get_text_config(decoder=True).hidden_size)
    if width != applied.vectors.shape[1]:
        raise StoreError(
            f"mode.source={plan.vectors[:12]}: vectors of width {applied.vectors.shape[1]}, and the states of "
            f"{plan.weights.title} have width {width}."
        )
    ids, starts = [model.tokenize(text) for text in plan.texts], [model.start(text) for text in plan.texts]
    most = len(ids) if plan.config.readout.tokens is None else plan.config.readout.tokens
    rows: dict[int, list[Json]] = {}

    def take(row: int, states: NDArray[np.float32]) -> None:
        if row < most and np.isfinite(states).all():
            pooled = _pooled(len(ids[row]), starts[row], plan.pooling)
            names = [model.tokenizer.decode([token]) for token in ids[row]]
            rows[row] = token_rows(row, names, pooled, *applied.to(states))

    wanted = PassPlan(
        pooling=plan.pooling,
        n_blocks=block + 1,
        token_budget=plan.model.token_budget,
        reread=plan.model.reread,
        progress=plan.session.progress,
        take=take,
        kept=KeptWithRows(kept, rows),
    )
    found = read(model, plan.texts, wanted)
    _refuse_nonfinite(found.nonfinite[:, block], block)
    tokens = [token for row in sorted(rows) for token in rows[row]]
    return _Read(found.states[:, block], [len(own) for own in ids], tokens)


def _refuse_nonfinite(counts: NDArray[np.int64], block: int) -> None:
    if counts.any():
        row = int(np.flatnonzero(counts)[0])
        raise NonFiniteError(
            f"block {block}, text {row}: {counts[row]} values are NaN or infinite at this precision. Try "
            "precision=bf16 or fp32."
        )


def _pooled(n: int, start: int, pooling: PoolingConfig) -> list[bool]:
    """Says which of n tokens a text's state is pooled of, as `emogeo.models.activations.pool` does it."""
    if pooling.position is Position.mean:
        return [place >= start + pooling.skip for place in range(n)]
    at = n - 1 if pooling.position is Position.last else start + (n - start) // 2
    return [place == at for place in range(n)]


def _named(pooling: PoolingConfig) -> str:
    return f"{pooling.position.value}{f', without {pooling.skip} tokens' if pooling.skip else ''}"


def _other_precision(run: Run, plan: ReadoutPlan) -> list[str]:
    theirs, own = run.record.precision, plan.precision.label
    return [] if theirs == own else [f"vectors at {theirs}, texts read at {own}"]


def _other_origin(run: Run, plan: ReadoutPlan) -> list[str]:
    """Says in what the vectors' states and the texts' are known to differ: libraries, or the device."""
    theirs = origins(run.record).get(STATES)
    differing = "" if theirs is None else said(theirs, made_now(plan.session))
    return [f"vectors, then texts read: made with {differing}"] if differing else []
