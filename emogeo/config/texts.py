"""The configuration of texts: those that the model reads, and those that it is asked to write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from omegaconf import MISSING

from emogeo.config.mode import Mode
from emogeo.config.own_names import decoded
from emogeo.errors import ConfigError
from emogeo.geometry.options import NEUTRAL

ENGLISH = "en"


class Voice(Enum):
    """In which voice the package tells its topics."""

    passages = "passages"
    """Told by somebody else, in the third person."""
    diaries = "diaries"
    """Told by the one whom it happens to: other people, other events."""


PACKAGED = {
    Voice.passages: {ENGLISH: "passages", "de": "passages_de", "es": "passages_es"},
    Voice.diaries: {ENGLISH: "diaries"},
}
"""The package's texts by voice and language (ISO 639-1): their file and their option. Each holds the same topics and
conditions."""


@dataclass
class FieldsConfig:
    """What the fields of a file of texts are called; a dotted name is a field within a field."""

    emotion: str = "emotion"
    """The field with the condition. Where no file has it, texts are labelled by their file's or folder's name."""
    topic: str | None = "topic"
    """The field with the topic; null for texts without topics."""
    text: str = "text"
    """The field with the text, with a list of texts, or with an object whose names are conditions and whose values are
    such texts. Of plain text alone: line, each line is a text; file, each file is one."""
    family: str | None = None
    """The field that names the family of each passage's topic; null where topics are independent. Families are then the
    units."""
    columns: list[str] | None = None
    """The names of the columns of a table that has no header."""


class Incomplete(Enum):
    """What becomes of topics that lack a condition where others have them all."""

    refuse = "refuse"
    drop = "drop"


class Mend(Enum):
    """What is mended in texts, where it is asked for."""

    spellings = "spellings"
    """Labels that differ only in case and surrounding blanks are one label, in lower case without blanks."""
    rows = "rows"
    """Rows that cannot be read are left out, and counted."""


@dataclass
class StimuliConfig:
    """The passages."""

    name: str = MISSING
    """The name of the texts, as records and tables show it."""
    path: str | None = None
    """A file, a folder or a glob of texts with their conditions, read whole; null for the package's own passages."""
    topics: int | None = None
    """How many topics to read, the first in the file's order; null for all."""
    voice: Voice = Voice.passages
    """Which of the package's texts on these topics are read."""
    language: str = ENGLISH
    """The language of the passages, as its ISO 639-1 code. Without a path it says which of the package's are read."""
    fields: FieldsConfig = field(default_factory=FieldsConfig)
    conditions: list[str] | None = None
    """The conditions that are read, by their labels; null for all."""
    rename: dict[str, str] = field(default_factory=dict)
    """Other names of labels: those of several labels are one condition."""
    neutral: str | None = NEUTRAL
    """The condition that stands for no emotion; null, or a corpus without such a label, for none."""
    unlabelled: str | None = None
    """The condition of texts that have no label."""
    words: dict[str, str] = field(default_factory=dict)
    """The words that prompts use for conditions; those that are not named here are called by their label."""
    incomplete: Incomplete = Incomplete.refuse
    """What becomes of topics that lack a condition which others have: refuse them all, or drop them."""
    mend: list[Mend] = field(default_factory=list)
    """What is mended in the texts (spellings, rows); nothing unless it is asked for."""
    mask: int = 0
    """How many of the most telling words of each condition are masked in the passages (`emogeo.stimuli.masking`)."""

    def decode(self) -> None:
        """Gives names of the user's own as they were typed (`emogeo.config.own_names`), and languages in lower case."""
        self.rename, self.words = decoded(self.rename), decoded(self.words)
        self.language = self.language.strip().lower()

    @property
    def origin(self) -> str:
        """What the condition that stands for no emotion is called, where there is one."""
        return self.neutral or NEUTRAL

    def check(self, mode: Mode) -> None:
        """Refuses families of the package's own topics or of written texts, masking where no passage is read, and an
        option of one language or voice with another.

        Raises:
            ConfigError: that.
        """
        self._check_option()
        family = self.fields.family
        if family is not None and self.path is None:
            raise ConfigError(
                f"stimuli.fields.family={family}: the package's topics have no families. It is a field of a file of "
                "yours: type stimuli.path=FILE too."
            )
        if family is not None and mode in (Mode.generation, Mode.replay):
            raise ConfigError(
                f"stimuli.fields.family={family} is for passages that are read, and mode={mode.value} has texts that a "
                "model writes. Leave it out."
            )
        if self.mask < 0:
            raise ConfigError(
                f"stimuli.mask={self.mask}: 0 for the passages as they are, or how many words of each condition are "
                "masked; type stimuli.mask=10, say."
            )
        if self.mask and mode not in (Mode.comprehension, Mode.steering):
            raise ConfigError(
                f"stimuli.mask={self.mask} masks passages that are read, and this mode reads none: type "
                "mode=comprehension, or stimuli.mask=0."
            )

    def _check_option(self) -> None:
        named = re.fullmatch(rf"({'|'.join(voice.value for voice in Voice)})\d*(?:_([a-z]{{2}}))?", self.name)
        if self.path is not None or named is None:
            return
        voice, language = named.groups()
        if voice != self.voice.value:
            raise ConfigError(
                f"stimuli={self.name} stimuli.voice={self.voice.value} names two voices: type stimuli={voice} or "
                f"stimuli={self.voice.value}, and no stimuli.voice."
            )
        if language not in (None, self.language):
            there = PACKAGED[self.voice]
            wanted = f"type stimuli={self.name} or stimuli={there.get(self.language)}, and no stimuli.language."
            absent = f"the package has {voice} in {', '.join(there)}; give others with stimuli.path=FILE."
            raise ConfigError(
                f"stimuli={self.name} stimuli.language={self.language} names two languages: "
                f"{wanted if self.language in there else absent}"
            )


class Thinking(Enum):
    """What becomes of what a model thinks before it answers, where it is asked through its chat template."""

    off = "off"
    """The template turns it off; a thought that the model opens all the same is stripped."""
    strip = "strip"
    """The model thinks as its template has it, and the thought is taken out of the text."""
    keep = "keep"
    """The model thinks as its template has it, and the thought is part of the text."""


@dataclass
class PromptTemplateConfig:
    """How a passage becomes a text."""

    name: str = MISSING
    """The template's name."""
    mode: Mode = MISSING
    """The mode this template is for."""
    text: str = "{passage}"
    """The template of comprehension, which contains `{passage}`."""
    prompts: list[str] = field(default_factory=list)
    """The prompts of generation; each contains `{emotion}` and, to be asked for every topic of a corpus, `{topic}`."""
    neutral: list[str] = field(default_factory=list)
    """The prompts of the neutral condition (generation), one for each prompt."""
    chat: bool = False
    """Whether the text becomes a user turn in the model's own chat template."""
    thinking: Thinking | None = None
    """What becomes of thoughts, in every mode that asks through the chat template; null: `off` where the template can
    turn them off, else `strip`."""

    def check_text(self) -> None:
        """Refuses a template of comprehension without a place for the passage.

        Raises:
            ConfigError: that.
        """
        if "{passage}" not in self.text:
            raise ConfigError(f"prompt_template.text={self.text!r} has no {{passage}} in it.")

    def check_thinking(self, mode: Mode) -> None:
        """Refuses to say what becomes of thoughts where nothing is asked through a chat template.

        Raises:
            ConfigError: that.
        """
        asks = self.chat or mode not in (Mode.comprehension, Mode.generation)
        if self.thinking is not None and not asks:
            raise ConfigError(
                f"prompt_template.thinking={self.thinking.value}: without a chat template no thought is known. Type "
                "prompt_template.chat=true, or leave prompt_template.thinking out."
            )

    def check_prompts(self) -> None:
        """Refuses prompts of generation without a place for the emotion, or of which only some have one for the topic.

        Raises:
            ConfigError: that, or another number of neutral prompts.
        """
        if not self.prompts or len(self.prompts) != len(self.neutral):
            raise ConfigError(
                f"prompt_template={self.name} has {len(self.prompts)} prompts and {len(self.neutral)} for "
                "neutral; give at least one, and one of neutral for each."
            )
        for prompt in self.prompts:
            if "{emotion}" not in prompt:
                raise ConfigError(f"prompt_template.prompts: {prompt!r} has no {{emotion}} in it.")
        crossed = {"{topic}" in prompt for prompt in [*self.prompts, *self.neutral]}
        if len(crossed) > 1:
            raise ConfigError("prompt_template: either every prompt, neutral ones too, has {topic} in it, or none.")


class Context(Enum):
    """What a written text is read after."""

    prompt = "prompt"
    """The prompt that asked for it, which names the emotion."""
    none = "none"
    """Nothing, as a passage is read."""
    neutral = "neutral"
    """The prompt of the neutral condition from the same template and topic."""

    @property
    def words(self) -> str:
        """How a text is read, in words."""
        return {"prompt": "after its prompt", "none": "without the prompt"}.get(self.value, "after the neutral prompt")


@dataclass
class GenerationConfig:
    """How texts are written, and what they are then read after."""

    samples: int = 1
    """Texts per condition, prompt (and topic), and replicate."""
    replicates: int = 1
    """Independent repetitions; the unit of a template with one prompt and no topics."""
    temperature: float | None = None
    """The temperature of sampling; null for greedy decoding."""
    top_p: float = 1.0
    """Nucleus sampling: the share of probability that is sampled from; 1 for all of it."""
    max_new_tokens: int = 256
    """The longest text, in tokens."""
    min_new_tokens: int = 0
    """The shortest text, in tokens."""
    ban_emotion_words: bool = False
    """Whether a text that uses the emotion's own word or one of its family is written again, up to `retries` times."""
    retries: int = 3
    """How often a text that is refused is written again."""
    repetition: int = 0
    """Above 0, everything is written again with other seeds and other batches: the regeneration null."""
    batch_size: int | None = None
    """Texts written at once; null: 20 on a CPU, 256 on a GPU."""
    context: Context = Context.prompt
    """What written texts are read after; what is written does not depend on it."""

    def check_context(self, mode: Mode) -> None:
        """Refuses a context in a mode that reads no written text.

        Raises:
            ConfigError: that.
        """
        if self.context is not Context.prompt and mode not in (Mode.generation, Mode.replay):
            raise ConfigError(
                f"generation.context={self.context.value} is for texts that a model writes, and mode={mode.value} "
                "reads none: type mode=generation or mode=replay, or generation.context=prompt."
            )

    def check_greedy(self) -> None:
        """Refuses what has no meaning in greedy decoding.

        Raises:
            ConfigError: names the field.
        """
        if self.temperature is None and self.replicates > 1:
            raise ConfigError(
                f"generation.replicates={self.replicates}: greedy decoding writes the same each time; "
                "type generation.temperature=0.7, say."
            )
        if self.temperature is None and (self.top_p < 1 or self.ban_emotion_words):
            what = "top_p" if self.top_p < 1 else "ban_emotion_words (a second try writes the same)"
            raise ConfigError(
                f"generation.{what} has no meaning in greedy decoding; type generation.temperature=0.7, say."
            )

    def check(self) -> None:
        """Refuses numbers out of range.

        Raises:
            ConfigError: names the field.
        """
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"generation.{name}={getattr(self, name)}: at least {least}.")
        if self.batch_size is not None and self.batch_size < 1:
            raise ConfigError(f"generation.batch_size={self.batch_size}: at least 1, or null.")
        if not 0 <= self.min_new_tokens <= self.max_new_tokens:
            raise ConfigError(
                f"generation.min_new_tokens={self.min_new_tokens}: between 0 and max_new_tokens={self.max_new_tokens}."
            )
        if self.temperature is not None and self.temperature <= 0:
            raise ConfigError(f"generation.temperature={self.temperature}: above 0, or null for greedy.")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"generation.top_p={self.top_p}: above 0 and up to 1.")


_LEAST = {"samples": 1, "replicates": 1, "max_new_tokens": 1, "retries": 0, "repetition": 0}
"""The smallest value of each field."""
