"""Which texts of a readout no vector has seen, and which of them depend on each other."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.geometry.independent import SENTENCE, independent_units, repeats_of
from emogeo.geometry.ngrams import tokens_of
from emogeo.geometry.states import LabelledTexts


def groups_of(texts: Sequence[str], topics: Sequence[str | None]) -> list[str]:
    """Gives the group of each text: its topic, or itself where it has none; those that repeat each other are one."""
    units = tuple(f"text {row}" if topic is None else f"topic {topic}" for row, topic in enumerate(topics))
    return independent_units(LabelledTexts(("",) * len(texts), units, units, tuple(texts)))


def groups_of_source(labels: LabelledTexts) -> list[str]:
    """Gives the groups of a run's own texts: its units where these hold whole topics (or families of them), else its
    topics; those that repeat each other are one."""
    of_topic: dict[str, set[str]] = {}
    for topic, unit in zip(labels.topics, labels.units, strict=True):
        of_topic.setdefault(topic, set()).add(unit)
    if len(of_topic) > 1 and all(len(units) == 1 for units in of_topic.values()):
        return independent_units(labels)
    if len(of_topic) == 1:
        return independent_units(labels)
    return independent_units(LabelledTexts(labels.emotions, labels.topics, labels.topics, labels.texts, labels.known))


def seen(
    source: LabelledTexts, texts: Sequence[str], groups: Sequence[str], topics: Sequence[str | None]
) -> list[bool]:
    """Says of each text whether vectors have seen its topic: the source has a topic of that name, or a text that is the
    same, or nearly, as one of the text's group (`repeats.NEAR`; texts of five words and more)."""
    named = set(source.topics)
    repeated = _repeated(source, texts)
    tied = {
        group
        for row, group in enumerate(groups)
        if row in repeated or (topics[row] is not None and topics[row] in named)
    }
    return [group in tied for group in groups]


def _repeated(source: LabelledTexts, texts: Sequence[str]) -> set[int]:
    """Gives the rows of texts that the source has too, or nearly."""
    if not source.known:
        return set()
    n, held = len(source.texts), set(source.texts)
    sides = ("source",) * n + ("read",) * len(texts)
    both = (*source.texts, *texts)
    pairs = repeats_of(LabelledTexts(("",) * len(both), sides, sides, both)).pairs
    near = {max(pair) - n for pair in pairs if min(len(tokens_of(both[row])) for row in pair) >= SENTENCE}
    return near | {row for row, text in enumerate(texts) if text in held}
