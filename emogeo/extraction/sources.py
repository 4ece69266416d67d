"""The sources of a run's texts: a corpus, the model itself, or an earlier run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from emogeo.config.states import DenoisingMethod, NeutralTexts
from emogeo.config.texts import Context, GenerationConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, StimuliError
from emogeo.extraction.meaning import in_effect
from emogeo.extraction.passes import (
    Writing,
    batch_meaning,
    contents,
    context_of,
    model_meaning,
    stripping,
    token_contents,
    written_at_once,
)
from emogeo.extraction.replay import Replayed
from emogeo.extraction.stories import counts, refuse_too_short, without_empty
from emogeo.extraction.texts import as_written, in_context, labelled_texts
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units
from emogeo.models.chat import Chat as ChatTemplate
from emogeo.models.precision import Precision
from emogeo.models.tokenizer import control_tokens_of
from emogeo.models.weights.resolve import Weights
from emogeo.record.origin import MadeWith, PromptSet, TextCounts, Written
from emogeo.stimuli.corpus import NO_TOPIC, Corpus
from emogeo.stimuli.labels import neutral_of
from emogeo.stimuli.masking import Masking, masked
from emogeo.stimuli.messages import hint, listed
from emogeo.stimuli.stories import TOPIC, Conditions, Request, families_of, plan_requests, unusual
from emogeo.stimuli.templates import SLOT, Decoding, Text, render
from emogeo.store.keys import Json, key_of

Chat = ChatTemplate | None
_SEEDS = 1_000_003
"""The distance between the seeds of one repetition and those of the next."""


@dataclass(frozen=True)
class TextSource:
    """The texts of a run with their labels, as far as they are known before a model is loaded."""

    name: str
    """The name of the texts in tables."""
    labelled: LabelledTexts
    """The labels and the texts; in mode=generation, the labels alone."""
    texts: tuple[Text, ...]
    content: Json
    """The part of a key that names the texts."""
    writing: Writing | None = None
    generation: str | None = None
    """The key of the record of the texts, where a model wrote them."""
    counts: TextCounts | None = None
    """Counts of written texts: all, empty, stopped and so on."""
    written: Written | None = None
    """How the texts were written."""
    made_with: MadeWith | None = None
    """What written texts were made with, once they are written."""
    masking: Masking | None = None
    """How much of the passages was masked."""
    notes: tuple[str, ...] = ()
    """What was noticed when the corpus was read."""


def comprehension(config: TrainConfig, corpus: Corpus, weights: Weights, chat: Chat) -> TextSource:
    """Puts passages, masked where that is asked for, into the prompt template."""
    name = corpus.name if config.stimuli.path else config.stimuli.name
    masking = None
    if config.stimuli.mask:
        corpus, masking = masked(corpus, config.stimuli.mask)
        name = f"{name} mask {config.stimuli.mask}"
    texts = render(
        corpus.texts,
        config.prompt_template.text,
        chat,
        control_tokens_of(weights.folder, weights.name),
    )
    labelled = LabelledTexts(
        tuple(corpus.emotions), tuple(corpus.topics), units_of(config, corpus), tuple(corpus.texts)
    )
    return TextSource(name, labelled, tuple(texts), contents(texts), masking=masking, notes=corpus.notes)


def refuse_without_neutral(config: TrainConfig, conditions: Sequence[str], name: str) -> None:
    """Refuses what needs a condition without an emotion, where the texts have none.

    Args:
        name: what the texts are called.

    Raises:
        StimuliError: names the option and the conditions; or centring would leave too few of them.
    """
    denoising = config.denoising
    by_texts = denoising.method is DenoisingMethod.neutral_pcs and denoising.texts is NeutralTexts.condition
    needs = {
        "centring=neutral": config.centring is Centring.neutral,
        "denoising.texts=condition": by_texts,
        "generation.context=neutral": config.generation.context is Context.neutral,
    }
    for option, asked in needs.items():
        if asked and config.stimuli.neutral not in conditions:
            raise StimuliError(
                f"{option} needs a condition that stands for no emotion, and {name} has none among "
                f"{listed(conditions)}. Type stimuli.neutral=LABEL if one of these does, or leave {option} out."
            )
    if needs["centring=neutral"] and len(conditions) <= MIN_CONDITIONS:
        raise StimuliError(
            f"centring=neutral leaves {len(conditions) - 1} of the conditions of {name}, and {MIN_CONDITIONS} are "
            "needed: type centring=grand_mean."
        )


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
    """Plans what the model will be asked to write, and the key of the texts."""
    asked, template = in_effect(config.generation), config.prompt_template
    conditions, topics = _asked_for(config, corpus), _topics(config, corpus)
    requests = requests_of(config, corpus)
    if chat is None:
        control_tokens_of(weights.folder, weights.name).refuse([*map(conditions.word, conditions.labels), *topics])
    prompts = render([request.prompt for request in requests], SLOT, chat)
    batch_size = written_at_once(asked.batch_size, device, len(requests))
    of_topics = topics if TOPIC in template.prompts[0] else None
    decoding = Decoding(asked.max_new_tokens, asked.min_new_tokens, asked.temperature, asked.top_p)
    seed = config.seed + _SEEDS * asked.repetition
    writer = {
        **model_meaning(weights, precision, weights.n_layers, batch_size),
        **contents(prompts),
        **stripping(prompts),
        "asked": [[r.emotion, r.topic, r.unit, r.draw] for r in requests],
        "decoding": asdict(decoding),
        "ban": [asked.retries, families_of(conditions)] if asked.ban_emotion_words else None,
        "seed": seed if asked.temperature is not None else None,
        "repetition": asked.repetition,
        **batch_meaning(batch_size),
    }
    key = key_of({"writer": writer})
    writing = Writing(
        requests=tuple(requests),
        prompts=tuple(prompts),
        decoding=decoding,
        ban_emotion_words=asked.ban_emotion_words,
        words=conditions.words,
        retries=asked.retries,
        batch_size=batch_size,
        repetition=asked.repetition,
        seed=seed,
        written=_written(config, replace(asked, batch_size=batch_size), weights, precision, of_topics, chat),
        key=key,
    )
    emotions, topic_names, units = zip(*((r.emotion, r.topic, r.unit) for r in requests), strict=True)
    labelled = LabelledTexts(emotions, topic_names, units, ("",) * len(requests), known=False)
    content = {"generation": key, **context_of(asked.context)}
    return TextSource(template.name, labelled, (), content, writing, key, written=writing.written, notes=corpus.notes)


def requests_of(config: TrainConfig, corpus: Corpus) -> list[Request]:
    """Plans the texts that any model would be asked for.

    Raises:
        StimuliError: a word for a condition that is not there, or prompts with a topic for a corpus without topics.
    """
    asked, template = in_effect(config.generation), config.prompt_template
    conditions, topics = _asked_for(config, corpus), _topics(config, corpus)
    return plan_requests(template.prompts, template.neutral, conditions, topics, asked.samples, asked.replicates)


def _asked_for(config: TrainConfig, corpus: Corpus) -> Conditions:
    """The conditions that texts are asked for, those of the corpus; words are those that are not the usual ones.

    Raises:
        StimuliError: a word for a condition that is not there.
    """
    words = config.stimuli.words
    absent = sorted(set(words) - set(corpus.conditions))
    if absent:
        raise StimuliError(
            f"stimuli.words: {corpus.name} has no condition {listed(absent)}.{hint(absent[0], corpus.conditions)} "
            f"It has {listed(corpus.conditions)}."
        )
    return Conditions(corpus.conditions, corpus.neutral, unusual(words))


def _topics(config: TrainConfig, corpus: Corpus) -> list[str]:
    """The topics that texts are asked for, by prompts that have a place for one.

    Raises:
        StimuliError: such prompts, and a corpus without topics.
    """
    if TOPIC in config.prompt_template.prompts[0] and not corpus.has_topics:
        raise StimuliError(
            f"prompt_template={config.prompt_template.name} asks for a text of every topic, and {corpus.name} has no "
            "topics: type prompt_template=stories, or give topics (stimuli.fields.topic)."
        )
    return [topic for topic in dict.fromkeys(corpus.topics) if topic != NO_TOPIC]


def _written(
    config: TrainConfig,
    asked: GenerationConfig,
    weights: Weights,
    precision: Precision,
    topics: list[str] | None,
    chat: Chat,
) -> Written:
    """How the texts are written, for the record, whatever they are then read after."""
    template = config.prompt_template
    thinking = None if chat is None else chat.thinking.mode
    return Written(
        model=weights.name,
        precision=precision.label,
        recipe=config.recipe,
        prompt_template=PromptSet(template.name, template.chat, tuple(template.prompts), thinking),
        topics=None if topics is None else tuple(topics),
        generation=replace(asked, context=Context.prompt),
        seed=config.seed,
        words=unusual(config.stimuli.words),
    )


def replay(config: TrainConfig, weights: Weights, source: Replayed) -> TextSource:
    """Reads written texts again: the same weights get the tokens as they were written, others the text alone.

    An untrained twin gets what its trained model gets, whose tokenizer it has.

    Raises:
        StimuliError: a condition and unit without a text, or a text too short for `pooling.skip`.
        ConfigError: a context for texts of other weights, which are read alone whatever it is.
    """
    where, context = f"mode=replay of {source.key[:12]}", config.generation.context
    same = source.weights == weights.origin
    if not same and context is not Context.prompt:
        raise ConfigError(
            f"generation.context={context.value}: {weights.name} reads texts of {source.written.model} alone, since "
            "the prompts are in that model's tokens. Leave generation.context out."
        )
    conditions = sorted({story.emotion for story in source.stories})
    neutral_of(conditions, config.stimuli.neutral, where)
    refuse_without_neutral(config, conditions, where)
    kept = without_empty(in_context(source.stories, context, config.stimuli.origin, where), where)
    alone = render(
        [story.text for story in kept],
        SLOT,
        None,
        control_tokens_of(weights.folder, weights.name),
    )
    texts = tuple(map(as_written, kept) if same else alone)
    if same:
        refuse_too_short(kept, config.pooling.skip, where)
    content = {**token_contents(texts), **context_of(context)} if same else contents(texts)
    name, labelled = source.written.prompt_template.name, labelled_texts(kept)
    return TextSource(
        name=name,
        labelled=labelled,
        texts=texts,
        content=content,
        generation=source.key,
        counts=counts(source.stories, source.written.words),
        written=source.written,
        made_with=source.made_with,
    )
