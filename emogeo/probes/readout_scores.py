"""How often a readout finds the label of a text, beside words and chance; what does not count, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.inference import Estimate
from emogeo.geometry.readout import Labelled, centred_conditions
from emogeo.geometry.readout_accuracy import (
    Tried,
    chance_of,
    found_by_words,
    found_by_words_without_group,
    gain,
    nearest_without_group,
    p_of_fixed,
    p_of_own,
    share_found,
)
from emogeo.geometry.readout_topics import groups_of, groups_of_source, seen
from emogeo.geometry.states import LabelledTexts
from emogeo.record.types import ReadoutMetrics
from emogeo.stimuli.any_texts import AnyTexts
from emogeo.stimuli.messages import listed

_UNKNOWN = "no figure for words: the texts that the vectors are made of are not known"


@dataclass(frozen=True)
class Source:
    """The states that vectors are made of, and their texts."""

    states: Labelled
    texts: LabelledTexts

    @property
    def known(self) -> bool:
        """Whether the texts are known."""
        return self.texts.known and all(self.texts.texts)


@dataclass(frozen=True)
class Scores:
    """What is found for each text, and how often it is the label."""

    own: bool
    """Whether the texts are those that the vectors are made of."""
    seen: Sequence[bool]
    """[text], whether the vectors have seen its topic"""
    found: Sequence[str | None]
    words: Sequence[str | None]
    """[text], what vectors and words find that have not seen the topic; None where a text does not count"""
    metrics: ReadoutMetrics
    notes: tuple[str, ...]


def scores_of(source: Source, read: AnyTexts, tops: Sequence[str], draws: int, seed: int) -> Scores:
    """Scores a readout: of the source's own texts with each topic left out in turn, else of topics it has not seen.

    Args:
        tops: [text], the condition of the largest projection.
        draws: the number of relabellings for p.
    """
    if _is_own(source, read):
        return _of_own(source, read, draws, seed)
    groups = groups_of(read.texts, read.topics)
    held = seen(source.texts, read.texts, groups, read.topics)
    vectors = set(centred_conditions(source.states))
    rows = [row for row, label in enumerate(read.labels) if label in vectors and not held[row]]
    notes = _left_out(read, vectors, held)
    if not rows:
        return Scores(False, held, [None] * len(tops), [None] * len(tops), _none(len(tops)), tuple(notes))
    labels, own = [str(read.labels[row]) for row in rows], [groups[row] for row in rows]
    strata = [groups[row] if read.topics[row] is not None else "" for row in rows]
    found = [tops[row] for row in rows]
    p = p_of_fixed(labels, strata, found, draws, seed)
    by_words = _by_words(source, [read.texts[row] for row in rows], vectors) if source.known else None
    tried = [_fixed(labels, own, given) for given in (found, by_words) if given is not None]
    metrics, said = _metrics(len(tops), tried, p)
    notes += said if by_words is not None else [*said, _UNKNOWN]
    return Scores(
        False, held, _placed(rows, found, len(tops)), _placed(rows, by_words or (), len(tops)), metrics, tuple(notes)
    )


def _is_own(source: Source, read: AnyTexts) -> bool:
    """Whether the texts are, with their labels, those that the vectors are made of, in whatever order."""
    if not source.known or None in read.labels:
        return False
    mine = Counter(zip(source.texts.emotions, source.texts.texts, strict=True))
    return mine == Counter(zip(read.labels, read.texts, strict=True))


def _of_own(source: Source, read: AnyTexts, draws: int, seed: int) -> Scores:
    """Leaves each topic out of the vectors and tries them on it."""
    texts, n = source.texts, len(read.texts)
    groups, vectors = groups_of_source(texts), set(centred_conditions(source.states))
    counts = [emotion in vectors for emotion in texts.emotions]
    try:
        tried = [
            Tried(texts.emotions, groups, lambda rows: _nearest(source.states, groups, rows), counts),
            Tried(texts.emotions, groups, lambda rows: _told(texts, groups, rows), counts),
        ]
        every = np.arange(n)
        found = [[own if counted else None for own, counted in zip(t.find(every), counts, strict=True)] for t in tried]
        p = p_of_own(source.states, groups, draws, seed)
    except GeometryError as error:
        note = f"accuracy not identifiable: {error}, and a topic is left out of the vectors that are tried on it"
        return Scores(True, [True] * n, [None] * n, [None] * n, _none(n), (note,))
    metrics, notes = _metrics(n, tried, p)
    at = _rows_in(source, read)
    by_vectors, by_words = ([own[row] for row in at] for own in found)
    return Scores(True, [True] * n, by_vectors, by_words, metrics, tuple(notes))


def _nearest(states: Labelled, groups: Sequence[str], rows: NDArray[np.intp]) -> list[str]:
    some = replace(
        states,
        states=states.states[rows],
        emotions=[states.emotions[row] for row in rows],
        units=[states.units[row] for row in rows],
    )
    return nearest_without_group(some, [groups[row] for row in rows])


def _told(texts: LabelledTexts, groups: Sequence[str], rows: NDArray[np.intp]) -> list[str]:
    some, labels, own = ([given[row] for row in rows] for given in (texts.texts, texts.emotions, groups))
    return found_by_words_without_group(some, labels, own)


def _rows_in(source: Source, read: AnyTexts) -> list[int]:
    """Gives for each text that is read its row among the source's."""
    rows: dict[tuple[str | None, str], list[int]] = {}
    for row, named in enumerate(zip(source.texts.emotions, source.texts.texts, strict=True)):
        rows.setdefault(named, []).append(row)
    return [rows[named].pop(0) for named in zip(read.labels, read.texts, strict=True)]


def _by_words(source: Source, texts: Sequence[str], vectors: set[str]) -> list[str]:
    """Finds conditions by words that are learned on the source's texts of conditions that have vectors."""
    rows = [row for row, emotion in enumerate(source.texts.emotions) if emotion in vectors]
    learned, labels = ([own[row] for row in rows] for own in (source.texts.texts, source.texts.emotions))
    return found_by_words(learned, labels, texts)


def _fixed(labels: Sequence[str], groups: Sequence[str], found: Sequence[str]) -> Tried:
    return Tried(labels, groups, lambda rows: [found[row] for row in rows])


def _placed(rows: Sequence[int], found: Sequence[str], n: int) -> list[str | None]:
    at = dict(zip(rows, found, strict=False))
    return [at.get(row) for row in range(n)]


def _metrics(n_texts: int, tried: Sequence[Tried], p: float | None) -> tuple[ReadoutMetrics, list[str]]:
    """Gives the numbers of vectors, and of words where they are known, and says what cannot be had."""
    shares, first = [share_found(own) for own in tried], tried[0]
    labels = [label for label, counts in zip(first.labels, first.counted, strict=True) if counts]
    n_topics = len(set(first.groups))
    notes = [] if p is not None else ["p not identifiable: no topic has texts of two labels"]
    if np.isnan(shares[0].low):
        few = f"{n_topics} topics, {MIN_JACKKNIFE} needed"
        why = few if n_topics < MIN_JACKKNIFE else "a condition is in two topics alone"
        notes.append(f"no interval ({why})")
    more = [gain(*tried)] if len(tried) > 1 else []
    numbers = _bounds("accuracy", shares[0]) | _bounds("words_accuracy", *shares[1:]) | _bounds("gain", *more)
    found = ReadoutMetrics(
        n_texts=n_texts, n_scored=len(labels), n_topics=n_topics, **numbers, p=p, chance=chance_of(labels)
    )
    return found, notes


def _bounds(name: str, share: Estimate | None = None) -> dict[str, float | None]:
    """Gives a number with its interval under the names of fields; None for what there is not."""
    values = (None, None, None) if share is None else (share.value, share.low, share.high)
    names = (name, f"{name}_ci_low", f"{name}_ci_high")
    return {own: None if v is None or np.isnan(v) else v for own, v in zip(names, values, strict=True)}


def _none(n_texts: int) -> ReadoutMetrics:
    numbers = _bounds("accuracy") | _bounds("words_accuracy") | _bounds("gain")
    return ReadoutMetrics(n_texts=n_texts, n_scored=0, n_topics=0, **numbers, p=None, chance=None)


def _left_out(read: AnyTexts, vectors: set[str], held: Sequence[bool]) -> list[str]:
    """Says how many texts do not count, and why."""
    bare = sum(label is None for label in read.labels)
    if bare == len(read.labels):
        return ["no accuracy: the texts have no labels"]
    foreign = [label for label in read.labels if label is not None and label not in vectors]
    known = sum(own and label in vectors for own, label in zip(held, read.labels, strict=True))
    said = {
        "without a label": bare,
        f"of conditions without a vector ({listed(sorted(set(foreign)))})": len(foreign),
        "of topics that the vectors have seen": known,
    }
    notes = [f"{n} of {len(held)} texts do not count: {why}" for why, n in said.items() if n]
    return notes if bare + len(foreign) + known < len(held) else [*notes, "no accuracy: no text is left"]
