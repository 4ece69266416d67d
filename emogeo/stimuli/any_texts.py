"""Texts of which some or all may have no label: what a readout reads."""

from __future__ import annotations

from dataclasses import dataclass

from emogeo.config.texts import Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.corpus import NO_TOPIC, Corpus, corpus_from, first_topics
from emogeo.stimuli.labels import named_as_asked
from emogeo.stimuli.reading import read_texts


@dataclass(frozen=True)
class AnyTexts:
    """Texts in their file's order, each with its label and topic where it has them."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str | None, ...]
    topics: tuple[str | None, ...]
    notes: tuple[str, ...] = ()
    """What was noticed when they were read."""


def any_texts_from(asked: StimuliConfig) -> AnyTexts:
    """Reads a file of texts with or without labels, or the package's passages.

    What only a geometry needs is not asked for: four conditions, topics with every condition, texts that stand once.

    Raises:
        StimuliError: files that cannot be read, or an option that names what is not there.
    """
    if asked.path is None:
        return texts_of(corpus_from(asked), asked.name)
    found = read_texts(asked.path, asked.fields, Mend.rows in asked.mend, needs_labels=False)
    rows = named_as_asked(first_topics(found.rows, asked.topics, found.name), asked, found.name)
    if not rows:
        raise StimuliError(f"{found.name}: there are no texts.")
    return AnyTexts(
        found.name,
        tuple(row.text for row in rows),
        tuple(row.emotion for row in rows),
        tuple(row.topic for row in rows),
        found.notes,
    )


def texts_of(corpus: Corpus, name: str) -> AnyTexts:
    """Gives the passages of a corpus, with their labels."""
    topics = tuple(None if topic == NO_TOPIC else topic for topic in corpus.topics)
    return AnyTexts(name, tuple(corpus.texts), tuple(corpus.emotions), topics, corpus.notes)
