"""mode=steering: a run's emotion vectors are added while the model writes, and while it predicts emotion words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emogeo.arrays import Array
from emogeo.config.train import TrainConfig
from emogeo.errors import GeometryError, NonFiniteError, StoreError
from emogeo.extraction.reading import activations_of
from emogeo.extraction.run import run_extraction
from emogeo.models.tokenizer import cut_of
from emogeo.probes.directions import Direction, additions_of, plan_directions
from emogeo.probes.regimes import is_short, regime, regime_by_perplexity, repeats_itself
from emogeo.probes.steering_plan import SteeringPlan, plan_steering, words_of
from emogeo.probes.words import Cut, Vocabulary, match_gap, matched, shift, vocabulary
from emogeo.record.files import RUN_FILE, SHIFTS, TEXTS
from emogeo.record.json import record_json
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.record.types import SteeringDirections, SteeringMetrics, SteeringRecord, SteeringResult
from emogeo.runs.heading import heading, surroundings
from emogeo.runs.kept import kept_batches
from emogeo.runs.refusal import refused
from emogeo.runs.task import Task
from emogeo.stimuli.templates import Decoding
from emogeo.store.kept import Kept
from emogeo.store.keys import Json, json_lines
from emogeo.store.store import RUNS, Store

if TYPE_CHECKING:  # imports torch, which finished runs do without
    from emogeo.models.generation import Written
    from emogeo.models.loading import LoadedModel


def steering_task(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Task:
    """Plans a steering run.

    Args:
        departures: from the recipe that the configuration names, of the run that reads passages.

    Raises:
        EmogeoError: anything that would make it fail later.
    """
    plan = plan_steering(config)
    return Task(plan.key, plan.title, plan.config, lambda store: _steered_or_refused(plan, store, departures or {}))


def _steered_or_refused(plan: SteeringPlan, store: Store, departures: Mapping[str, Any]) -> dict[str, bytes]:
    own = plan.extraction.weights
    _vocabulary(plan, cut_of(own.folder, own.name))  # words that cannot be used are said before anything is read
    if plan.vectors == plan.extraction.key:
        run_extraction(plan.extraction.config, departures)  # skipped where it is finished
    try:
        with kept_batches(store, plan.key, plan.extraction.session, plan.config.force) as kept:
            return _steer(plan, store, kept)
    except NonFiniteError as error:
        raise refused(store, plan.config, _record(plan), error) from error


def _record(plan: SteeringPlan) -> SteeringRecord:
    """The record without its result."""
    own = plan.extraction
    return SteeringRecord(
        **heading(plan.key, plan.title, plan.config, own.weights, own.precision, plan.meaning),
        vectors=plan.vectors,
        provenance=surroundings(own.device),
    )


def _steer(plan: SteeringPlan, store: Store, kept: Kept) -> dict[str, bytes]:
    norms = _mean_norms(plan, store)
    vectors, blocks = _vectors(plan, store)
    directions = plan_directions(plan.steering, vectors, plan.config.seed)
    model = plan.extraction.session.model(head=True)
    texts = _texts(plan, model, directions, norms, blocks, kept)
    shifts, words = _shifts(plan, model, directions, norms, blocks, kept)
    result = SteeringResult(
        blocks=tuple(blocks),
        mean_norms=tuple(float(norms[block]) for block in blocks),
        words=words,
        metrics=SteeringDirections(_metrics(texts, "emotion"), _metrics(texts, "random")),
    )
    record = replace(_record(plan), result=result)
    return {RUN_FILE: record_json(record), TEXTS: json_lines(texts), SHIFTS: json_lines(shifts)}


def _mean_norms(plan: SteeringPlan, store: Store) -> Array:
    """Measures the mean length [block] of the residual stream at the last token of the neutral sentences."""
    own = plan.extraction
    states = activations_of(own.facts, own.session, store, plan.config.force).states.astype(np.float64)
    return np.asarray(np.linalg.norm(states, axis=-1).mean(axis=0))


def _vectors(plan: SteeringPlan, store: Store) -> tuple[dict[str, Array], list[int]]:
    """Reads the vectors [block, d_model] of each emotion, and their blocks."""
    run = read_run(store, plan.vectors)
    if not (isinstance(run, Run) and run.finished):
        raise StoreError(f"{store.folder(RUNS, plan.vectors)} has no vectors ({run.record.status}).")
    layers = run.result.layer.layers
    run_here = [layer for layer in layers if layer < plan.extraction.n_blocks]
    blocks = [layer for layer in run_here if plan.blocks is None or layer in plan.blocks]
    absent = sorted(set(plan.blocks or ()) - set(run_here))
    if absent:
        raise GeometryError(f"steering.blocks: that run has no vectors of blocks {absent}.")
    values = run.vectors.astype(np.float64)
    rows = [layers.index(block) for block in blocks]
    return {e: values[i, rows] for i, e in enumerate(run.conditions) if e != plan.config.stimuli.neutral}, blocks


def _texts(
    plan: SteeringPlan,
    model: LoadedModel,
    directions: Sequence[Direction],
    norms: Array,
    blocks: Sequence[int],
    kept: Kept,
) -> list[Json]:
    """Has the model write: unsteered, towards the emotion, and along the first random direction."""
    from emogeo.models.generation import write
    from emogeo.models.scoring import continuation_logprobs

    decoding, rows = Decoding(plan.steering.max_new_tokens), []
    for name, scenario in plan.steering.scenarios.items():
        own = [d for d in directions if d.target == scenario.emotion and d.writes]
        prompts, added = [plan.prompts[name]] * len(own), additions_of(own, norms, blocks)
        written = write(model, prompts, [0] * len(own), decoding, additions=added, kept=kept)
        whole = [text for text in written if text.ids]
        scored = continuation_logprobs(
            model, [[*t.prompt_ids, *t.thought_ids] for t in whole], [t.ids for t in whole], len(own), kept
        )
        per_token = iter(score / len(text.ids) for score, text in zip(scored, whole, strict=True))
        for direction, text in zip(own, written, strict=True):
            perplexity = float(np.exp(-next(per_token))) if text.ids else None
            head = {"scenario": name, "emotion": scenario.emotion, "prompt": plan.prompts[name].content}
            rows.append({**head, **_text_row(direction, text, perplexity)})
    return _with_ratios(rows)


def _text_row(direction: Direction, text: Written, perplexity: float | None) -> Json:
    return {
        "direction": direction.kind,
        "strength": direction.strength,
        "text": text.text,
        "stop": text.stop,
        "words": len(text.text.split()),
        "repeated": repeats_itself(text.text),
        "perplexity": perplexity,
        **({"thought": text.thought} if text.thought_ids else {}),
    }


def _with_ratios(rows: list[Json]) -> list[Json]:
    """Gives perplexities relative to the scenario's unsteered text; None where there is none."""
    plain = _unsteered(rows)
    for row in rows:
        usual = plain[row["scenario"]]
        row["perplexity_ratio"] = row["perplexity"] / usual if row["perplexity"] and usual else None
    return rows


def _unsteered(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Gives the perplexity of each scenario's unsteered text."""
    return {row["scenario"]: row["perplexity"] for row in rows if row["direction"] == "none"}


def _metrics(texts: Sequence[Mapping[str, Any]], kind: str) -> SteeringMetrics:
    """Gives the shares of repeating and of short texts along one kind of direction, and both regimes."""
    plain, own = _unsteered(texts), [text for text in texts if text["direction"] == kind]
    repeated, short = [t["repeated"] for t in own], [is_short(t["text"]) for t in own]
    known = [text["perplexity_ratio"] for text in own if text["perplexity_ratio"] is not None]
    perplexities = [(text["perplexity"], plain[text["scenario"]]) for text in own]
    return SteeringMetrics(
        n_texts=len(own),
        repeated_share=float(np.mean(repeated)),
        short_share=float(np.mean(short)),
        regime=regime(repeated, short),
        perplexity_ratio=float(np.median(known)) if known else None,
        regime_by_perplexity=regime_by_perplexity(perplexities),
    )


def _vocabulary(plan: SteeringPlan, cut: Cut) -> Vocabulary:
    steering, words = plan.steering, words_of(plan.steering)
    targets = sorted({scenario.emotion for scenario in steering.scenarios.values()})
    return vocabulary(cut, steering.contexts, {e: words[e] for e in targets}, steering.neutral_words)


def _shifts(
    plan: SteeringPlan,
    model: LoadedModel,
    directions: Sequence[Direction],
    norms: Array,
    blocks: Sequence[int],
    kept: Kept,
) -> tuple[list[Json], dict[str, tuple[tuple[str, str], ...]]]:
    """Measures the effect of every direction on the words of its target; also gives each word's neutral match."""
    from emogeo.models.steering import steered_logprobs

    known = _vocabulary(plan, model.tokenize)
    batch_size = 120 if plan.extraction.device == "cpu" else 512
    logprobs = steered_logprobs(
        model,
        known.contexts,
        list(known.tokens.values()),
        additions_of(directions, norms, blocks),
        batch_size,
        plan.config.runtime.progress,
        kept,
    ).numpy()
    plain = next(row for row, direction in enumerate(directions) if direction.kind == "none")
    usual = logprobs[plain].mean(axis=0)
    pairs = {emotion: matched(known, emotion, usual) for emotion in known.emotions}
    gaps = {emotion: match_gap(known, own, usual) for emotion, own in pairs.items()}
    rows = [
        {
            **direction.named,
            **shift(known, pairs[direction.target], logprobs[row] - logprobs[plain]),
            "match_gap": gaps[direction.target],
        }
        for row, direction in enumerate(directions)
        if direction.kind != "none"
    ]
    return rows, {emotion: tuple(own) for emotion, own in pairs.items()}
