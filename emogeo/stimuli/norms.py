"""Norms: geometries of words that people have rated or compared, matched with the labels of conditions."""

from __future__ import annotations

import csv
import unicodedata
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import ClassVar

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.controls import norm_distances
from emogeo.geometry.rdm import upper

Entries = Mapping[str, tuple[float, ...]]
"""What a norm holds of each word."""


def load_norms() -> dict[str, tuple[float, float, float]]:
    """Mean valence, arousal and dominance (1 to 9) of each condition word that has been rated.

    Warriner, Kuperman & Brysbaert (2013), Behavior Research Methods 45, 1191-1207.
    "exasperated" is not among the rated words; "loving" takes the value of "love".
    """
    content = (files("emogeo.stimuli") / "data" / "warriner2013.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in content.splitlines() if not line.startswith("#"))
    return {
        row["emotion"]: (float(row["valence"]), float(row["arousal"]), float(row["dominance"]))
        for row in rows
        if row["valence"]
    }


def package_norms() -> Ratings:
    """Gives the package's own ratings as a norm."""
    norms = load_norms()
    return Ratings("human_norms", ("valence", "arousal", "dominance"), tuple(norms), np.array(list(norms.values())))


def folded(word: str) -> str:
    """Gives the form in which case and surrounding blanks make no difference."""
    return unicodedata.normalize("NFC", word).strip().casefold()


def loosened(word: str) -> str:
    """Gives the form in which, besides, "_" and "-" are blanks."""
    return " ".join(folded(word).replace("_", " ").replace("-", " ").split())


_FORMS: tuple[Callable[[str], str], ...] = (str.strip, folded, loosened)
"""The forms in which a label is looked for, the strictest first."""


@dataclass(frozen=True)
class Match:
    """The labels that a norm has, and those that it lacks."""

    words: Mapping[str, str]
    """The norm's word of each label that it has."""
    absent: tuple[str, ...]
    ambiguous: tuple[str, ...]
    """The labels whose word has several entries that differ, so none of them is taken."""


class Norm(ABC):
    """A geometry of words, known by their spelling."""

    name: str
    no_entry: ClassVar[tuple[str, str]]
    """What is said of one label, and of several, that the norm lacks."""
    replicates: ClassVar[str]
    """Why there is no reliability."""

    @property
    @abstractmethod
    def entries(self) -> Entries:
        """What the norm holds of each word that it can compare."""

    @property
    @abstractmethod
    def ambiguous(self) -> frozenset[str]:
        """The words with several entries that differ."""

    @abstractmethod
    def distances(self, words: Sequence[str]) -> Array:
        """Gives the dissimilarities [pair] of words among `entries`.

        Raises:
            GeometryError: there are none.
        """

    def match(self, labels: Sequence[str]) -> Match:
        """Looks each label up: as written, then in any case, then with "_" and "-" read as blanks."""
        found = {label: self._candidates(label) for label in labels}
        words = {label: own[0] for label, own in found.items() if own and self._alike(own)}
        absent = tuple(sorted(label for label, own in found.items() if not own))
        return Match(words, absent, tuple(sorted({*labels} - {*words} - {*absent})))

    def _candidates(self, label: str) -> list[str]:
        for form, index in zip(_FORMS, self._by_form, strict=True):
            if own := index.get(form(label)):
                return own
        return []

    def _alike(self, words: Sequence[str]) -> bool:
        return self.ambiguous.isdisjoint(words) and len({self.entries[word] for word in words}) == 1

    @cached_property
    def _by_form(self) -> list[dict[str, list[str]]]:
        indices: list[dict[str, list[str]]] = []
        for form in _FORMS:
            index = defaultdict(list)
            for word in [*self.entries, *self.ambiguous]:
                index[form(word)].append(word)
            indices.append(dict(index))
        return indices


@dataclass(frozen=True, eq=False)
class Ratings(Norm):
    """Ratings of words on one or more dimensions."""

    name: str
    dimensions: tuple[str, ...]
    words: tuple[str, ...]
    """A word may stand in several rows."""
    values: Array
    """[row, dimension]; what is not finite is no rating."""
    no_entry: ClassVar[tuple[str, str]] = ("has no ratings", "have no ratings")
    replicates: ClassVar[str] = "ratings have no replicates here"

    def only(self, dimension: str) -> Ratings:
        """Gives the same words on one dimension."""
        column = self.dimensions.index(dimension)
        return Ratings(f"{self.name}: {dimension}", (dimension,), self.words, self.values[:, [column]])

    @cached_property
    def _rows(self) -> dict[str, set[tuple[float, ...]]]:
        """The different rows of each word that is rated on every dimension."""
        rows = defaultdict(set)
        finite = np.asarray(np.isfinite(self.values).all(axis=1))
        for word, row, whole in zip(self.words, self.values.tolist(), finite, strict=True):
            if whole:
                rows[word].add(tuple(row))
        return dict(rows)

    @cached_property
    def entries(self) -> Entries:
        """The ratings of each word whose rows do not differ."""
        return {word: next(iter(rows)) for word, rows in self._rows.items() if len(rows) == 1}

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """The words whose rows differ."""
        return frozenset(word for word, rows in self._rows.items() if len(rows) > 1)

    def distances(self, words: Sequence[str]) -> Array:
        """Gives Euclidean distances [pair], each dimension z-scored over all words of the list.

        Raises:
            GeometryError: a dimension on which all words are rated the same.
        """
        return norm_distances(self.entries, words)


@dataclass(frozen=True, eq=False)
class LabelledRdm(Norm):
    """Dissimilarities of labels, from whatever source."""

    name: str
    labels: tuple[str, ...]
    values: Array
    """[label, label]"""
    no_entry: ClassVar[tuple[str, str]] = ("is not in it", "are not in it")
    replicates: ClassVar[str] = "an RDM alone has no replicates"

    @cached_property
    def entries(self) -> Entries:
        """The row number of each label."""
        return {label: (row,) for row, label in enumerate(self.labels)}

    @property
    def ambiguous(self) -> frozenset[str]:
        """No label: a file that has one twice is refused."""
        return frozenset()

    def distances(self, words: Sequence[str]) -> Array:
        """Gives the entries [pair] of the upper triangle over some labels."""
        rows = [self.labels.index(word) for word in words]
        return upper(self.values[np.ix_(rows, rows)])
