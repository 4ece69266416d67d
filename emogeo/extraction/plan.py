"""A run's plan: everything it will do, and its key, settled before torch is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from emogeo.config.mode import Mode
from emogeo.config.model import ModelConfig
from emogeo.config.states import DenoisingMethod, NeutralTexts, PoolingConfig
from emogeo.config.texts import Context
from emogeo.config.train import TrainConfig
from emogeo.errors import NotWrittenError
from emogeo.extraction.meaning import n_independent, run_meaning, seed_of
from emogeo.extraction.passes import Pass, PassModel, context_of, plan_main_pass, plan_pass, token_contents
from emogeo.extraction.replay import Replayed, replayed, written
from emogeo.extraction.sources import (
    Chat,
    TextSource,
    comprehension,
    generation,
    refuse_without_neutral,
    replay,
    units_of,
)
from emogeo.extraction.stories import Story, counts, refuse_too_short, without_empty
from emogeo.extraction.texts import as_written, in_context, labelled_texts
from emogeo.geometry.layers import blocks_up_to, check_units, resolve_layer
from emogeo.geometry.states import LabelledTexts
from emogeo.models.chat import chat_of
from emogeo.models.precision import Precision, precision_of, resolve_device, resolve_token_budget, settled
from emogeo.models.session import Session, session_of
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.record.origin import MadeWith
from emogeo.stimuli.corpus import Corpus, corpus_from, load_facts
from emogeo.stimuli.templates import SLOT, Text, render
from emogeo.store.keys import Json, key_of
from emogeo.store.store import GENERATIONS, Store


@dataclass(frozen=True)
class RunPlan:
    """A configuration with everything resolved."""

    config: TrainConfig
    model: PassModel
    device: str
    source: TextSource
    named_layer: int | None
    """The block that the layer selection names by index or depth."""
    passages: Pass
    facts: Pass
    neutral: Pass | None
    """Neutral sentences in the run's own template and pooling, for denoising."""
    meaning: Json
    key: str
    reread_of: str | None
    """The key of the run that a reread repeats; None for any other run."""

    @property
    def weights(self) -> Weights:
        return self.model.weights

    @property
    def precision(self) -> Precision:
        return self.model.precision

    @property
    def n_blocks(self) -> int:
        return self.model.n_blocks

    @property
    def token_budget(self) -> int:
        return self.model.token_budget

    @property
    def session(self) -> Session:
        """The loaded model that reads, and writes."""
        return session_of(self.config, self.weights, self.precision, self.device)

    @property
    def labelled(self) -> LabelledTexts:
        return self.source.labelled

    @property
    def template(self) -> str:
        """The name of the template of the prompts, also where an earlier run was asked with them."""
        written = self.source.written
        return written.prompt_template.name if written else self.config.prompt_template.name

    @property
    def title(self) -> str:
        """A name people can read."""
        c = self.config
        context = c.generation.context if self.source.written and c.generation.context is not Context.prompt else None
        return (
            f"{self.weights.title} {self.precision.label} {c.mode.name.value} {self.template} "
            f"{c.layer_selection.name.value}{f' context {context.value}' if context else ''}"
            f"{' (reread)' if c.reread else ''}"
        )

    def with_stories(self, stories: Sequence[Story], made_with: MadeWith | None = None) -> RunPlan:
        """Gives the plan the written texts, without empty ones; its pass is then named by their tokens.

        Args:
            made_with: what the texts were made with, for the record.

        Raises:
            StimuliError: a condition and unit without any text, a text whose neutral prompt is not known or that is too
                short for `pooling.skip`.
            ConfigError: too few units are left for the layer selection.
        """
        context = self.config.generation.context
        kept = without_empty(in_context(stories, context, self.config.stimuli.origin, self.title), self.title)
        refuse_too_short(kept, self.config.pooling.skip, self.title)
        texts = tuple(as_written(story) for story in kept)
        source = replace(
            self.source,
            labelled=labelled_texts(kept),
            texts=texts,
            counts=counts(stories, self.source.written.words if self.source.written else {}),
            made_with=made_with,
        )
        check_units(self.config.layer_selection.rule, n_independent(source.labelled))
        content = {**token_contents(texts), **context_of(context)}
        passages = plan_main_pass(self.model, texts, self.config.pooling, content)
        return replace(self, source=source, passages=passages)


def plan_run(config: TrainConfig) -> RunPlan:
    """Resolves weights, precision, texts, layer and keys.

    Raises:
        EmogeoError: anything that would make the run fail later.
    """
    device = resolve_device(config.runtime.device)
    texts = replayed(Store(config.store.path), config.mode.source) if config.mode.source else _corpus(config)
    weights = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser(), config.runtime.progress)
    if config.model.weights is not None:
        config = replace(config, model=described(config.model, weights))
    precision = precision_of(config.precision, device, weights)
    config = replace(config, precision=settled(config.precision, precision))
    chat = None
    if config.prompt_template.chat and isinstance(texts, Corpus):
        chat = chat_of(weights.folder, weights.name, config.prompt_template.thinking)
    source = _source(config, texts, weights, precision, device, chat)
    check_units(config.layer_selection.rule, n_independent(source.labelled))
    neutral = None
    if config.denoising.method is DenoisingMethod.neutral_pcs and config.denoising.texts is NeutralTexts.facts:
        neutral = render(load_facts(), config.prompt_template.text, chat)
    n_blocks = blocks_up_to(config.max_depth or 1.0, weights.n_layers)
    budget = resolve_token_budget(config.runtime.token_budget, device)
    model = PassModel(weights, precision, n_blocks, budget, config.reread)
    return _plan(config, model, device, source, neutral)


def _corpus(config: TrainConfig) -> Corpus:
    """Reads the corpus, and refuses what it cannot be read for before any weights are looked for."""
    corpus, mode = corpus_from(config.stimuli), config.mode.name
    if mode in (Mode.comprehension, Mode.generation):
        refuse_without_neutral(config, corpus.conditions, corpus.name)
    if mode is Mode.comprehension:
        check_units(config.layer_selection.rule, len(set(units_of(config, corpus))))
    return corpus


def _source(
    config: TrainConfig, texts: Corpus | Replayed, weights: Weights, precision: Precision, device: str, chat: Chat
) -> TextSource:
    """Plans the texts that are read: a corpus, or what a model writes of it or has written."""
    if isinstance(texts, Replayed):
        return replay(config, weights, texts)
    if config.mode.name is Mode.replay:
        return replay(config, weights, _own(config, texts, weights, device, chat))
    if config.mode.name is Mode.generation:
        return generation(config, texts, weights, precision, device, chat)
    return comprehension(config, texts, weights, chat)


def _own(config: TrainConfig, corpus: Corpus, weights: Weights, device: str, chat: Chat) -> Replayed:
    """Finds the texts that the configuration itself has written, at the precision of `mode.writer`.

    Raises:
        NotWrittenError: nothing was written yet.
    """
    assert config.mode.writer is not None
    store = Store(config.store.path)
    precision = precision_of(config.mode.writer, device, weights)
    key = generation(config, corpus, weights, precision, device, chat).generation
    assert key is not None
    if not store.has(GENERATIONS, key):
        raise NotWrittenError(
            f"mode=replay: {weights.title} has not written these texts at {precision.label} into {store.path} yet "
            f"(key {key[:12]}). Write them first with mode=generation precision={config.mode.writer.name}, "
            "or name other texts with mode.source=KEY."
        )
    return written(store, key)


def _plan(
    config: TrainConfig, model: PassModel, device: str, source: TextSource, neutral_texts: Sequence[Text] | None
) -> RunPlan:
    passages = plan_main_pass(model, source.texts, config.pooling, source.content)
    facts = plan_pass("facts", model, render(load_facts(), SLOT, None), PoolingConfig())
    neutral = None
    if neutral_texts is not None:
        neutral = plan_pass("neutral texts", model, neutral_texts, config.pooling)
    config = replace(config, seed=seed_of(config, model.weights, source.labelled))
    meaning = run_meaning(config, source.labelled, passages, facts, neutral)
    return RunPlan(
        config=config,
        model=model,
        device=device,
        source=source,
        named_layer=resolve_layer(config.layer_selection.rule, model.weights.n_layers, model.n_blocks),
        passages=passages,
        facts=facts,
        neutral=neutral,
        meaning=meaning,
        key=key_of(meaning),
        reread_of=plan_run(replace(config, reread=False)).key if config.reread else None,
    )


def described(model: ModelConfig, weights: Weights) -> ModelConfig:
    """Replaces the option's labels by those of the weights that were given instead."""
    return replace(
        model,
        name=weights.name,
        family=weights.family,
        variant=weights.variant,
        params_b=weights.params_b,
        source=weights.source,
        id=weights.id,
        revision=weights.revision,
        sha256=None,
        license=None,
        wheels=None,
    )
