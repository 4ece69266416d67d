"""Where a cell's texts come from: a corpus, the model itself, or an earlier cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from emogeo.config.schema import TrainConfig
from emogeo.errors import StimuliError
from emogeo.extraction.replay import Replayed
from emogeo.extraction.texts import Told, as_written, told_of
from emogeo.extraction.writing import counts, told_stories
from emogeo.geometry.options import Centring
from emogeo.geometry.units import distinct_units
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.stimuli.corpus import Corpus
from emogeo.stimuli.stories import TOPIC, Request, families, plan_requests
from emogeo.stimuli.templates import SLOT, Decoding, Text, render
from emogeo.store.keys import key_of

Chat = Callable[[str], str] | None
_CPU_BATCH, _GPU_BATCH = 20, 64
_SEEDS = 1_000_003
"""Seeds of one repetition lie apart from those of the next."""


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
class TextSource:
    """The texts of a cell with their labels, as far as they are known before a model is loaded."""

    name: str
    """What the texts are called in tables."""
    told: Told
    """In mode=generation, without the texts."""
    texts: tuple[Text, ...]
    content: dict[str, Any]
    """What names the texts in keys."""
    writing: Writing | None = None
    generation: str | None = None
    """Key of the record of the texts, where a model wrote them."""
    counts: dict[str, int] | None = None
    """Of written texts: how many, empty, stopped and so on."""
    written: dict[str, Any] | None = None
    """How they were written."""


def comprehension(config: TrainConfig, corpus: Corpus, chat: Chat) -> TextSource:
    """Passages through the prompt template."""
    texts = render(corpus.texts, config.prompt_template.text, chat)
    told = Told(tuple(corpus.emotions), tuple(corpus.topics), units_of(config, corpus), tuple(corpus.texts))
    name = corpus.name if config.stimuli.path else config.stimuli.name
    return TextSource(name, told, tuple(texts), contents(texts))


def units_of(config: TrainConfig, corpus: Corpus) -> tuple[str, ...]:
    """The unit of each passage; texts that share a topic's mean are no independent observations.

    Raises:
        StimuliError: `centring=topic_mean` where a topic's mean would take an emotion along.
    """
    units = corpus.units(config.seed)
    if config.centring is Centring.topic_mean:
        corpus.check_topic_means()
        units = distinct_units(corpus.topics, units)
    return tuple(units)


def generation(
    config: TrainConfig, corpus: Corpus, weights: Weights, precision: Precision, device: str, chat: Chat
) -> TextSource:
    """What the model will be asked to write, and the key of what it will have written."""
    asked, template = config.generation, config.prompt_template
    topics = list(dict.fromkeys(corpus.topics))
    requests = plan_requests(template.prompts, template.neutral, topics, asked.samples, asked.replicates)
    prompts = render([request.prompt for request in requests], SLOT, chat)
    batch_size = asked.batch_size or (_CPU_BATCH if device == "cpu" else _GPU_BATCH)
    decoding = Decoding(asked.max_new_tokens, asked.min_new_tokens, asked.temperature, asked.top_p)
    seed = config.seed + _SEEDS * asked.repetition
    writer = {
        **reader(weights, precision, weights.n_layers, batch_size),
        **contents(prompts),
        "asked": [[r.emotion, r.topic, r.unit, r.draw] for r in requests],
        "decoding": asdict(decoding),
        "ban": [asked.retries, families()] if asked.ban_emotion_words else None,
        "seed": seed if asked.temperature is not None else None,
        "repetition": asked.repetition,
    }
    key = key_of({"writer": writer})
    writing = Writing(
        tuple(requests), tuple(prompts), decoding, asked.ban_emotion_words, asked.retries, batch_size, seed, key
    )
    columns = zip(*((r.emotion, r.topic, r.unit, "") for r in requests), strict=True)
    written = {
        "model": weights.name,
        "precision": precision.label,
        "recipe": config.recipe,
        "prompt_template": {"name": template.name, "chat": template.chat, "prompts": list(template.prompts)},
        "topics": topics if TOPIC in template.prompts[0] else None,
        "generation": asdict(asked),
        "seed": config.seed,
    }
    return TextSource(template.name, Told(*columns), (), {"generation": key}, writing, key, written=written)


def replay(config: TrainConfig, weights: Weights, source: Replayed) -> TextSource:
    """The same weights read the tokens as they were written, others the text alone.

    Raises:
        StimuliError: an emotion and unit without a text, or a text too short for `pooling.skip`.
    """
    where = f"mode=replay of {source.key[:12]}"
    kept = told_stories(source.stories, where)
    same = source.weights == weights.identity
    texts = tuple(as_written(story) if same else Text(story.text, special_tokens=True) for story in kept)
    shortest = min(len(story.ids) for story in kept)
    if same and shortest <= config.pooling.skip:
        raise StimuliError(f"pooling.skip={config.pooling.skip}: the shortest text of {where} has {shortest} tokens.")
    content = tokens_of(texts) if same else contents(texts)
    name, told = str(source.written["prompt_template"]["name"]), told_of(kept)
    return TextSource(name, told, texts, content, None, source.key, counts(source.stories), source.written)


def contents(texts: Sequence[Text]) -> dict[str, Any]:
    """What names texts that a tokenizer will cut."""
    return {"texts": [[text.content, text.special_tokens] for text in texts]}


def tokens_of(texts: Sequence[Text]) -> dict[str, Any]:
    """What names texts whose tokens are known."""
    return {"tokens": [[list(text.ids or ()), text.start] for text in texts]}


def reader(weights: Weights, precision: Precision, n_blocks: int, token_budget: int) -> dict[str, Any]:
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
