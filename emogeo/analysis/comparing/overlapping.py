"""Two runs over the same texts, compared as these have fewer words in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TypeVar

import numpy as np

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.errors import GeometryError
from emogeo.geometry.apart import ApartHalves
from emogeo.geometry.halves import MIN_STAR, Halves
from emogeo.geometry.inference import DisjointComparison, compare_disjoint, too_few
from emogeo.geometry.options import LayerRule
from emogeo.geometry.overlap import least_overlap, split_overlaps
from emogeo.geometry.recent import Recent
from emogeo.geometry.shared_words import SharedWords, shared_words
from emogeo.geometry.sharing import SharedUnits, joint_units, over, over_shared

V = TypeVar("V")

_LAST = 120
"""How many halves, and reliabilities of words, are kept: three of each run of a group of forty."""
AT_MOST = (0, 1)
"""The numbers of content words that two texts may share, besides any number."""


@dataclass(frozen=True)
class Stratum:
    """The comparison of two runs by products of texts that share few content words."""

    at_most: int | None
    """How many content words two texts may share; None for any number."""
    shared: float
    """How many content words two texts of one condition share, mean over the products that count."""
    share: float
    """The share of those products among all of texts of one condition."""
    comparison: DisjointComparison


@dataclass(frozen=True)
class Overlapping:
    """How two runs agree as their texts have fewer words in common."""

    drawn: float
    """The overlap of the halves as they are drawn, mean over splits."""
    least: float
    """The overlap of the halves of least overlap, mean over splits."""
    on_least: DisjointComparison
    strata: tuple[Stratum, ...]
    """By the number of content words that two texts may share, the largest first."""
    words: tuple[float, ...]
    """The reliability of the bag of words of the same texts, by the products of each stratum."""
    reason: str | None
    """Why the last strata, or the last of `words`, are not there; None where all are."""


class OverlapComparer:
    """Compares pairs of runs by the overlap of their texts, and keeps what pairs have in common."""

    def __init__(self) -> None:
        self._words = cache(shared_words)
        self._last = Recent(_LAST)

    def compare(self, a: PreparedRun, b: PreparedRun) -> Overlapping:
        """Compares two runs.

        Raises:
            GeometryError: runs that do not share the texts of whole units, or too few of them.
        """
        both = over_shared(a, b)
        first = both.halves[0].products
        if not both.same_text:
            raise GeometryError("no text in common, so no words to keep apart")
        if len(first.units) < MIN_STAR:
            raise GeometryError(too_few(len(first.units), MIN_STAR))
        joint = tuple(joint_units([a.labels, b.labels])[0])
        words = self._words(a.labels.texts, a.labels.emotions, joint, first.units, first.conditions)
        return self._compared((a, b), both, words)

    def _compared(self, runs: tuple[PreparedRun, PreparedRun], both: SharedUnits, words: SharedWords) -> Overlapping:
        compared = partial(compare_disjoint, names=(runs[0].name, runs[1].name))
        overlap = words.mean_overlap
        least = [self._once("least", *own, partial(least_overlap, overlap=overlap)) for own in _zipped(runs, both)]
        drawn, chosen = (split_overlaps(overlap, own.members).mean() for own in (both.halves[0], least[0]))
        strata, bags, reason = [_stratum(None, words, compared(both.halves[0], both.halves[1]))], [], None
        try:
            bag = _bag(runs[0], both)
            bags.append(bag.reliability)
            for at_most in sorted(AT_MOST, reverse=True):
                apart = partial(_apart, apart=words.apart(at_most))
                first, second = (self._once(at_most, *each, apart) for each in _zipped(runs, both))
                strata.append(_stratum(at_most, words, compared(first, second)))
                bags.append(self._of_words(at_most, runs[0], bag, apart))
        except GeometryError as error:
            reason = f"not identifiable ({error})"
        on_least = compared(least[0], least[1])
        return Overlapping(float(drawn), float(chosen), on_least, tuple(strata), tuple(bags), reason)

    def _once(self, kind: object, run: PreparedRun, halves: Halves, make: Callable[[Halves], V]) -> V:
        """Makes something of a run over some units and conditions once for the pairs of a group."""
        key = (kind, run.run.key, halves.products.units, halves.products.conditions)
        return self._last.of(self, key, lambda: make(halves), lambda _: 1)

    def _of_words(self, at_most: int, run: PreparedRun, bag: Halves, apart: Callable[[Halves], Halves]) -> float:
        """Gives the reliability of the bag of words of a run's texts, once for all runs that have read them alike."""
        options = replace(run.run.options, layer=LayerRule(), seed=run.seed)
        key = (at_most, run.labels, options, run.view, bag.products.units, bag.products.conditions)
        return self._last.of(self, key, lambda: apart(bag).reliability, lambda _: 1)


def _bag(run: PreparedRun, both: SharedUnits) -> Halves:
    products = both.halves[0].products
    return over(run.bag_of_words, products.units, products.conditions)


def _zipped(runs: Sequence[PreparedRun], both: SharedUnits) -> list[tuple[PreparedRun, Halves]]:
    return list(zip(runs, both.halves, strict=True))


def _apart(halves: Halves, apart: np.ndarray) -> ApartHalves:
    return ApartHalves(halves.products, halves.seed, apart)


def _stratum(at_most: int | None, words: SharedWords, comparison: DisjointComparison) -> Stratum:
    """Describes the products of different units' texts of one condition that count."""
    return Stratum(at_most, *words.of_one_condition(np.inf if at_most is None else at_most), comparison)
