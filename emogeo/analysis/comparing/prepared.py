"""Prepared runs: runs with their baselines, ready to be compared on the conditions and units that they share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from emogeo.errors import GeometryError
from emogeo.geometry.controls import bag_of_words, character_ngrams
from emogeo.geometry.geometry import halves_of
from emogeo.geometry.halves import Halves
from emogeo.geometry.independent import independent_units
from emogeo.geometry.later_products import Products, packed, part_of
from emogeo.geometry.options import GeometryOptions, LayerRule, Norm
from emogeo.geometry.recent import Recent
from emogeo.geometry.states import LabelledTexts
from emogeo.record.run import BareRun, Run


class Features(StrEnum):
    """What texts are compared by: a model's states, or a baseline that needs no forward pass."""

    states = "states"
    bag_of_words = "bag of words"
    ngrams = "character n-grams"
    input_embeddings = "input embeddings"


_OF_WORDS = (Features.bag_of_words, Features.ngrams)


@dataclass(frozen=True)
class View:
    """The part of a run that is compared: its conditions, and how they are centred."""

    conditions: tuple[str, ...] | None = None
    """None for all."""
    recentre: bool = False
    """Whether to centre once more, on the mean of these conditions alone."""

    def takes(self, condition: str) -> bool:
        return self.conditions is None or condition in self.conditions


@dataclass(frozen=True)
class PreparedRun:
    """A run ready to be compared, with the baselines of its texts, as inner products for all inference."""

    run: Run
    name: str
    """A short name that no other run has."""
    seed: int
    view: View = field(default_factory=View)

    @cached_property
    def halves(self) -> Halves:
        """Gives the model's states at the selected layer, over all of the run's units."""
        return self.halves_over(self._units)

    def halves_over(self, units: Sequence[str]) -> Halves:
        """Gives the same over other units.

        Args:
            units: the unit of each text.
        """
        return self.features_over(Features.states, units)

    def features_over(self, features: Features, units: Sequence[str]) -> Halves:
        """Gives the states, or a baseline of the same texts, over some units."""
        own = tuple(units)
        if features is Features.states:
            if own not in self._of_states:
                self._of_states[own] = self._halves(features, own)
            return self._of_states[own]
        read = (self.labels, self._embedded if features is Features.input_embeddings else None)
        key = (features, read, own, replace(self._options, layer=LayerRule()), self.view)  # baselines have no layers
        return _BASELINES.of(_BASELINES, key, lambda: self._halves(features, own), lambda _: 1)

    @cached_property
    def _of_states(self) -> dict[tuple[str, ...], Halves]:
        """The model's states by the units that they were asked for over."""
        return {}

    @property
    def input_embeddings(self) -> Halves:
        """Gives the same for mean input embeddings."""
        return self.features_over(Features.input_embeddings, self._units)

    @property
    def bag_of_words(self) -> Halves:
        """Gives the same for word counts."""
        return self.features_over(Features.bag_of_words, self._units)

    @property
    def labels(self) -> LabelledTexts:
        return self.run.labelled

    @property
    def _units(self) -> list[str]:
        return independent_units(self.labels)

    def _features(self, features: Features) -> NDArray[Any]:
        """[text, feature]"""
        if features in _OF_WORDS and not self.run.texts_known:
            raise GeometryError(f"the texts of {self.name} are not known, so neither are their words")
        match features:
            case Features.states:
                return self.run.passages
            case Features.input_embeddings:
                if self.run.embeddings is None:
                    raise GeometryError(f"{self.name} was imported without input embeddings")
                return self.run.embeddings
            case _:
                return words_of(features, self.run.texts)

    def viewed(self, view: View) -> PreparedRun:
        """Gives a part of the run, which shares its inner products."""
        found = replace(self, view=view)
        found.__dict__["_whole"] = self._whole
        return found

    @cached_property
    def _whole(self) -> PreparedRun:
        """Gives the same run with all of its conditions."""
        return self if self.view == View() else replace(self, view=View())

    def _halves(self, features: Features, units: tuple[str, ...]) -> Halves:
        if self._whole is not self:
            whole = self._whole.features_over(features, units)
            return Halves(viewed_products(whole.products, self.view, self._options.norm), self.seed)
        own = halves_of(self._features(features), self.labels, units, self._options)
        return Halves(packed(own.products), self.seed)

    @property
    def _options(self) -> GeometryOptions:
        return replace(self.run.options, seed=self.seed)

    @cached_property
    def _embedded(self) -> str:
        """Gives a checksum of the input embeddings; runs that differ in the selected block alone have the same."""
        found = self.run.embeddings
        return "" if found is None else hashlib.sha256(np.ascontiguousarray(found).tobytes()).hexdigest()


_BASELINES = Recent(80)
"""The baselines that were asked for last, of which many runs have the same; each run's own states are kept."""


def words_of(features: Features, texts: Sequence[str]) -> NDArray[Any]:
    """Gives a baseline of words: [text, feature]."""
    return bag_of_words(texts) if features is Features.bag_of_words else character_ngrams(texts)


def viewed_products(products: Products, view: View, norm: Norm) -> Products:
    """Gives the inner products over the conditions of a view, which are made when they are asked for."""
    conditions = [condition for condition in products.conditions if view.takes(condition)]
    if view.recentre:
        return part_of(products, conditions, norm)
    return products if len(conditions) == len(products.conditions) else part_of(products, conditions, None)


@dataclass(frozen=True)
class PreparedBare:
    """An imported geometry without texts, which has dissimilarities alone to be compared by."""

    run: BareRun
    name: str
    """A short name that no other run has."""


Compared: TypeAlias = PreparedRun | PreparedBare


@dataclass(frozen=True)
class Baseline:
    """A baseline of a run's texts, as a sample that is compared as the run is."""

    of: PreparedRun
    features: Features

    @property
    def labels(self) -> LabelledTexts:
        return self.of.labels

    def halves_over(self, units: Sequence[str]) -> Halves:
        """Gives the baseline over some units, the unit of each text."""
        return self.of.features_over(self.features, units)
