"""Runs and their baselines, ready to be compared on the conditions and units that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any

from numpy.typing import NDArray

from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.geometry import halves_of
from emogeo.geometry.halves import Halves
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units, recentred
from emogeo.record.run import Run
from emogeo.stimuli.conditions import CONDITIONS


@dataclass(frozen=True)
class View:
    """What of a run is compared."""

    conditions: tuple[str, ...] = CONDITIONS
    recentre: bool = False
    """Once more, on the mean of just these conditions."""


@dataclass(frozen=True)
class PreparedRun:
    """A run ready to be compared: it and the baselines made of its texts, as inner products for all inference."""

    run: Run
    name: str
    """Short, and no other run's."""
    seed: int
    view: View = field(default_factory=View)

    @cached_property
    def halves(self) -> Halves:
        """The model's states at the selected layer, over all of the run's units."""
        return self.halves_over(self._units)

    def halves_over(self, units: Sequence[str]) -> Halves:
        """The same with other units.

        Args:
            units: of each text.
        """
        return self._kept_halves(tuple(units))

    @cached_property
    def _kept_halves(self) -> Callable[[tuple[str, ...]], Halves]:
        """Makes the halves over some units, once."""
        return cache(partial(self._halves, self.run.passages))

    @cached_property
    def input_embeddings(self) -> Halves:
        """The same made of mean input embeddings."""
        return self._halves(self.run.embeddings, self._units)

    @cached_property
    def bag_of_words(self) -> Halves:
        """The same made of word counts."""
        return self._halves(bag_of_words(self.run.texts), self._units)

    @property
    def labels(self) -> LabelledTexts:
        return self.run.labelled

    @property
    def _units(self) -> list[str]:
        return distinct_units(self.labels.texts, self.labels.units)

    def _halves(self, features: NDArray[Any], units: Sequence[str]) -> Halves:
        options = replace(self.run.options, seed=self.seed)
        products = halves_of(features, self.labels, units, options).products
        conditions = [condition for condition in products.conditions if condition in self.view.conditions]
        if self.view.recentre:
            products = recentred(products, conditions, options.norm)
        elif len(conditions) < len(products.conditions):
            products = products.restricted(products.units, conditions)
        return Halves(products, self.seed)
