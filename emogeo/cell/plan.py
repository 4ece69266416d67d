"""What a cell will do and what it is called, settled before torch is imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from emogeo.cell.replay import Replayed, replayed
from emogeo.cell.told import Told
from emogeo.cell.writing import Story, counts, prompts_of, told_stories
from emogeo.config.schema import Centring, DenoisingMethod, Mode, ModelConfig, NeutralTexts, PoolingConfig, TrainConfig
from emogeo.geometry.layers import blocks_up_to, check_units, resolve_layer
from emogeo.geometry.units import distinct_units
from emogeo.models.chat import chat_renderer
from emogeo.models.precision import Precision, resolve_device, resolve_precision, resolve_token_budget
from emogeo.models.weights import Weights, resolve_weights
from emogeo.stimuli.corpus import Corpus, load_corpus, load_facts
from emogeo.stimuli.stories import Request, plan_requests
from emogeo.stimuli.templates import SLOT, Decoding, Text, render
from emogeo.tracking.keys import key_of
from emogeo.tracking.store import Store

_CPU_BATCH, _GPU_BATCH = 20, 64
_SEEDS = 1_000_003
"""Seeds of one repetition lie apart from those of the next."""


@dataclass(frozen=True)
class Reading:
    """Texts to be read once by one model: the content of one activations record."""

    name: str
    texts: tuple[Text, ...]
    pooling: PoolingConfig
    key: str


@dataclass(frozen=True)
class Writing:
    """Texts to be written once by one model: the content of one generations record."""

    requests: tuple[Request, ...]
    prompts: tuple[Text, ...]
    decoding: Decoding
    ban_emotion_words: bool
    retries: int
    batch_size: int
    seed: int
    key: str


@dataclass(frozen=True)
class Cell:
    """A configuration with everything resolved."""

    config: TrainConfig
    weights: Weights
    precision: Precision
    device: str
    token_budget: int
    stimuli: str
    """What the texts are called in tables."""
    told: Told
    """The texts with their labels; in mode=generation, without the texts until they are written."""
    writing: Writing | None
    n_blocks: int
    """Blocks that are run."""
    named_layer: int | None
    """The block that the layer selection names by index or depth."""
    passages: Reading
    facts: Reading
    neutral: Reading | None
    """Neutral texts in the cell's own template and pooling, for denoising; stories have neutral ones among them."""
    generation: str | None
    """Key of the record of the texts, where a model wrote them."""
    counts: dict[str, int] | None
    """Of written texts: how many, empty, stopped and so on."""
    meaning: dict[str, Any]
    key: str
    twin: str | None
    """Of a reread, the key of the same cell read as usual."""

    @property
    def title(self) -> str:
        """A name people can read."""
        c = self.config
        return (
            f"{self.weights.name} {self.precision.label} {c.mode.name.value} {c.prompt_template.name} "
            f"{c.layer_selection.name.value}{' (reread)' if c.reread else ''}"
        )

    def with_stories(self, stories: Sequence[Story]) -> Cell:
        """The cell with what was written, empty texts left out.

        Raises:
            StimuliError: a condition and unit without any text.
        """
        kept = told_stories(stories, self.title)
        texts = tuple(_as_written(story) for story in kept)
        passages = replace(self.passages, texts=texts)
        return replace(self, told=_told(kept), passages=passages, counts=counts(stories))


@dataclass(frozen=True)
class _Source:
    """What the three modes have of their own."""

    name: str
    told: Told
    texts: tuple[Text, ...]
    content: dict[str, Any]
    """What names the texts in keys."""
    writing: Writing | None = None
    generation: str | None = None
    counts: dict[str, int] | None = None


def plan_cell(config: TrainConfig) -> Cell:
    """Resolves weights, precision, texts, layer and keys.

    Raises:
        EmogeoError: anything that would make the cell fail later.
    """
    device = resolve_device(config.runtime.device)
    precision = resolve_precision(config.precision, device)
    budget = resolve_token_budget(config.runtime.token_budget, device)
    corpus = load_corpus(config.stimuli.path, config.stimuli.topics)
    stories = replayed(Store(config.store.path), config.mode.source) if config.mode.name is Mode.replay else None
    early = _units(config, corpus) if config.mode.name is Mode.comprehension else None
    if early is not None:
        check_units(config.layer_selection, len(set(early)))
    weights = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser(), config.runtime.progress)
    if config.model.weights is not None:
        config = replace(config, model=_labelled(config.model, weights))
    chat = chat_renderer(weights.folder, weights.name) if config.prompt_template.chat else None
    n_blocks = blocks_up_to(config.max_depth or 1.0, weights.n_layers)
    reader = {**_reader(weights, precision, n_blocks, budget), "reread": config.reread}
    if stories is not None:
        source = _replay(config, weights, stories)
    elif early is None:
        source = _generation(config, corpus, weights, precision, device, chat)
    else:
        source = _comprehension(config, corpus, early, chat)
    check_units(config.layer_selection, len(set(source.told.units)))
    return _cell(config, weights, precision, device, budget, n_blocks, reader, source, chat)


Chat = Callable[[str], str] | None


def _cell(
    config: TrainConfig,
    weights: Weights,
    precision: Precision,
    device: str,
    budget: int,
    n_blocks: int,
    reader: dict[str, Any],
    source: _Source,
    chat: Chat,
) -> Cell:
    def reading(name: str, texts: Sequence[Text], pooling: PoolingConfig, content: dict[str, Any]) -> Reading:
        key = key_of({**reader, **content, "pooling": {"position": pooling.position.value, "skip": pooling.skip}})
        return Reading(name, tuple(texts), pooling, key)

    passages = reading("passages", source.texts, config.pooling, source.content)
    facts = render(load_facts(), SLOT, None)
    raw_facts = reading("facts", facts, PoolingConfig(), _contents(facts))
    neutral = None
    if config.denoising.method is DenoisingMethod.neutral_pcs and config.denoising.texts is NeutralTexts.facts:
        texts = render(load_facts(), config.prompt_template.text, chat)
        neutral = reading("neutral texts", texts, config.pooling, _contents(texts))
    meaning = _meaning(config, source.told, passages, raw_facts, neutral)
    return Cell(
        config=config,
        weights=weights,
        precision=precision,
        device=device,
        token_budget=budget,
        stimuli=source.name,
        told=source.told,
        writing=source.writing,
        n_blocks=n_blocks,
        named_layer=resolve_layer(config.layer_selection, weights.n_layers, n_blocks),
        passages=passages,
        facts=raw_facts,
        neutral=neutral,
        generation=source.generation,
        counts=source.counts,
        meaning=meaning,
        key=key_of(meaning),
        twin=plan_cell(replace(config, reread=False)).key if config.reread else None,
    )


def _comprehension(config: TrainConfig, corpus: Corpus, units: tuple[str, ...], chat: Chat) -> _Source:
    texts = render(corpus.texts, config.prompt_template.text, chat)
    told = Told(tuple(corpus.emotions), tuple(corpus.topics), units, tuple(corpus.texts))
    name = corpus.name if config.stimuli.path else config.stimuli.name
    return _Source(name, told, tuple(texts), _contents(texts))


def _generation(
    config: TrainConfig, corpus: Corpus, weights: Weights, precision: Precision, device: str, chat: Chat
) -> _Source:
    asked, template = config.generation, config.prompt_template
    topics = list(dict.fromkeys(corpus.topics))
    requests = plan_requests(template.prompts, template.neutral, topics, asked.samples, asked.replicates)
    prompts = prompts_of(requests, chat)
    batch_size = asked.batch_size or (_CPU_BATCH if device == "cpu" else _GPU_BATCH)
    decoding = Decoding(asked.max_new_tokens, asked.min_new_tokens, asked.temperature, asked.top_p)
    seed = config.seed + _SEEDS * asked.repetition
    key = key_of(
        {
            "writer": {
                **_reader(weights, precision, weights.n_layers, batch_size),
                "prompts": _contents(prompts)["texts"],
                "asked": [[r.emotion, r.draw] for r in requests],
                "decoding": asdict(decoding),
                "ban": asked.retries if asked.ban_emotion_words else None,
                "seed": seed if asked.temperature is not None else None,
                "repetition": asked.repetition,
            }
        }
    )
    writing = Writing(
        tuple(requests), tuple(prompts), decoding, asked.ban_emotion_words, asked.retries, batch_size, seed, key
    )
    columns = zip(*((r.emotion, r.topic, r.unit, "") for r in requests), strict=True)
    return _Source(template.name, Told(*columns), (), {"generation": key, "as": "tokens"}, writing, key)


def _replay(config: TrainConfig, weights: Weights, source: Replayed) -> _Source:
    """The same model reads the tokens as they were written, another one the text alone."""
    kept = told_stories(source.stories, f"mode.source={config.mode.source}")
    same = source.weights == weights.id
    texts = tuple(_as_written(story) if same else Text(story.text, special_tokens=True) for story in kept)
    content = {"generation": source.key, "as": "tokens" if same else "text"}
    return _Source(source.name, _told(kept), texts, content, None, source.key, counts(source.stories))


def _as_written(story: Story) -> Text:
    """Prompt and text as one sequence of tokens, pooled from where the text begins."""
    return Text(story.text, False, (*story.prompt_ids, *story.ids), len(story.prompt_ids))


def _told(stories: Sequence[Story]) -> Told:
    texts = tuple(story.text for story in stories)
    units = tuple(distinct_units(texts, [story.unit for story in stories]))
    return Told(tuple(s.emotion for s in stories), tuple(s.topic for s in stories), units, texts)


def _units(config: TrainConfig, corpus: Corpus) -> tuple[str, ...]:
    """The unit of each passage; texts that share a topic's mean are no independent observations."""
    units = corpus.units(config.seed)
    if config.centring is Centring.topic_mean:
        corpus.check_topic_means()
        units = distinct_units(corpus.topics, units)
    return tuple(units)


def _contents(texts: Sequence[Text]) -> dict[str, Any]:
    return {"texts": [[text.content, text.special_tokens] for text in texts]}


def _labelled(model: ModelConfig, weights: Weights) -> ModelConfig:
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


def _reader(weights: Weights, precision: Precision, n_blocks: int, token_budget: int) -> dict[str, Any]:
    """What makes a forward pass what it is; the token budget only where batch companions change states."""
    return {
        "weights": weights.identity,
        "precision": {
            "dtype": precision.dtype.value,
            "quantization": precision.quantization.value,
            "threshold": precision.threshold,
        },
        "token_budget": token_budget if precision.depends_on_companions else None,
        "n_blocks": n_blocks,
    }


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
