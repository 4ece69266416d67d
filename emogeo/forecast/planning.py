"""A configuration becomes what its run would do: planned as the run itself is, without a model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from emogeo.config.mode import Mode, ModeConfig
from emogeo.config.runtime import TrackingMode
from emogeo.config.train import TrainConfig
from emogeo.errors import NotHereError, NotWrittenError
from emogeo.extraction.passes import Pass, plan_main_pass
from emogeo.extraction.passes import Writing as Texts
from emogeo.extraction.plan import RunPlan, plan_run
from emogeo.extraction.written import read_stories
from emogeo.forecast.absent import planned_absent
from emogeo.forecast.network import network_of
from emogeo.forecast.probing import asked, steered
from emogeo.forecast.tokens import count_tokens
from emogeo.forecast.work import Model, Planned, Reads, Writes
from emogeo.models.precision import Precision
from emogeo.models.weights.here import only_what_is_here
from emogeo.models.weights.resolve import Weights
from emogeo.probes.behaviour import plan_behaviour
from emogeo.probes.readout_plan import plan_readout
from emogeo.probes.steering_plan import plan_steering
from emogeo.stimuli.templates import Text
from emogeo.store.store import GENERATIONS, RUNS, Store

_ACCOUNT, _LABELS = 6e4, 80
"""Bytes of what a record says of its run, and of each text."""
_MIRROR = 3e5
"""Bytes of a W&B run beside what it holds of the record: its pictures, its log."""


def planned(config: TrainConfig, written: Collection[str] = ()) -> Planned:
    """Says what a run would do, as far as it can be known without fetching weights.

    Args:
        written: keys of the texts that runs before it would write.

    Raises:
        EmogeoError: what would make the run fail.
    """
    with only_what_is_here():
        try:
            found = replace(_BY_MODE.get(config.mode.name, _extracted)(config, written), force=config.force)
        except NotHereError:
            found = planned_absent(config)
    return found if config.tracking.mode is TrackingMode.disabled else replace(found, bytes=2 * found.bytes + _MIRROR)


def _extracted(config: TrainConfig, written: Collection[str]) -> Planned:
    try:
        plan = plan_run(config)
    except NotWrittenError:
        return _replayed_later(config, written)
    store = Store(config.store.path)
    writing = plan.source.writing
    if writing is None:
        return _of(plan, _passes(plan, plan.passages))
    if store.has(GENERATIONS, writing.key) and not config.force:
        plan = plan.with_stories(read_stories(store, writing.key))
        return _of(plan, _passes(plan, plan.passages))
    writes = _writes(plan, writing)
    return _of(plan, _passes(plan, plan.passages, writes), (writes,))


def _replayed_later(config: TrainConfig, written: Collection[str]) -> Planned:
    """Plans a replay of texts that are not written yet, which runs before it would write, or a study itself.

    Raises:
        NotWrittenError: nobody would.
    """
    assert config.mode.writer is not None
    asks = ModeConfig(Mode.generation)
    own = plan_run(replace(config, mode=asks))
    writer = plan_run(replace(config, mode=asks, precision=config.mode.writer, reread=False))
    assert writer.source.writing is not None
    if config.study is None and writer.source.writing.key not in written:
        plan_run(config)  # which says what to type
    writes = _writes(writer, writer.source.writing)
    passages = plan_main_pass(own.model, (), config.pooling, writer.source.content)
    reads = _passes(own, passages, writes)
    return replace(_of(own, reads, (writes,)), key=None)


def _of(plan: RunPlan, reads: tuple[Reads, ...], writes: tuple[Writes, ...] = ()) -> Planned:
    labels, network = plan.labelled.emotions, reads[0].model.network
    n_vectors = len(set(labels)) * plan.n_blocks + 2 * len(labels)
    texts = sum(len(text.content.encode()) + _LABELS for text in plan.passages.texts)
    size = 4.0 * network.d_model * n_vectors + texts + _ACCOUNT
    return Planned(plan.title, plan.weights.name, plan.key, reads, writes, size)


def _passes(plan: RunPlan, passages: Pass, writes: Writes | None = None) -> tuple[Reads, ...]:
    """Lists the passes of a run; of texts that are still to be written, as long as they can become."""
    model = model_of(plan.weights, plan.precision, plan.device)
    others = [plan.facts, *([] if plan.neutral is None else [plan.neutral])]
    reads = [_reads(own, model) for own in (passages, *others)]
    if writes is not None:
        reads[0] = replace(reads[0], texts=writes.texts, tokens=writes.before + writes.new_tokens)
    return tuple(reads)


def _reads(own: Pass, model: Model) -> Reads:
    also = tuple(key for _, key in own.also)
    n = count_tokens(own.texts, own.model.weights.folder)
    return Reads(model, own.key, also, len(own.texts), n, own.model.n_blocks, own.model.token_budget)


def _writes(plan: RunPlan, writing: Texts) -> Writes:
    """Gives the texts that are still to be written: an interrupted run has left the others."""
    model = model_of(plan.weights, plan.precision, plan.device)
    left = _left(Store(plan.config.store.path), writing) / len(writing.requests)
    n, before = len(writing.requests), count_tokens(writing.prompts, plan.weights.folder)
    return Writes(model, writing.key, n, before, n * writing.decoding.max_new_tokens, writing.batch_size, share=left)


def _left(store: Store, writing: Texts) -> int:
    """Counts the texts that no interrupted run has written; one of other libraries counts as well."""
    n = len(writing.requests)
    kept = [own.read_bytes().count(b"\n") for own in (store.path / "partial").glob(f"{writing.key}-*.jsonl")]
    return n - min(n, max(kept, default=0))


def model_of(weights: Weights, precision: Precision, device: str) -> Model:
    """Gives the model of weights that are here."""
    network = network_of(weights)
    return Model(weights.name, weights.title, precision, device, network, here=True, trained=weights.trained)


def _steered(config: TrainConfig, written: Collection[str]) -> Planned:
    del written  # by no run before it
    plan = plan_steering(config)
    own = plan.extraction
    before = _before(own) if plan.vectors == own.key else ()
    facts = _passes(own, own.passages)[1:2]
    model = facts[0].model
    reads, writes = steered(plan, model)
    return Planned(plan.title, own.weights.name, plan.key, (*before, *facts, reads), (writes,))


def _before(own: RunPlan) -> tuple[Reads, ...]:
    """Lists the passes of the run whose vectors are used, where it is not finished."""
    return () if Store(own.config.store.path).has(RUNS, own.key) else _passes(own, own.passages)


def _read_out(config: TrainConfig, written: Collection[str]) -> Planned:
    del written
    plan = plan_readout(config)
    before = () if plan.extraction is None else _before(plan.extraction)
    model = model_of(plan.weights, plan.precision, plan.device)
    reads = _alone(model, plan.texts, plan.weights, plan.model.token_budget)
    return Planned(plan.title, plan.weights.name, plan.key, (*before, reads))


def _alone(model: Model, texts: Sequence[Text], weights: Weights, token_budget: int) -> Reads:
    """Gives a pass of which no record is kept."""
    n = count_tokens(texts, weights.folder)
    return Reads(model, None, (), len(texts), n, model.network.n_layers, token_budget)


def _asked(config: TrainConfig, written: Collection[str]) -> Planned:
    del written
    plan = plan_behaviour(config)
    if plan is None:
        return Planned(config.model.name, config.model.name, None, passed_over="a base model is not asked")
    model = model_of(plan.weights, plan.precision, plan.device)
    reads, writes = asked(plan, model)
    return Planned(plan.title, plan.weights.name, plan.key, (reads,), (writes,))


def _imported(config: TrainConfig, written: Collection[str]) -> Planned:
    from emogeo.extraction.importing import ARTIFACT, plan_import

    del written
    if str(config.imported.path).startswith(ARTIFACT):
        return Planned(str(config.imported.path), config.model.name or "imported", None)
    plan = plan_import(replace(config, runtime=replace(config.runtime, device="cpu")))
    return Planned(plan.title, plan.card.name, plan.key)


_BY_MODE: dict[Mode, Callable[[TrainConfig, Collection[str]], Planned]] = {
    Mode.steering: _steered,
    Mode.readout: _read_out,
    Mode.behaviour: _asked,
    Mode.imported: _imported,
}
