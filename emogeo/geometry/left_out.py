"""Nearest vectors that are made without a text's own group, under many labellings at once, as products of matrices.

What `readout_accuracy.nearest_without_group` finds text by text follows from inner products of states alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import NEUTRAL, Centring
from emogeo.geometry.readout import Labelled, weights_of
from emogeo.geometry.readout_accuracy import chance_of


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
class Draws:
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
    def of(cls, design: Design, place: NDArray[np.intp], has: NDArray[np.bool_] | None = None) -> Draws:
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
    def single(self) -> Draws:
        """Gives the same in single precision."""
        means, left, weights = (own.astype(np.float32) for own in (self.means, self.left, self.weights))
        return Draws(self.place, means, left, self.counted, weights, self.kept)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Products:
    """Inner products of the states of one block."""

    across: Array
    """[text, text], zero within groups; texts by group and member"""
    within: Array
    """[group, member, member]"""

    @classmethod
    def of(cls, states: Array, design: Design) -> Products:
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
    def single(self) -> Products:
        """Gives the same in single precision."""
        return Products(*(own.astype(np.float32) for own in (self.across, self.within)))  # type: ignore[arg-type]

    def hits(self, draws: Draws) -> NDArray[np.intp]:
        """Gives how many of the texts that count are found: [draw]."""
        return np.asarray(((self.nearest(draws) == draws.place) & draws.counted).sum(axis=(0, 1)))

    def nearest(self, draws: Draws) -> NDArray[np.intp]:
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


def _of_vectors(other: Array, own: Array, draws: Draws) -> tuple[Array, Array]:
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
