"""What a cell will do and what it is called, settled before torch is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from emogeo.config.schema import DenoisingMethod, Mode, ModelConfig, NeutralTexts, PoolingConfig, Position, TrainConfig
from emogeo.errors import NotWrittenError
from emogeo.extraction.replay import Replayed, replayed, written
from emogeo.extraction.sources import (
    Chat,
    TextSource,
    comprehension,
    contents,
    generation,
    reader,
    replay,
    tokens_of,
    units_of,
)
from emogeo.extraction.texts import Told, as_written, told_of
from emogeo.extraction.writing import Story, counts, told_stories
from emogeo.geometry.layers import blocks_up_to, check_units, resolve_layer
from emogeo.geometry.options import Centring
from emogeo.models.chat import chat_renderer
from emogeo.models.precision import Precision, resolve_device, resolve_precision, resolve_token_budget
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.stimuli.corpus import Corpus, load_corpus, load_facts
from emogeo.stimuli.templates import SLOT, Text, render
from emogeo.store.keys import key_of
from emogeo.store.store import GENERATIONS, Store


@dataclass(frozen=True)
class Reading:
    """Texts to be read once by one model: the content of one activations record."""

    name: str
    texts: tuple[Text, ...]
    pooling: PoolingConfig
    key: str
    also: tuple[tuple[PoolingConfig, str], ...] = ()
    """Other poolings of the same texts, with the keys of their records: they cost no pass of their own."""

    @property
    def claim(self) -> str:
        """What a process claims that reads the texts: the same whatever its pooling."""
        shared = [key for pooling, key in ((self.pooling, self.key), *self.also) if not pooling.skip]
        return min(shared, default=self.key)


@dataclass(frozen=True)
class Cell:
    """A configuration with everything resolved."""

    config: TrainConfig
    weights: Weights
    precision: Precision
    device: str
    token_budget: int
    source: TextSource
    n_blocks: int
    """Blocks that are run."""
    named_layer: int | None
    """The block that the layer selection names by index or depth."""
    reader: dict[str, Any]
    """What makes a forward pass what it is, in keys."""
    passages: Reading
    facts: Reading
    neutral: Reading | None
    """Neutral sentences in the cell's own template and pooling, for denoising."""
    meaning: dict[str, Any]
    key: str
    twin: str | None
    """Of a reread, the key of the same cell read as usual."""

    @property
    def told(self) -> Told:
        return self.source.told

    @property
    def template(self) -> str:
        """Of the prompts, also where an earlier cell was asked with them."""
        written = self.source.written
        return str(written["prompt_template"]["name"]) if written else self.config.prompt_template.name

    @property
    def title(self) -> str:
        """A name people can read."""
        c = self.config
        return (
            f"{self.weights.name} {self.precision.label} {c.mode.name.value} {self.template} "
            f"{c.layer_selection.name.value}{' (reread)' if c.reread else ''}"
        )

    def with_stories(self, stories: Sequence[Story]) -> Cell:
        """The cell with what was written, empty texts left out; its reading is named by their tokens.

        Raises:
            StimuliError: a condition and unit without any text.
            ConfigError: too few units are left for the layer selection.
        """
        kept = told_stories(stories, self.title)
        texts = tuple(as_written(story) for story in kept)
        source = replace(self.source, told=told_of(kept), texts=texts, counts=counts(stories))
        check_units(self.config.layer_selection.rule, len(set(source.told.units)))
        passages = _main_reading(self.reader, texts, self.config.pooling, tokens_of(texts))
        return replace(self, source=source, passages=passages)


def plan_cell(config: TrainConfig) -> Cell:
    """Resolves weights, precision, texts, layer and keys.

    Raises:
        EmogeoError: anything that would make the cell fail later.
    """
    device = resolve_device(config.runtime.device)
    precision = resolve_precision(config.precision, device)
    corpus, mode = load_corpus(config.stimuli.path, config.stimuli.topics), config.mode.name
    store, key = Store(config.store.path), config.mode.source
    stories = replayed(store, key) if key else None
    if mode is Mode.comprehension:
        check_units(config.layer_selection.rule, len(set(units_of(config, corpus))))
    weights = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser(), config.runtime.progress)
    if config.model.weights is not None:
        config = replace(config, model=labelled(config.model, weights))
    chat = None
    if config.prompt_template.chat and stories is None:
        chat = chat_renderer(weights.folder, weights.name)
    if mode is Mode.replay:
        source = replay(config, weights, stories or _own(config, corpus, weights, device, chat, store))
    elif mode is Mode.generation:
        source = generation(config, corpus, weights, precision, device, chat)
    else:
        source = comprehension(config, corpus, chat)
    check_units(config.layer_selection.rule, len(set(source.told.units)))
    neutral = None
    if config.denoising.method is DenoisingMethod.neutral_pcs and config.denoising.texts is NeutralTexts.facts:
        neutral = render(load_facts(), config.prompt_template.text, chat)
    return _cell(config, weights, precision, device, source, neutral)


def _own(config: TrainConfig, corpus: Corpus, weights: Weights, device: str, chat: Chat, store: Store) -> Replayed:
    """What the configuration itself has written, at the precision of `mode.writer`.

    Raises:
        NotWrittenError: nothing was written yet.
    """
    assert config.mode.writer is not None
    precision = resolve_precision(config.mode.writer, device)
    key = generation(config, corpus, weights, precision, device, chat).generation
    assert key is not None
    if not store.has(GENERATIONS, key):
        raise NotWrittenError(
            f"mode=replay: {weights.name} has not written these texts at {precision.label} into {store.path} yet "
            f"(key {key[:12]}). Run the same cell first with mode=generation precision={config.mode.writer.name}, "
            "or name other texts with mode.source=KEY."
        )
    return written(store, key)


def _cell(
    config: TrainConfig,
    weights: Weights,
    precision: Precision,
    device: str,
    source: TextSource,
    neutral_texts: Sequence[Text] | None,
) -> Cell:
    budget = resolve_token_budget(config.runtime.token_budget, device)
    n_blocks = blocks_up_to(config.max_depth or 1.0, weights.n_layers)
    reads = {**reader(weights, precision, n_blocks, budget), "reread": config.reread}
    sentences, neutral = render(load_facts(), SLOT, None), None
    passages = _main_reading(reads, source.texts, config.pooling, source.content)
    facts = _reading(reads, "facts", sentences, PoolingConfig(), contents(sentences))
    if neutral_texts is not None:
        neutral = _reading(reads, "neutral texts", neutral_texts, config.pooling, contents(neutral_texts))
    meaning = _meaning(config, source.told, passages, facts, neutral)
    return Cell(
        config=config,
        weights=weights,
        precision=precision,
        device=device,
        token_budget=budget,
        source=source,
        n_blocks=n_blocks,
        named_layer=resolve_layer(config.layer_selection.rule, weights.n_layers, n_blocks),
        reader=reads,
        passages=passages,
        facts=facts,
        neutral=neutral,
        meaning=meaning,
        key=key_of(meaning),
        twin=plan_cell(replace(config, reread=False)).key if config.reread else None,
    )


def _reading(
    reads: dict[str, Any], name: str, texts: Sequence[Text], pooling: PoolingConfig, content: dict[str, Any]
) -> Reading:
    return Reading(name, tuple(texts), pooling, _reading_key(reads, pooling, content))


def _main_reading(
    reads: dict[str, Any], texts: Sequence[Text], pooling: PoolingConfig, content: dict[str, Any]
) -> Reading:
    """Of the cell's own texts, which are kept at every token position."""
    others = [own for own in map(PoolingConfig, Position) if own != pooling]
    also = tuple((own, _reading_key(reads, own, content)) for own in others)
    return replace(_reading(reads, "passages", texts, pooling, content), also=also)


def _reading_key(reads: dict[str, Any], pooling: PoolingConfig, content: dict[str, Any]) -> str:
    return key_of({**reads, **content, "pooling": {"position": pooling.position.value, "skip": pooling.skip}})


def labelled(model: ModelConfig, weights: Weights) -> ModelConfig:
    """The option's labels give way to those of the weights that were given instead."""
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


def _meaning(
    config: TrainConfig, told: Told, passages: Reading, facts: Reading, neutral: Reading | None
) -> dict[str, Any]:
    selection, denoised = config.layer_selection, config.denoising.method is DenoisingMethod.neutral_pcs
    return {
        "mode": config.mode.name.value,
        "passages": passages.key,
        "facts": facts.key,
        "emotions": list(told.emotions),
        "units": list(told.units),
        "topics": list(told.topics) if config.centring is Centring.topic_mean else None,
        "centring": config.centring.value,
        "denoising": {"neutral": neutral and neutral.key, "share": config.denoising.share} if denoised else None,
        "norm": config.norm.value,
        "layer_selection": {**asdict(selection), "name": selection.name.value},
        "nonfinite": config.nonfinite.value,
        "seed": config.seed,
    }
