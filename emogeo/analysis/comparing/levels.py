"""The level of every parameter of a run, from its record alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from emogeo.analysis.comparing.writers import RunPrecision, is_by_itself, precision_of
from emogeo.config.mode import Mode
from emogeo.config.states import DenoisingConfig, DenoisingMethod
from emogeo.config.texts import ENGLISH, Context
from emogeo.geometry.recent import Recent
from emogeo.record.origin import Written
from emogeo.record.run import Run


class Parameter(StrEnum):
    """A parameter in which two runs of one model may differ, in the order of the tables."""

    method = "method"
    precision = "precision"
    writer = "writer"
    template = "template"
    chat = "chat"
    samples = "samples"
    decoding = "decoding"
    length = "length"
    position = "position"
    layer = "layer"
    centring = "centring"
    context = "context"
    thinking = "thinking"
    banned_words = "banned words"
    denoising = "denoising"
    topics = "topics"
    language = "language"
    passages = "passages"
    passage_template = "passage template"
    repetition = "repetition"
    seed = "seed"


WRITING = (Parameter.template, Parameter.chat, Parameter.samples, Parameter.decoding, Parameter.length)
READING = (Parameter.position, Parameter.layer, Parameter.centring)
SUB_PARAMETERS = (*WRITING, *READING)
"""The eight parameters that differ between the published recipes of generation."""
EXTRACTION = (
    *SUB_PARAMETERS,
    *(Parameter.context, Parameter.thinking, Parameter.banned_words, Parameter.denoising, Parameter.topics),
    *(Parameter.language, Parameter.passages, Parameter.passage_template),
)
"""All parameters that may differ between two recipes at one precision; the last three are of comprehension alone."""
AGAIN = frozenset({Parameter.repetition, Parameter.seed})


class Pooling(NamedTuple):
    """How the states of a text become one state."""

    position: str
    skip: int


@dataclass(frozen=True)
class LayerChoice:
    """Which block is chosen, and up to which depth blocks are run."""

    name: str
    index: int | None
    depth: float | None
    max_depth: float | None


class Centred(NamedTuple):
    """The centring of the vectors, and their scaling."""

    centring: str
    norm: str


class Denoising(NamedTuple):
    """The components that are projected out of the states; without any, the other fields have no meaning."""

    method: str
    share: float | None = None
    texts: str | None = None


class PassageTemplate(NamedTuple):
    """The template around a passage."""

    text: str
    chat: bool


class Writer(NamedTuple):
    """The writer of the texts: the model itself at a precision, or another model at a precision."""

    precision: str
    other_model: str | None = None


class Samples(NamedTuple):
    """How many texts are written for each prompt."""

    samples: int
    replicates: int


class Decoding(NamedTuple):
    """How tokens are drawn."""

    temperature: float | None
    top_p: float


class Length(NamedTuple):
    """How many tokens are written."""

    most: int
    least: int


class Banned(NamedTuple):
    """How often a text that names its emotion is written again; None where that is allowed."""

    retries: int | None


@dataclass(frozen=True)
class Levels:
    """The level of every parameter; None where it has no meaning (a passage has no decoding)."""

    method: Mode
    precision: RunPrecision
    position: Pooling
    layer: LayerChoice
    centring: Centred
    denoising: Denoising
    language: str | None = None
    """The language of the passages, where it is not English."""
    passages: str | None = None
    """The digest of the passages."""
    passage_template: PassageTemplate | None = None
    writer: Writer | None = None
    template: tuple[str, ...] | None = None
    """The prompts, and the words that they use for conditions which are not called by their label."""
    chat: bool | None = None
    samples: Samples | None = None
    decoding: Decoding | None = None
    length: Length | None = None
    topics: tuple[str, ...] | None = None
    """The topics; empty where prompts have none."""
    banned_words: Banned | None = None
    repetition: int | None = None
    seed: int | None = None
    context: Context | None = None
    """What the texts are read after."""
    thinking: str | None = None
    """What became of the model's thoughts, where it is known to think or where that was asked for."""

    def differing(self, other: Levels) -> list[Parameter]:
        """Finds the parameters in which two runs differ."""
        return [name for name in Parameter if getattr(self, name.name) != getattr(other, name.name)]

    def labels(self) -> dict[str, str]:
        """Gives a label for every level, the same for equal levels; "" where there is none."""
        values = {name.value: getattr(self, name.name) for name in Parameter}
        return {name: _label(value) for name, value in values.items()}


_LAST = Recent(4_000)
"""The levels of runs, which are asked for again and again."""


def levels(run: Run) -> Levels:
    """Gives the level of every parameter of a run."""
    return _LAST.of(run, "levels", lambda: _levels(run), lambda _: 1)


def _levels(run: Run) -> Levels:
    config, generation = run.config, run.record.generation
    selection = config.layer_selection
    own = Levels(
        method=Mode.comprehension if generation is None else Mode.generation,
        precision=precision_of(run),
        position=Pooling(config.pooling.position.value, config.pooling.skip),
        layer=LayerChoice(selection.name.value, selection.index, selection.depth, config.max_depth),
        centring=Centred(config.centring.value, config.norm.value),
        denoising=_denoising(config.denoising),
    )
    if generation is None:
        return _of_passages(run, own)
    context = config.generation.context if run.record.model.name == generation.written.model else Context.none
    return replace(_of_written_texts(generation.written, own, is_by_itself(run)), context=context)


def _label(value: object) -> str:
    if value is None:
        return ""
    return str(value.value if isinstance(value, Context) else value)


def _denoising(config: DenoisingConfig) -> Denoising:
    if config.method is DenoisingMethod.none:
        return Denoising(config.method.value)
    return Denoising(config.method.value, config.share, config.texts.value)


def _of_passages(run: Run, own: Levels) -> Levels:
    template, language = run.config.prompt_template, run.config.stimuli.language
    return replace(
        own,
        language=None if language == ENGLISH else language,
        passages=run.text_digest,
        passage_template=PassageTemplate(template.text, template.chat),
        thinking=template.thinking.value if template.chat and template.thinking else None,
    )


def _of_written_texts(written: Written, own: Levels, by_itself: bool) -> Levels:
    asked, template = written.generation, written.prompt_template
    return replace(
        own,
        writer=Writer(written.precision, None if by_itself else written.model),
        template=(*template.prompts, *(f"{label}: {word}" for label, word in sorted(written.words.items()))),
        chat=template.chat,
        thinking=None if template.thinking is None else template.thinking.value,
        samples=Samples(asked.samples, asked.replicates),
        decoding=Decoding(asked.temperature, asked.top_p),
        length=Length(asked.max_new_tokens, asked.min_new_tokens),
        topics=written.topics or (),
        banned_words=Banned(asked.retries if asked.ban_emotion_words else None),
        repetition=asked.repetition,
        seed=written.seed,
    )
