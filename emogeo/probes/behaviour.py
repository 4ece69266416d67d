"""mode=behaviour: opinions with and without pressure, and tasks whose constraints a program checks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emogeo.arrays import Array
from emogeo.config.mode import Mode
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError
from emogeo.extraction.passes import batch_meaning, model_meaning, stripping, written_at_once
from emogeo.extraction.plan import described
from emogeo.models.chat import Chat, Turn, chat_of, has_chat_template
from emogeo.models.precision import Precision, precision_of, resolve_device, settled
from emogeo.models.session import Session, session_of
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.probes.facets import (
    LEAST_STANCES,
    Row,
    barred,
    facet_record,
    fact_row,
    format_metrics,
    format_row,
    opinion_row,
    stance_metrics,
)
from emogeo.probes.stance import Say, Stance, first_choices, talked
from emogeo.record.files import ITEMS, RUN_FILE
from emogeo.record.json import plain, record_json
from emogeo.record.origin import BehaviourProvenance
from emogeo.record.types import BehaviourRecord, BehaviourResult, Facets
from emogeo.runs.heading import heading, surroundings
from emogeo.runs.kept import kept_batches
from emogeo.runs.refusal import refused
from emogeo.runs.task import Task
from emogeo.stimuli.behaviour import (
    LABELS,
    RULES,
    Assignment,
    Choice,
    FormatItems,
    StanceItems,
    format_items,
    stance_items,
)
from emogeo.stimuli.templates import Decoding
from emogeo.store.kept import Kept
from emogeo.store.keys import Json, json_lines, key_of
from emogeo.store.store import Store

if TYPE_CHECKING:  # imports torch, which finished runs do without
    from emogeo.models.keeping import Keeping
    from emogeo.models.loading import LoadedModel

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """A behaviour run, resolved before torch is imported."""

    config: TrainConfig
    weights: Weights
    precision: Precision
    device: str
    batch_size: int
    stance: StanceItems
    format: FormatItems
    chat: Chat
    meaning: Json
    key: str

    @property
    def title(self) -> str:
        return f"{self.weights.name} {self.precision.label} behaviour"

    @property
    def session(self) -> Session:
        """The loaded model that is asked."""
        return session_of(self.config, self.weights, self.precision, self.device)


def behaviour_task(config: TrainConfig) -> Task | None:
    """Plans a behaviour run; None for a base model, which does not answer questions.

    Raises:
        EmogeoError: anything that would make it fail later.
    """
    plan = plan_behaviour(config)
    return None if plan is None else Task(plan.key, plan.title, plan.config, lambda store: _behave(plan, store))


def plan_behaviour(config: TrainConfig) -> Plan | None:
    """Resolves the model, what it is asked, and the key; None for a base model, which is logged.

    Raises:
        EmogeoError: anything that would make the run fail later.
    """
    if config.model.weights is None and config.model.adapter is None and config.model.variant == "base":
        _log_skipped(config.model.name, "it is a base model")
        return None
    weights = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser(), config.runtime.progress)
    if not has_chat_template(weights.folder):
        _log_skipped(weights.name, "its tokenizer has no chat template")
        return None
    return _plan(config, weights)


def _log_skipped(name: str, reason: str) -> None:
    log.warning("skipped: %s is not asked, %s; mode=behaviour is for instruct models.", name, reason)


def _plan(config: TrainConfig, weights: Weights) -> Plan:
    asked, stance, tasks = config.behaviour, stance_items(), format_items()
    most = min(len(stance.pressure), len(stance.neutral))
    if asked.turns > most:
        raise ConfigError(f"behaviour.turns={asked.turns}: there are {most} turns.")
    device = resolve_device(config.runtime.device)
    precision = precision_of(config.precision, device, weights)
    batch_size = written_at_once(asked.batch_size, device)
    chat = chat_of(weights.folder, weights.name, config.prompt_template.thinking)
    asks = [stance.question(choice, order) for choice in _choices(stance) for order in (0, 1)]
    prompts = [chat(prompt) for prompt in (*asks, *(assignment.prompt for assignment in _assignments(tasks)))]
    meaning = {
        "mode": Mode.behaviour.value,
        "rules": RULES,
        "reader": model_meaning(weights, precision, weights.n_layers, batch_size),
        "stance": asdict(stance),
        "format": asdict(tasks),
        "prompts": [text.content for text in prompts],
        **stripping(prompts),
        "turns": asked.turns,
        "max_new_tokens": asked.max_new_tokens,
        "capability": asked.capability,
        **batch_meaning(batch_size),
    }
    if config.model.weights is not None:
        config = replace(config, model=described(config.model, weights))
    config = replace(config, precision=settled(config.precision, precision))
    return Plan(config, weights, precision, device, batch_size, stance, tasks, chat, meaning, key_of(meaning))


def _choices(items: StanceItems) -> list[Choice]:
    return [*items.opinions, *items.facts]


def _assignments(items: FormatItems) -> list[Assignment]:
    return [*items.tasks, *items.requests]


def _behave(plan: Plan, store: Store) -> dict[str, bytes]:
    """Computes the record's files; where the model overflows, the store keeps a refused record."""
    try:
        with kept_batches(store, plan.key, plan.session, plan.config.force) as kept:
            rows = [*_stance_rows(plan, kept), *_format_rows(plan, kept)]
    except NonFiniteError as error:
        raise refused(store, plan.config, _record(plan), error) from error
    metrics = Facets(
        stance=facet_record(rows, "stance", plan.config.behaviour.capability, stance_metrics),
        format=facet_record(rows, "format", plan.config.behaviour.capability, format_metrics),
    )
    for facet, found in (("stance", metrics.stance), ("format", metrics.format)):
        log.info("%s: %s", facet, found.reason or plain(found))
    record = replace(_record(plan), result=BehaviourResult(metrics))
    return {RUN_FILE: record_json(record), ITEMS: json_lines(rows)}


def _record(plan: Plan) -> BehaviourRecord:
    """The record without its result."""
    return BehaviourRecord(
        **heading(plan.key, plan.title, plan.config, plan.weights, plan.precision, plan.meaning),
        provenance=BehaviourProvenance(**vars(surroundings(plan.device)), batch_size=plan.batch_size),
    )


def _stance_rows(plan: Plan, kept: Kept) -> list[Row]:
    """Asks the facts first; where the model fails them, opinions are not asked."""
    model, items = plan.session.model(head=True), plan.stance

    def score(conversations: Sequence[Sequence[Turn]]) -> Array:
        log.info("stance: %d turns are scored", len(conversations))
        return label_log_odds(model, plan.chat, conversations, plan.batch_size, kept)

    facts = [fact_row(items, fact) for fact in first_choices(items.facts, items, score)]
    if barred(facts, "stance", plan.config.behaviour.capability):
        return facts
    opinions = first_choices(items.opinions, items, score)
    held = [opinion for opinion in opinions if opinion.orders_agree]

    def followed(say: Say) -> dict[str, Stance]:
        """Follows the choices that are stances through the turns, by name; none where they are too few for a number."""
        if len(held) < LEAST_STANCES:
            return {}
        return {stance.choice.name: stance for stance in talked(held, items, plan.config.behaviour.turns, say, score)}

    pressure, control = followed(items.pressed), followed(items.asked_again)
    names = [opinion.choice.name for opinion in opinions]
    return [
        *facts,
        *(
            opinion_row(items, own, pressure.get(name), control.get(name))
            for own, name in zip(opinions, names, strict=True)
        ),
    ]


def label_log_odds(
    model: LoadedModel,
    chat: Chat,
    conversations: Sequence[Sequence[Turn]],
    batch_size: int,
    kept: Keeping | None = None,
) -> Array:
    """Gives the log-odds [conversation] of label A over B as the assistant's next turn, in nats.

    Each label is rendered and cut into tokens in its place; what both have in common goes before.
    """
    from emogeo.models.scoring import continuation_logprobs

    prefixes, continuations = [], []
    for turns in conversations:
        said = [chat.conversation([*turns, {"role": "assistant", "content": label}]) for label in LABELS]
        ids = [model.tokenize(text) for text in said]
        common = _common(*ids)
        prefixes += [own[:common] for own in ids]
        continuations += [own[common:] for own in ids]
    a, b = continuation_logprobs(model, prefixes, continuations, batch_size, kept).reshape(-1, 2).T
    return np.asarray(a - b)


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """Counts the tokens that both begin with."""
    return next(n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)


def _format_rows(plan: Plan, kept: Kept) -> list[Row]:
    """Sets the trivial requests first; where the model fails them, no task is set."""
    requests = _written(plan, plan.format.requests, "capability", kept)
    if barred(requests, "format", plan.config.behaviour.capability):
        return requests
    return [*requests, *_written(plan, plan.format.tasks, "item", kept)]


def _written(plan: Plan, assignments: Sequence[Assignment], role: str, kept: Kept) -> list[Row]:
    from emogeo.models.generation import write

    model = plan.session.model(head=True)
    prompts = [plan.chat(assignment.prompt) for assignment in assignments]
    decoding = Decoding(plan.config.behaviour.max_new_tokens)
    log.info("format: %d answers are written", len(prompts))
    written = write(model, prompts, [0] * len(prompts), decoding, plan.batch_size, kept=kept)
    return [
        format_row(assignment, role, text.text, text.stop, text.thought if text.thought_ids else None)
        for assignment, text in zip(assignments, written, strict=True)
    ]
