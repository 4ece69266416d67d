"""Texts and wordings that return in other units: units that repeat each other are no independent observations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.ngrams import Tokens, counts_of, is_unspaced, runs_of
from emogeo.geometry.states import LabelledTexts

SHINGLE = 3
"""How many tokens a shingle has, of which two near-duplicates share most."""
NEAR = 0.8
"""The Jaccard similarity of shingles from which on two texts are near-duplicates: of twenty words, one at an end may be
another, or one of forty anywhere."""
RUN = 4
RUN_UNSPACED = 8
"""How many words in a row are a wording that returns, and how many characters where there are no blanks, at about two a
word. Three words are often a phrase of the language ("out of the")."""
_ROWS = 512
"""Texts whose shingles are compared with all others' at once, which bounds the memory."""


@dataclass(frozen=True)
class Repeats:
    """How far texts, and units, repeat each other."""

    near: NDArray[np.bool_]
    """[text], whether a text of another unit is nearly the same, or the same but for one word"""
    templated: NDArray[np.bool_]
    """[text], whether a text of another condition is the same but for one word"""
    returning: NDArray[np.float64]
    """[text], the share of a text's own wording that returns in another unit under the same condition; NaN where a text
    has no wording of its own"""
    pairs: tuple[tuple[int, int], ...]
    """Near-duplicates of different units, as rows of texts, each text with its most alike one"""
    templates: tuple[tuple[int, int], ...]
    """Texts of different conditions that are the same but for one word, as rows"""

    @property
    def near_share(self) -> float:
        """The share of texts with a near-duplicate in another unit."""
        return float(self.near.mean())

    @property
    def templated_share(self) -> float:
        """The share of texts that differ from a text of another condition in one word only."""
        return float(self.templated.mean())

    @property
    def returning_share(self) -> float:
        """The mean share of own wording that returns, over texts with wording of their own; 0 where there is none."""
        known = self.returning[~np.isnan(self.returning)]
        return math.fsum(known) / len(known) if len(known) else 0.0


def repeats(labels: LabelledTexts, tokens: Sequence[Tokens]) -> Repeats:
    """Finds near-duplicates, templates and wordings that return.

    Args:
        tokens: [text], as `tokens_of` cuts them.
    """
    units, conditions = (np.unique(np.array(own), return_inverse=True)[1] for own in (labels.units, labels.emotions))
    apart = _one_word_apart(tokens)
    pairs = {**_partners(apart, units), **_nearest(tokens, units)}
    templates = _partners(apart, conditions)
    near, templated = (np.isin(np.arange(len(tokens)), list(found)) for found in (pairs, templates))
    return Repeats(near, templated, _returning(labels, tokens), _each_once(pairs), _each_once(templates))


def _each_once(partners: dict[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(min(pair), max(pair)) for pair in partners.items()}))


def _nearest(tokens: Sequence[Tokens], units: NDArray[np.intp]) -> dict[int, int]:
    """For each text that has one, the most alike text of another unit whose shingles are nearly the same."""
    counts, _ = counts_of([sorted(set(runs_of(own, SHINGLE))) for own in tokens])
    sizes = np.asarray(counts.sum(axis=1))
    found: dict[int, int] = {}
    for start in range(0, len(tokens), _ROWS):
        common = (counts[start : start + _ROWS] @ counts.T).tocoo()
        rows, columns = common.coords[0] + start, common.coords[1]
        alike = common.data / (sizes[rows] + sizes[columns] - common.data)
        near = np.flatnonzero((alike >= NEAR) & (units[rows] != units[columns]))
        for at in near[np.argsort(-alike[near], kind="stable")]:
            found.setdefault(int(rows[at]), int(columns[at]))
    return found


def _one_word_apart(tokens: Sequence[Tokens]) -> list[list[int]]:
    """Groups of texts that are equal but for one word, which stands at the same place."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for row, own in enumerate(tokens):
        before, after = _running(own), _running(own[::-1])
        for at in range(len(own) if len(own) > 1 else 0):
            groups[at, before[at], after[len(own) - 1 - at]].append(row)
    return [rows for rows in groups.values() if len(rows) > 1]


def _running(tokens: Tokens) -> list[int]:
    """A number for the first none, one, two ... tokens that is equal where these are."""
    numbers = [0]
    for token in tokens:
        numbers.append(hash((numbers[-1], token)))
    return numbers


def _partners(groups: Sequence[Sequence[int]], labels: NDArray[np.intp]) -> dict[int, int]:
    """For each text of a group in which there are several labels, one text of another label."""
    found: dict[int, int] = {}
    for rows in groups:
        other = next((row for row in rows if labels[row] != labels[rows[0]]), None)
        if other is not None:
            for row in rows:
                found.setdefault(row, rows[0] if labels[row] != labels[rows[0]] else other)
    return found


def _returning(labels: LabelledTexts, tokens: Sequence[Tokens]) -> NDArray[np.float64]:
    """The share of each text's own wording that returns under its condition in another unit: [text].

    A token is own wording where no run of tokens around it stands under another condition of the same unit: what a
    topic's texts have in common (how they open, how they end) is no wording of the condition's.
    """
    lengths = [RUN_UNSPACED if is_unspaced(own) else RUN for own in tokens]
    runs = [runs_of(own, length) for own, length in zip(tokens, lengths, strict=True)]
    in_unit: dict[Hashable, set[str]] = defaultdict(set)
    in_condition: dict[Hashable, set[str]] = defaultdict(set)
    for emotion, unit, own in zip(labels.emotions, labels.units, runs, strict=True):
        for run in own:
            in_unit[unit, run].add(emotion)
            in_condition[emotion, run].add(unit)
    shares = np.full(len(tokens), np.nan)
    for row, (emotion, unit, own) in enumerate(zip(labels.emotions, labels.units, runs, strict=True)):
        framed = _covered(len(tokens[row]), lengths[row], [len(in_unit[unit, run]) > 1 for run in own])
        again = _covered(len(tokens[row]), lengths[row], [len(in_condition[emotion, run]) > 1 for run in own])
        if not framed.all():
            shares[row] = again[~framed].mean()
    return shares


def _covered(n: int, length: int, marked: Sequence[bool]) -> NDArray[np.bool_]:
    """Which of n tokens lie in one of the runs of a length that are marked, by where they begin."""
    covered = np.zeros(n, dtype=bool)
    for start in np.flatnonzero(marked):
        covered[start : start + length] = True
    return covered
