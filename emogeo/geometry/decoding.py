"""How often the nearest vector is that of a text's condition, at every block, over texts of groups not seen.

What `readout_accuracy.nearest_without_group` finds text by text follows from inner products of states alone, so all
relabellings and all groups that are left out are one product of matrices per block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.inference import Estimate
from emogeo.geometry.options import NEUTRAL, Centring
from emogeo.geometry.readout import Labelled, permuted, weights_of
from emogeo.geometry.readout_accuracy import can_permute, chance_of, deletions_of, interval_of_share

_SEED = 23
_AT_ONCE = 1_000_000
"""The entries [text, draw, condition] that are worked on at once: 4 MB in single precision."""


@dataclass(frozen=True, eq=False)
class Design:
    """Texts with their conditions and groups, and which vectors are made of them; alike at every block."""

    labels: Sequence[str]
    groups: Sequence[str]
    """The topic of each text, or what stands for it: texts of one group depend on each other."""
    conditions: tuple[str, ...]
    """Every condition of the texts, in alphabetical order."""
    centring: Centring
    neutral: str = NEUTRAL

    @cached_property
    def origin(self) -> Array:
        """[condition], the weights of the conditions' means in what is subtracted from each"""
        return self._weights[1]

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """[condition], whether it has a vector: that at the origin has none"""
        kept = np.ones(len(self.conditions), dtype=bool)
        kept[[self.conditions.index(self.neutral)] if self.centring is Centring.neutral else []] = False
        return kept

    @cached_property
    def place(self) -> NDArray[np.intp]:
        """[text], the place of its condition"""
        column = {condition: place for place, condition in enumerate(self.conditions)}
        return np.array([column[label] for label in self.labels])

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """[group, member], the rows of each group's texts; -1 where a group has fewer than the largest"""
        names: dict[str, list[int]] = {}
        for row, group in enumerate(self.groups):
            names.setdefault(group, []).append(row)
        size = max(map(len, names.values()))
        return np.array([own + [-1] * (size - len(own)) for own in names.values()])

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """[text], whether it counts: one whose condition has no vector does not"""
        return np.asarray(self.kept[self.place])

    @property
    def chance(self) -> float:
        """Gives the share of the commonest condition among the texts that count."""
        return chance_of([label for label, own in zip(self.labels, self.counted, strict=True) if own])

    @cached_property
    def _weights(self) -> tuple[Array, Array]:
        n = len(self.conditions)
        one = Labelled(np.zeros((0, 0)), self.conditions, ("",) * n, self.conditions, self.centring, self.neutral)
        return weights_of(one, self.conditions)


@dataclass(frozen=True, eq=False)
class Decoded:
    """What is found at each block, and how often it is right."""

    found: NDArray[np.intp]
    """[block, text], the place of the condition whose vector is nearest"""
    accuracy: Sequence[Estimate]
    """[block], the share of texts whose condition is found, with its interval over groups"""
    deleted: Array | None
    """[block, deletion], the same without some groups; None where that is not to be had"""
    p: Array | None
    """[block]; None without relabellings"""
    p_largest: Array | None
    """[block], adjusted for the search over all blocks"""
    draws: int


def decode(blocks: Iterable[Array], design: Design, draws: int, seed: int) -> Decoded:
    """Finds for each text the vector of largest cosine, all vectors and their centre made without the text's group.

    The interval is that of `readout_accuracy.share_found`. For p conditions are permuted within groups, the same at all
    blocks, and all vectors made anew: (1 + #) / (1 + draws), # being the relabellings with as many hits. `p_largest`
    takes the largest number of hits of all blocks instead (Westfall and Young 1993), so that the p of the best block is
    honest.

    Args:
        blocks: the states [text, d_model] of each block.
        draws: the number of relabellings; without any, and where no group has two conditions, there is no p.

    Raises:
        GeometryError: a condition that only one group has; states that are not finite, or a vector of length zero.
    """
    whole, deletions = _Draws.of(design, design.place[None]), _deletions(design)
    relabelled = _relabelled(design, draws, seed) if draws and can_permute(design.labels, design.groups) else None
    if not whole.complete:
        raise GeometryError(_lonely(design, whole.left[:, 0]))
    found, deleted, hits = [], [], []
    for states in blocks:
        products = _Products.of(states, design)
        found.append(products.nearest(whole)[:, :, 0])
        if deletions is not None:
            deleted.append(np.concatenate([products.hits(own) / own.n_counted for own in deletions]))
        if relabelled is not None:
            single = products.single
            hits.append(np.concatenate([single.hits(own) for own in relabelled]))
    return _decoded(design, np.array(found), np.array(deleted) if deleted else None, np.array(hits), draws)


def _decoded(
    design: Design, found: NDArray[np.intp], deleted: Array | None, hits: NDArray[np.intp], draws: int
) -> Decoded:
    places = np.empty((len(found), len(design.labels)), dtype=np.intp)
    places[:, design.rows[design.rows >= 0]] = found[:, design.rows >= 0]
    right = (places == design.place) & design.counted
    n, shares = int(design.counted.sum()), right.sum(axis=1) / design.counted.sum()
    without = [None] * len(shares) if deleted is None else list(deleted)
    accuracy = [
        interval_of_share(float(share), own, n, len(design.rows)) for share, own in zip(shares, without, strict=True)
    ]
    if not hits.size:
        return Decoded(places, accuracy, deleted, None, None, 0)
    own, largest = hits[:, :1], hits.max(axis=0)
    return Decoded(places, accuracy, deleted, (hits >= own).mean(axis=1), (largest >= own).mean(axis=1), draws)


def _lonely(design: Design, left: Array) -> str:
    group, condition = np.argwhere(left == 0)[0]
    named = design.groups[int(design.rows[group, 0])]
    return f"only {named} has texts of {design.conditions[condition]}"


@dataclass(frozen=True, eq=False)
class _Draws:
    """Conditions of all texts under several draws, relabelled or without some groups."""

    place: NDArray[np.intp]
    """[group, member, draw]"""
    means: Array
    """[group, member, draw, condition], the weight of each text in its group's mean of a condition"""
    left: Array
    """[group, draw, condition], how many other groups have the condition"""
    counted: NDArray[np.bool_]
    """[group, member, draw], whether a text counts"""
    weights: Array
    """[group, draw, condition], those of sums over other groups in what is subtracted"""
    kept: NDArray[np.bool_]
    """[condition]"""

    @classmethod
    def of(cls, design: Design, place: NDArray[np.intp], has: NDArray[np.bool_] | None = None) -> _Draws:
        """Lays out draws of conditions [draw, text]; `has` says which groups are there, [draw, group]."""
        rows, n = design.rows, len(design.conditions)
        there = (rows >= 0)[:, :, None] & np.ones(len(place), dtype=bool)
        there &= True if has is None else has.T[:, None]
        own = place[:, rows].transpose(1, 2, 0)
        one = (own[..., None] == np.arange(n)) & there[..., None]
        counts = one.sum(axis=1)
        present = (counts > 0).astype(float)
        left = present.sum(axis=0) - present
        means = one / np.maximum(counts, 1)[:, None]
        counted = there & design.kept[own]
        return cls(own, means, left, counted, design.origin / np.maximum(left, 1), design.kept)

    @property
    def complete(self) -> bool:
        """Whether every group that is there leaves texts of every condition in others."""
        return bool((self.left[self.counted.any(axis=1)] > 0).all())

    @property
    def n_counted(self) -> NDArray[np.intp]:
        """[draw]"""
        return np.asarray(self.counted.sum(axis=(0, 1)))

    @property
    def single(self) -> _Draws:
        """Gives the same in single precision."""
        means, left, weights = (own.astype(np.float32) for own in (self.means, self.left, self.weights))
        return _Draws(self.place, means, left, self.counted, weights, self.kept)  # type: ignore[arg-type]


def _deletions(design: Design) -> list[_Draws] | None:
    """Lays out the deletions of a jackknife; None where there are too few groups, or one of them takes a condition."""
    blocks = deletions_of(design.groups)
    if blocks is None:
        return None
    firsts = blocks[design.rows[:, 0]]
    has = firsts != np.arange(blocks.max() + 1)[:, None]
    place = np.broadcast_to(design.place, (len(has), len(design.place)))
    parts = _parts(len(has), design)
    found = [_Draws.of(design, place[own], has[own]) for own in parts]
    return found if all(own.complete for own in found) else None


def _relabelled(design: Design, draws: int, seed: int) -> list[_Draws]:
    """Lays out the conditions themselves, then relabellings."""
    generator = np.random.default_rng([_SEED, seed])
    names = [str(place) for place in design.place]
    place = np.array([names, *(permuted(names, design.groups, generator) for _ in range(draws))], dtype=np.intp)
    return [_Draws.of(design, place[own]).single for own in _parts(len(place), design)]


def _parts(n: int, design: Design) -> list[slice]:
    size = max(1, _AT_ONCE // (design.rows.size * len(design.conditions)))
    return [slice(start, start + size) for start in range(0, n, size)]


@dataclass(frozen=True, eq=False)
class _Products:
    """Inner products of the states of one block."""

    across: Array
    """[text, text], zero within groups; texts by group and member"""
    within: Array
    """[group, member, member]"""

    @classmethod
    def of(cls, states: Array, design: Design) -> _Products:
        """Multiplies states [text, d_model], their mean taken away first where centring takes it away anyway."""
        values = np.asarray(states, dtype=np.float64)
        if not np.isfinite(values).all():
            raise GeometryError("States with NaN or infinity have no geometry.")
        if design.origin.any():
            values = values - values.mean(axis=0)
        rows, (n_groups, size) = design.rows, design.rows.shape
        laid = (values[rows] * (rows >= 0)[..., None]).reshape(n_groups * size, -1)
        gram = laid @ laid.T
        gram /= np.trace(gram) / len(values) or 1.0
        across, every = gram.reshape(n_groups, size, n_groups, size), np.arange(n_groups)
        within = across[every, :, every].copy()
        across[every, :, every] = 0
        return cls(across.reshape(gram.shape), within)

    @property
    def single(self) -> _Products:
        """Gives the same in single precision."""
        return _Products(*(own.astype(np.float32) for own in (self.across, self.within)))  # type: ignore[arg-type]

    def hits(self, draws: _Draws) -> NDArray[np.intp]:
        """Gives how many of the texts that count are found: [draw]."""
        return np.asarray(((self.nearest(draws) == draws.place) & draws.counted).sum(axis=(0, 1)))

    def nearest(self, draws: _Draws) -> NDArray[np.intp]:
        """Gives the place of the nearest vector: [group, member, draw].

        With S the sums of conditions over groups and M those in a text's own group, the vector is (S - M) / left less
        what centring subtracts.
        """
        n_groups, size, _, _ = draws.means.shape
        other = (self.across @ draws.means.reshape(n_groups * size, -1)).reshape(draws.means.shape)
        own = (self.within @ draws.means.reshape(n_groups, size, -1)).reshape(draws.means.shape)
        lengths, offset = _of_vectors(other, own, draws)
        scores = other / draws.left[:, None]
        scores -= offset[:, None]
        if draws.weights.any():
            scores -= np.einsum("gmdc,gdc->gmd", other, draws.weights)[..., None]
        scores /= lengths[:, None]
        scores[..., ~draws.kept] = -np.inf
        return np.asarray(scores.argmax(axis=-1))


def _of_vectors(other: Array, own: Array, draws: _Draws) -> tuple[Array, Array]:
    """Gives the length of each vector, and its product with the origin: [group, draw, condition] both.

    Args:
        other: [group, member, draw, condition], products of texts with S - M.
        own: the same with M.
    """
    means, left, weights = draws.means, np.maximum(draws.left, 1), draws.weights
    every = other + own
    both = np.einsum("gmdc,gmdc->gdc", means, every)
    squared = (both.sum(axis=0) - 2 * both + np.einsum("gmdc,gmdc->gdc", means, own)) / left**2
    if not weights.any():
        return _root(squared), np.zeros_like(squared)
    n_draws, n = means.shape[2:]
    sums = means.reshape(-1, n_draws, n).transpose(1, 2, 0) @ every.reshape(-1, n_draws, n).transpose(1, 0, 2)
    cross = (weights.transpose(1, 0, 2) @ sums).transpose(1, 0, 2)
    cross -= np.einsum("gmdc,gmd->gdc", means, np.einsum("gmdc,gdc->gmd", every, weights))
    cross -= np.einsum("gmdc,gmd->gdc", other, np.einsum("gmdc,gdc->gmd", means, weights))
    origin = np.einsum("gdc,gdc->gd", cross, weights)[..., None]
    cross /= left
    return _root(squared - 2 * cross + origin), cross - origin


def _root(squared: Array) -> Array:
    tiny = np.finfo(squared.dtype).tiny
    return np.sqrt(np.maximum(squared, tiny))
