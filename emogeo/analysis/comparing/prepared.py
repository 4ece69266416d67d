"""Prepared runs: runs with their baselines, ready to be compared on the conditions and units that they share."""

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
    """The part of a run that is compared: its conditions, and how they are centred."""

    conditions: tuple[str, ...] = CONDITIONS
    recentre: bool = False
    """Whether to centre once more, on the mean of these conditions alone."""


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
        return self._kept_halves(tuple(units))

    @cached_property
    def _kept_halves(self) -> Callable[[tuple[str, ...]], Halves]:
        """Makes the halves over some units, and keeps them."""
        return cache(partial(self._halves, self.run.passages))

    @cached_property
    def input_embeddings(self) -> Halves:
        """Gives the same for mean input embeddings."""
        return self._halves(self.run.embeddings, self._units)

    @cached_property
    def bag_of_words(self) -> Halves:
        """Gives the same for word counts."""
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
