"""One geometry: states of labelled texts become vectors, a layer is chosen, and its RDM follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.criteria import blocks_together, products_by_layer, reliabilities, separation_of
from emogeo.geometry.descriptors import Descriptors, anisotropy, mean_cosine, participation_ratio
from emogeo.geometry.doors import labels_of, names_of_conditions, states_of
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.independent import independent_units
from emogeo.geometry.inference import Estimate, reliability
from emogeo.geometry.layers import (
    UNITS_PER_HALF,
    Chooser,
    LayerChoice,
    check_units,
    choose_layer,
    named_choice,
    on_choosing_half,
    resolve_layer,
    side_by_side,
)
from emogeo.geometry.options import NEUTRAL, Centring, GeometryOptions, LayerRule
from emogeo.geometry.rdm import MIN_CONDITIONS, cosine_rdm, rdm_std, upper
from emogeo.geometry.states import BlockStates, LabelledTexts, States
from emogeo.geometry.units import UnitProducts, unit_products
from emogeo.geometry.vectors import Vectors, centre, scale, unit_means, without_topic_means


@dataclass(frozen=True, eq=False)
class Geometry:
    """The vectors of conditions in one model, the layer that was chosen, and the RDM there."""

    name: str
    """The name of the geometry in tables: the model's, say."""
    labels: LabelledTexts
    features: NDArray[np.floating]
    """[text, feature] at the selected layer, without topic means if they were removed, else not centred"""
    layers: list[int]
    """The blocks that vectors are given for, counted from 0."""
    conditions: tuple[str, ...]
    """The conditions; without neutral, where centring has made it the origin."""
    vectors: Array
    """[condition, layer, d_model], centred and scaled"""
    choice: LayerChoice
    rdm: Array
    """[condition, condition], 1 − cosine of the vectors at the selected layer"""
    rdm_by_layer: Array
    """[layer, pair]"""
    curves: dict[str, Array]
    """Curves by layer: mean_cosine, participation_ratio, rdm_std; separation and reliability (with its interval) where
    there are units enough; anisotropy where neutral sentences were read."""
    options: GeometryOptions

    @classmethod
    def from_states(
        cls,
        states: States | ArrayLike,
        emotions: Sequence[str] | None = None,
        topics: Sequence[str] | None = None,
        *,
        texts: Sequence[str] | None = None,
        conditions: Sequence[str] | None = None,
        layer: LayerRule | str | int | float = "reliability",
        centring: str = "grand_mean",
        norm: str = "none",
        neutral: str = NEUTRAL,
        seed: int = 0,
        name: str | None = None,
    ) -> Geometry:
        """Measures a geometry. The order of rows decides the random splits; what topics are called does not.

        Args:
            states: what `emogeo.extract` gave, or one's own numbers: [text, feature] or [text, layer, feature].
            emotions: the condition of each text.
            topics: the topic of each text. Topics that have a text of every condition are the units over which
                reliability and ρ* are inferred; else texts are grouped at random, one of each condition a group.
            texts: the texts themselves; without them, units of one name are taken to hold the same texts.
            conditions: the labels that are allowed; by default, those that occur.
            layer: `reliability`, `separation`, `min_mean_cosine` (published), `middle`, `all`, a block, or a depth.
            centring, norm: `grand_mean`, `topic_mean`, `neutral` or `none`; `none` or `unit`.
            neutral: the condition that `centring="neutral"` subtracts.

        Example:
            >>> geometry = emogeo.Geometry.from_states(states, layer="middle")
            >>> own = emogeo.Geometry.from_states(array, emotions=emotions, topics=topics)
            >>> geometry.layer, geometry.rdm.shape, own.n_units
            (2, (21, 21), 8)

        Raises:
            GeometryError: states and labels that do not fit, or from which no geometry follows.
            ConfigError: no such option, or a layer rule that needs more units.
        """
        options = GeometryOptions.of(layer, centring, norm, seed, neutral)
        values, n_layers, sentences = states_of(states)
        labels = labels_of(states, len(values), emotions, topics, texts, seed, conditions)
        named = _named_layer(options.layer, n_layers, values.shape[1], labels)
        called = name or (states.name if isinstance(states, States) else "geometry")
        found = measure(lambda row: values[:, row], labels, list(range(values.shape[1])), options, named, called)
        if sentences is not None:
            found.curves["anisotropy"] = np.array([estimate.value for estimate in anisotropy(sentences)])
        return found

    @property
    def layer(self) -> int | None:
        """The selected block, 0-based; None where every block is used, side by side."""
        return self.choice.index

    @property
    def n_units(self) -> int:
        return len(set(self.units))

    @cached_property
    def units(self) -> list[str]:
        """The unit of each text; units with a text in common, or with near-duplicates, are one."""
        return independent_units(self.labels)

    @cached_property
    def halves(self) -> Halves:
        """The features over all units, ready to be compared."""
        return self.halves_over(self.units)

    def halves_over(self, units: Sequence[str]) -> Halves:
        """The features over other units [text]."""
        return halves_of(self.features, self.labels, units, self.options)

    @property
    def reliability(self) -> Estimate | None:
        """Agreement of the RDM of one half of the units with that of the other; None below four units."""
        return reliability(self.halves) if self.n_units >= MIN_UNITS else None

    def at_layer(self, curve: str) -> float | None:
        """A curve's value at the selected layer; None where every block is used, or there is no such curve."""
        if self.choice.index is None or curve not in self.curves:
            return None
        return float(self.curves[curve][self.layers.index(self.choice.index)])

    def descriptors(self) -> Descriptors:
        """The numbers that describe the geometry at its layer."""
        return Descriptors(
            name=self.name,
            layer=self.layer,
            n_conditions=len(self.conditions),
            n_units=self.n_units,
            rdm_std=rdm_std(self.rdm),
            participation_ratio=self.at_layer("participation_ratio"),
            mean_cosine=self.at_layer("mean_cosine"),
            anisotropy=self.at_layer("anisotropy"),
            separation=self.at_layer("separation"),
            reliability=self.reliability,
            held_out=self.choice.held_out,
        )

    def __repr__(self) -> str:
        return str(self.descriptors())

    def _repr_html_(self) -> str:
        return self.descriptors()._repr_html_()

    def to_dict(self) -> dict[str, float | int | str | None]:
        """The descriptors, for a row of a DataFrame."""
        return self.descriptors().to_dict()


def measure(
    read: Callable[[int], Array],
    labels: LabelledTexts,
    layers: list[int],
    options: GeometryOptions,
    named: int | None,
    name: str,
) -> Geometry:
    """Computes all that follows from the states of labelled texts, a block at a time.

    Args:
        read: gives the states [text, d_model] at one place among `layers`, in float64.
        layers: 0-based indices of the blocks.
        named: the block that the layer rule names, if it names one.

    Raises:
        GeometryError: vectors without a direction, or a criterion without its units.
    """
    conditions = names_of_conditions(labels.emotions)
    if options.centring is Centring.topic_mean:
        read = _without_topics(read, labels.topics)
    texts = BlockStates(read, len(layers), labels.emotions, independent_units(labels), conditions)
    choice = named_choice(options.layer, named, layers)
    if choice is None:
        check_units(options.layer, texts.n_units)
    chooser = Chooser(options.layer, options.centring, options.seed, options.neutral)
    means, figures = _by_block(texts, labels.units, chooser, choice is None)
    centred = _centred(means, conditions, options)
    vectors = scale(centred, options.norm)
    by_layer = [_rdm_of_block(vectors, row, layer) for row, layer in enumerate(layers)]
    curves = {**_curves(figures, vectors), "rdm_std": np.array([rdm_std(rdm) for rdm in by_layer])}
    if choice is None:
        choice = choose_layer(chooser, texts, layers, curves["mean_cosine"], figures["choosing"])
    row = None if choice.index is None else layers.index(choice.index)
    return Geometry(
        name=name,
        labels=labels,
        features=_all_blocks(texts, centred) if row is None else read(row),
        layers=layers,
        conditions=vectors.conditions,
        vectors=vectors.values,
        choice=choice,
        rdm=_rdm_of_all_blocks(centred) if row is None else by_layer[row],
        rdm_by_layer=np.stack([upper(own) for own in by_layer]),
        curves=curves,
        options=options,
    )


def _without_topics(read: Callable[[int], Array], topics: Sequence[str]) -> Callable[[int], Array]:
    return lambda row: without_topic_means(read(row)[:, None], topics)[:, 0]


def _by_block(
    texts: BlockStates, units: Sequence[str], chooser: Chooser, choosing: bool
) -> tuple[Array, dict[str, list[Estimate]]]:
    """Reads each block once: the means of conditions [condition, layer, d_model], and figures by block.

    Args:
        units: the unit of each text, over which means are taken.
        choosing: whether a criterion chooses the block.
    """
    means, figures = [], {name: list[Estimate]() for name in ("separation", "reliability", "choosing")}
    together = blocks_together(texts.n_units, len(texts.conditions))
    for first in range(0, texts.n_blocks, together):
        products: dict[Centring, list[UnitProducts]] = defaultdict(list)
        for row in range(first, min(first + together, texts.n_blocks)):
            block = texts.at(row)
            means.append(unit_means(block.states, block.emotions, units, block.conditions).mean(axis=0))
            for centring in _centrings(texts.n_units, chooser):
                products[centring] += products_by_layer(block, centring, chooser.neutral)
        if texts.n_units >= 2:
            plain = products[Centring.grand_mean]
            figures["separation"] += [Estimate(separation_of(own), np.nan, np.nan) for own in plain]
        if texts.n_units >= MIN_UNITS:
            figures["reliability"] += reliabilities(products[_as_grand_mean(chooser.centring)], chooser.seed)
        if choosing and chooser.rule.selection in UNITS_PER_HALF:
            own = products[_as_grand_mean(chooser.criterion_centring)]
            figures["choosing"] += on_choosing_half(chooser, own)
    return np.concatenate(means, axis=1), figures


def _centrings(n_units: int, chooser: Chooser) -> set[Centring]:
    """Says how units are centred: on the mean for separation, and as the run's vectors for reliability."""
    wanted = [(2, Centring.grand_mean), (MIN_UNITS, _as_grand_mean(chooser.centring))]
    return {centring for needed, centring in wanted if n_units >= needed}


def _as_grand_mean(centring: Centring) -> Centring:
    """Topics' means are taken from the states, and what is left is centred on the grand mean."""
    return Centring.grand_mean if centring is Centring.topic_mean else centring


def _all_blocks(texts: BlockStates, centred: Vectors) -> Array:
    states = np.stack([texts.read(row) for row in range(texts.n_blocks)], axis=1)
    return side_by_side(states, centred.values)


def _centred(means: Array, conditions: Sequence[str], options: GeometryOptions) -> Vectors:
    found = centre(means, conditions, options.centring, options.neutral)
    if len(found.conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(found.conditions)} conditions are left by centring; {MIN_CONDITIONS} are needed.")
    return found


def _rdm_of_all_blocks(centred: Vectors) -> Array:
    return cosine_rdm(side_by_side(centred.values, centred.values), centred.conditions)


def halves_of(
    features: NDArray[np.floating], labels: LabelledTexts, units: Sequence[str], options: GeometryOptions
) -> Halves:
    """Gives the halves of features [text, feature] over units [text], centred as the geometry's own features are."""
    states = features.astype(np.float64)
    if options.centring is Centring.topic_mean:  # taken from the states already, where this changes nothing
        states = without_topic_means(states[:, None], labels.topics)[:, 0]
    conditions = names_of_conditions(labels.emotions)
    products = unit_products(states, labels.emotions, units, conditions, options.centring, options.neutral)
    return Halves(products, options.seed)


def _named_layer(rule: LayerRule, n_layers: int, n_blocks: int, labels: LabelledTexts) -> int | None:
    """The layer that the rule names, or the only one there is; None where a criterion chooses from units enough."""
    named = resolve_layer(rule, n_layers, n_blocks)
    if named is None and n_blocks == 1:
        return 0
    if named is None:
        check_units(rule, len(set(labels.units)))
    return named


def _rdm_of_block(vectors: Vectors, row: int, layer: int) -> Array:
    try:
        return cosine_rdm(vectors.values[:, row], vectors.conditions)
    except GeometryError as error:
        raise GeometryError(f"Block {layer}: {error}") from error


def _curves(figures: dict[str, list[Estimate]], vectors: Vectors) -> dict[str, Array]:
    by_layer = np.moveaxis(vectors.values - vectors.values.mean(axis=0), 1, 0)
    curves = {
        "mean_cosine": mean_cosine(vectors.values),
        "participation_ratio": participation_ratio(by_layer @ by_layer.swapaxes(1, 2)),
    }
    for name in ("separation", "reliability"):
        if figures[name]:
            curves[name] = np.array([figure.value for figure in figures[name]])
    intervals = [(figure.low, figure.high) for figure in figures["reliability"]]
    if intervals and not np.isnan(intervals).all():
        curves["reliability_ci_low"], curves["reliability_ci_high"] = np.array(intervals).T
    return curves
