"""Passages, each with the emotion it shows and the topic it is about."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.texts import PACKAGED, FieldsConfig, Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.geometry.grouping import is_crossed, planned_units
from emogeo.geometry.independent import near_ties
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units
from emogeo.stimuli.cells import complete, refuse_broken_families, with_topics, without_repeats
from emogeo.stimuli.chats import answers_only
from emogeo.stimuli.in_python import in_keywords, keywords
from emogeo.stimuli.labels import labelled, neutral_of
from emogeo.stimuli.reading import Row, read_texts, rows_of
from emogeo.stimuli.spellings import topics_with_one_spelling

NO_TOPIC = "-"
"""What stands for the topic of a text without one."""
_DATA = files("emogeo.stimuli") / "data"


@dataclass(frozen=True)
class Passage:
    """One text and its labels."""

    emotion: str
    topic: str
    text: str
    family: str | None = None
    """The family of its topic; None where families are not asked for."""


@dataclass(frozen=True)
class Corpus:
    """Passages in canonical order (topic, emotion, text): the order of lines in a file has no meaning."""

    name: str
    passages: tuple[Passage, ...]
    neutral: str | None = None
    """The condition that stands for no emotion; None where there is none."""
    notes: tuple[str, ...] = ()
    """What was noticed when it was read, in a sentence each: what was left out, and questions."""

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions, in alphabetical order."""
        return tuple(sorted(set(self.emotions)))

    @property
    def has_topics(self) -> bool:
        return any(passage.topic != NO_TOPIC for passage in self.passages)

    @property
    def texts(self) -> list[str]:
        return [p.text for p in self.passages]

    @property
    def emotions(self) -> list[str]:
        return [p.emotion for p in self.passages]

    @property
    def topics(self) -> list[str]:
        return [p.topic for p in self.passages]

    @property
    def crossed(self) -> bool:
        """Whether every topic has passages of every condition."""
        return is_crossed(self.emotions, self.topics)

    def units(self, seed: int) -> list[str]:
        """The unit of each passage: its family where it has one, its topic in a crossed corpus, else a random group.

        Args:
            seed: seeds the groups.
        """
        families = [p.family for p in self.passages if p.family is not None]
        if families:
            return families
        together = None if self.crossed else _repeating(self.emotions, self.texts)
        return planned_units(self.emotions, self.topics, seed, together)

    def check_topic_means(self) -> None:
        """Refuses to take topic means away where that would remove an emotion as well.

        Raises:
            StimuliError: a topic with passages of one condition only.
        """
        emotions_of: dict[str, set[str]] = defaultdict(set)
        for passage in self.passages:
            emotions_of[passage.topic].add(passage.emotion)
        for topic, emotions in emotions_of.items():
            if len(emotions) == 1:
                raise StimuliError(
                    f"centring=topic_mean: topic {topic!r} has texts of {min(emotions)} only, and its mean would take "
                    "that emotion along. Type centring=grand_mean, or give each topic texts of several emotions."
                )


def load_corpus(path: str | None = None, **options: Any) -> Corpus:
    """Gives what `corpus_from` gives, for options as plain values: `load_corpus("mine.csv", fields={"text": "story"})`.

    Raises:
        StimuliError: see `corpus_from`; an option that there is not, or of another kind. Errors name these keywords.
    """
    with keywords("load_corpus"):
        found = corpus_from(_asked({"name": "", "path": path, **options}))
    return replace(found, notes=tuple(map(in_keywords, found.notes)))


def _asked(options: Mapping[str, Any]) -> StimuliConfig:
    """Gives options from plain values.

    Raises:
        StimuliError: an option that there is not, or one of another kind.
    """
    values = {name: _plain(name, value) for name, value in options.items()}
    for name in {"rename", "words"} & set(values):
        values[name] = {str(label): word for label, word in values[name].items()}
    try:
        asked: StimuliConfig = OmegaConf.to_object(OmegaConf.merge(StimuliConfig, values))  # type: ignore[assignment]
    except OmegaConfBaseException as error:
        raise StimuliError(f"{error.full_key or 'options'}: {str(error).splitlines()[0].rstrip('.')}.") from error
    return asked


def _plain(name: str, value: Any) -> Any:
    """Gives a value as the options have it: names of columns alone for fields, and one thing to mend as a list."""
    if isinstance(value, FieldsConfig):
        return asdict(value)
    if name == "fields" and isinstance(value, list | tuple):
        return {"columns": [str(column) for column in value]}
    return [value] if name == "mend" and isinstance(value, str | Mend) else value


def corpus_from(asked: StimuliConfig) -> Corpus:
    """Reads the package's passages, or a user's files, with the conditions that their labels say.

    Raises:
        StimuliError: files that cannot be read, labels that look like slips, topics that lack a condition, or texts
            that the package does not have in that voice and language.
    """
    if asked.path is None:
        return _package_corpus(asked)
    found = read_texts(asked.path, asked.fields, Mend.rows in asked.mend)
    return _corpus(found.name, found.rows, asked, found.notes)


def corpus_of(rows: Sequence[Mapping[str, object]], name: str, **options: Any) -> Corpus:
    """Passages from records with the fields emotion, topic (if there are topics) and text.

    Args:
        name: what tables call the corpus.
        options: as `load_corpus` takes them.

    Raises:
        StimuliError: a record without its fields, and see `load_corpus`.
    """
    with keywords("corpus_of"):
        asked = _asked({"name": name, **options})
        records, said = answers_only(rows, asked.fields.text)
        found = _corpus(name, rows_of(records, name, asked.fields), asked, said)
    return replace(found, notes=tuple(map(in_keywords, found.notes)))


@lru_cache(maxsize=4)
def _clusters(emotions: tuple[str, ...], texts: tuple[str, ...]) -> tuple[str, ...]:
    rows = tuple(f"{row}" for row in range(len(texts)))
    labels = LabelledTexts(emotions, rows, rows, texts)
    return tuple(distinct_units(texts, rows, near_ties(labels)))


def _repeating(emotions: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Gives texts that repeat each other nearly word for word the same name, so that they come into one group."""
    return _clusters(tuple(emotions), tuple(texts))


def load_facts() -> list[str]:
    """Neutral factual sentences, the same for every model (for anisotropy and denoising)."""
    return (_DATA / "facts.txt").read_text(encoding="utf-8").splitlines()


_PACKAGED: dict[str, Corpus] = {}
"""The package's passages, by the options that they were read with: the runs of a sweep share them."""


def _package_corpus(asked: StimuliConfig) -> Corpus:
    if asked.language not in PACKAGED[asked.voice]:
        raise StimuliError(
            f"stimuli.language={asked.language}: the package has {asked.voice.value} in "
            f"{', '.join(PACKAGED[asked.voice])}; give those of another language with stimuli.path=FILE."
        )
    name = PACKAGED[asked.voice][asked.language]
    if (said := repr(asked)) not in _PACKAGED:
        lines = (_DATA / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
        rows = [Row(**json.loads(line), family=None, where=f"{name}.jsonl") for line in lines if line]
        _PACKAGED[said] = _corpus(name, rows, asked, ())
    return _PACKAGED[said]


def first_topics(rows: Sequence[Row], n: int | None, name: str) -> list[Row]:
    """Gives the rows of the first topics, in the order of the rows.

    Raises:
        StimuliError: more topics than there are, or none.
    """
    names = list(dict.fromkeys(row.topic for row in rows if row.topic is not None))
    if n is not None and not 1 <= n <= len(names):
        how = f"give 1 to {len(names)}, or null" if names else "type stimuli.topics=null"
        raise StimuliError(f"stimuli.topics={n}: {name} has {len(names) or 'no'} topics; {how}.")
    return list(rows) if n is None else [row for row in rows if row.topic is None or row.topic in names[:n]]


def _corpus(name: str, rows: Sequence[Row], asked: StimuliConfig, notes: Sequence[str]) -> Corpus:
    if not rows:
        raise StimuliError(f"{name}: there are no texts.")
    spelled, said = topics_with_one_spelling(rows, asked, name)
    own = labelled(first_topics(spelled, asked.topics, name), asked, name)
    placed, bare = with_topics(own.rows, asked, name)
    once, repeated = without_repeats(placed, asked, name)
    if not once:
        raise StimuliError(f"{name}: no text is left ({'; '.join(repeated)}).")
    whole, left_out = (once, []) if once[0].family is not None else complete(once, asked, name)
    refuse_broken_families(whole, name)
    ordered = sorted(whole, key=lambda row: (row.topic or NO_TOPIC, str(row.emotion), row.text))
    passages = tuple(Passage(str(row.emotion), row.topic or NO_TOPIC, row.text, row.family) for row in ordered)
    found = Corpus(name, passages, notes=(*notes, *said, *own.notes, *bare, *repeated, *left_out))
    return replace(found, neutral=neutral_of(found.conditions, asked.neutral, name))
