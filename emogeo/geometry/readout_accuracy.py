"""How often the nearest vector is that of a text's label, over texts whose topic no vector has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import beta
from scipy.stats import t as student

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_JACKKNIFE
from emogeo.geometry.inference import LEVEL, Estimate, interval
from emogeo.geometry.ngrams import counts_of, tokens_of
from emogeo.geometry.readout import Labelled, centred_conditions, permuted, unit_length, weights_of
from emogeo.geometry.word_classifier import log_likelihoods, without_each

MOST_DELETIONS = 40
"""The most deletions of a jackknife: topics beyond that are deleted several at a time."""
_SEED = 18
Found = Sequence[str]
"""The condition that is found for each text."""


@dataclass(frozen=True)
class Tried:
    """Texts with their labels, and how conditions are found for them."""

    labels: Sequence[str]
    groups: Sequence[str]
    """The topic of each text, or what stands for it: texts of one group depend on each other."""
    find: Callable[[NDArray[np.intp]], Found]
    """Gives the conditions that are found for some rows, with nothing learned on other rows than these."""
    counts: Sequence[bool] | None = None
    """Whether each text counts; None where all do."""

    @property
    def counted(self) -> NDArray[np.bool_]:
        """[text], whether it counts"""
        return np.ones(len(self.labels), dtype=bool) if self.counts is None else np.array(self.counts)

    def accuracy(self, rows: NDArray[np.intp]) -> float:
        """Gives the share of those of some rows that count for which the label is found."""
        hits = np.array([own == self.labels[row] for own, row in zip(self.find(rows), rows, strict=True)])
        return float(hits[self.counted[rows]].mean())


def nearest_without_group(source: Labelled, groups: Sequence[str]) -> list[str]:
    """Finds for each text the vector of largest cosine, all vectors and their centre made without the text's group.

    A condition's mean is that of its means in the other groups, each group counted once.

    Raises:
        GeometryError: a condition that only one group has.
    """
    names = list(dict.fromkeys(groups))
    places = {name: place for place, name in enumerate(names)}
    of_text = np.array([places[group] for group in groups])
    sums, have = _cells(source, of_text, len(names))
    left = have.sum(axis=0) - have
    if not left.all():
        group, condition = np.argwhere(left == 0)[0]
        raise GeometryError(f"only {names[group]} has texts of {source.conditions[condition]}")
    means = (sums.sum(axis=0) - sums) / left[:, :, None]
    own = replace(source, states=source.states[:0], emotions=source.conditions, units=("",) * len(source.conditions))
    vectors, origin = weights_of(own, own.emotions)
    kept = centred_conditions(source)
    found = np.empty(len(groups), dtype=int)
    for group in range(len(names)):
        rows = np.flatnonzero(of_text == group)
        units = unit_length(vectors @ means[group], kept)
        found[rows] = ((source.states[rows] - origin @ means[group]) @ units.T).argmax(axis=1)
    return [kept[place] for place in found]


def _cells(source: Labelled, groups: NDArray[np.intp], n_groups: int) -> tuple[Array, Array]:
    """Gives the mean state of each condition in each group (zero where there is none), and which there are."""
    n = len(source.conditions)
    column = {condition: place for place, condition in enumerate(source.conditions)}
    cells = groups * n + np.array([column[emotion] for emotion in source.emotions])
    counts = np.bincount(cells, minlength=n_groups * n)
    one = csr_array((1 / counts[cells], (cells, np.arange(len(cells)))), shape=(n_groups * n, len(cells)))
    return np.asarray(one @ source.states).reshape(n_groups, n, -1), (counts > 0).astype(float).reshape(n_groups, n)


def share_found(tried: Tried) -> Estimate:
    """Gives the share of texts for which the label is found, with an interval that takes groups as units.

    Groups are left out one by one, wholly, so that what was learned on one and tried on another is left out with it;
    the variance of this jackknife, relative to that of independent texts, gives the effective number of texts, and the
    interval is Clopper and Pearson's for so many (Korn and Graubard 1998, Survey Methodology 24:193). Where all texts
    are found, or none, each group counts as one text. No interval below six groups, or where a condition is in two.
    """
    value, deleted = tried.accuracy(np.arange(len(tried.labels))), deleted_shares(tried)
    return interval_of_share(value, deleted, int(tried.counted.sum()), len(set(tried.groups)))


def interval_of_share(value: float, deleted: Array | None, n_texts: int, n_groups: int) -> Estimate:
    """Gives the interval of `share_found` from the shares with groups left out: [deletion]; none without them."""
    if deleted is None:
        return Estimate(value, float("nan"), float("nan"))
    n = len(deleted)
    variance = (n - 1) / n * float(np.sum((deleted - deleted.mean()) ** 2))
    return _korn_graubard(value, variance, n_texts, n_groups, n - 1)


def gain(tried: Tried, other: Tried) -> Estimate:
    """Gives by how much the share that one way finds is above another's, for the same texts in the same groups.

    Its interval is that of the jackknife by t: what makes a text hard for both cancels.
    """
    every, shares = np.arange(len(tried.labels)), (deleted_shares(tried), deleted_shares(other))
    value = tried.accuracy(every) - other.accuracy(every)
    if shares[0] is None or shares[1] is None:
        return Estimate(value, float("nan"), float("nan"))
    return interval(value, [shares[0] - shares[1]], fisher=False)


def deleted_shares(tried: Tried) -> Array | None:
    """Gives the share with each group left out, or several at a time: [deletion]; None where that is not to be had."""
    rows, blocks = np.arange(len(tried.labels)), deletions_of(tried.groups)
    if blocks is None:
        return None
    try:
        return np.array([tried.accuracy(rows[blocks != own]) for own in range(blocks.max() + 1)])
    except GeometryError:
        return None


def deletions_of(groups: Sequence[str]) -> NDArray[np.intp] | None:
    """Gives the number of the deletion that leaves out each text's group: [text]; None below six groups."""
    names = list(dict.fromkeys(groups))
    if len(names) < MIN_JACKKNIFE:
        return None
    n = min(len(names), MOST_DELETIONS)
    block = {name: place % n for place, name in enumerate(names)}
    return np.array([block[group] for group in groups])


def _korn_graubard(value: float, variance: float, n_texts: int, n_groups: int, freedom: int) -> Estimate:
    tail = (1 + LEVEL) / 2
    binomial = value * (1 - value)
    effective = float(n_groups)
    if binomial > 0 and variance > 0:
        ratio = float(student.ppf(tail, n_texts - 1) / student.ppf(tail, freedom))
        effective = min(binomial / variance * ratio**2, float(n_texts))
    hits, misses = value * effective, (1 - value) * effective
    low = float(beta.ppf(1 - tail, hits, misses + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(tail, hits + 1, misses)) if misses > 0 else 1.0
    return Estimate(value, low, high)


def p_of_fixed(labels: Sequence[str], groups: Sequence[str], found: Found, draws: int, seed: int) -> float | None:
    """Gives the p of an accuracy whose vectors were made of other texts: labels are permuted within groups.

    None where no group has two labels, so that nothing can be permuted.
    """
    if not can_permute(labels, groups):
        return None
    generator = np.random.default_rng([_SEED, seed])
    return _p(labels, found, lambda: (permuted(labels, groups, generator), found), draws)


def p_of_own(source: Labelled, groups: Sequence[str], draws: int, seed: int) -> float | None:
    """Gives the p of an accuracy over the texts that vectors are made of.

    Labels are permuted within groups, and the vectors without each group are made anew: what is found for one group
    depends on the labels of all others, so the found conditions are no fixed ones.
    """
    if not can_permute(source.emotions, groups):
        return None
    generator = np.random.default_rng([_SEED, seed])
    turned = replace(source, states=_in_fewest_dimensions(source.states))

    def drawn() -> tuple[Sequence[str], Found]:
        labels = permuted(source.emotions, groups, generator)
        return labels, nearest_without_group(replace(turned, emotions=labels), groups)

    return _p(source.emotions, nearest_without_group(turned, groups), drawn, draws)


def _p(labels: Sequence[str], found: Found, draw: Callable[[], tuple[Sequence[str], Found]], draws: int) -> float:
    hits = sum(a == b for a, b in zip(labels, found, strict=True))
    reached = sum(sum(a == b for a, b in zip(*draw(), strict=True)) >= hits for _ in range(draws))
    return (1 + reached) / (1 + draws)


def can_permute(labels: Sequence[str], groups: Sequence[str]) -> bool:
    """Whether some group has texts of two labels."""
    return len(set(zip(groups, labels, strict=True))) > len(set(groups))


def _in_fewest_dimensions(states: Array) -> Array:
    """Turns states [text, d_model] into as few dimensions as they have; products of states stay as they are."""
    left, singular, _ = np.linalg.svd(states, full_matrices=False)
    return np.asarray(left * singular)


def chance_of(labels: Sequence[str]) -> float:
    """Gives the share of the commonest label: what one finds without reading."""
    return max(list(labels).count(label) for label in set(labels)) / len(labels)


def found_by_words(learned: Sequence[str], labels: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Finds conditions of texts by words alone, learned on others: multinomial naive Bayes over counts of words.

    All conditions are equally likely beforehand; of those that fit equally well, the first by alphabet is taken.
    """
    counts, _ = counts_of([tokens_of(text) for text in (*learned, *texts)])
    names, known = sorted(set(labels)), len(learned)
    place = np.array([names.index(label) for label in labels])
    sums = np.asarray((place == np.arange(len(names))[:, None]).astype(float) @ counts[:known])
    return [names[best] for best in (counts[known:] @ log_likelihoods(sums).T).argmax(axis=1)]


def found_by_words_without_group(texts: Sequence[str], labels: Sequence[str], groups: Sequence[str]) -> list[str]:
    """Finds conditions of texts by words alone, learned on the texts of all other groups.

    Raises:
        GeometryError: a condition that only one group has.
    """
    counts, _ = counts_of([tokens_of(text) for text in texts])
    found = [""] * len(texts)
    for rows, names, learned in without_each(counts, labels, groups):
        best = (counts[rows] @ log_likelihoods(learned).T).argmax(axis=1)
        for row, at in zip(rows, best, strict=True):
            found[row] = names[at]
    return found
