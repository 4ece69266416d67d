"""From activations to vectors, a layer, an RDM and descriptors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emogeo.arrays import Array
from emogeo.config.schema import DenoisingMethod
from emogeo.errors import GeometryError
from emogeo.extraction.plan import Cell
from emogeo.extraction.reading import StoredActivations
from emogeo.geometry.criteria import LabelledStates, reliability_by_layer, separation
from emogeo.geometry.descriptors import (
    LargestDimensions,
    anisotropy,
    largest_dimensions,
    mean_cosine,
    participation_ratio,
)
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS
from emogeo.geometry.inference import Estimate
from emogeo.geometry.layers import LayerChoice, choosing_half, named_choice, side_by_side
from emogeo.geometry.options import NEUTRAL, Centring, Selection
from emogeo.geometry.rdm import cosine_rdm, rdm_std, upper
from emogeo.geometry.vectors import (
    Vectors,
    centre,
    neutral_components,
    project_out,
    scale,
    unit_means,
    without_topic_means,
)
from emogeo.stimuli.conditions import CONDITIONS


@dataclass(frozen=True)
class Measures:
    """The geometry of one cell."""

    layers: list[int]
    """Blocks that vectors are given for."""
    vectors: Vectors
    passages: Array
    """[text, feature] at the selected layer, denoised, without topic means if they were removed, else not centred"""
    choice: LayerChoice
    rdm: Array
    """[condition, condition]"""
    rdm_by_layer: Array
    """[layer, pair]"""
    curves: dict[str, Array]
    """By layer: mean_cosine, separation, reliability with its interval, rdm_std, anisotropy with its interval and
    without the largest dimensions, participation ratio, removed components."""
    largest: list[LargestDimensions]
    """[layer], of the neutral sentences"""

    def at_layer(self, curve: str) -> float | None:
        """A curve's value at the selected layer; None where every block is used, or there is no such curve."""
        if self.choice.index is None or curve not in self.curves:
            return None
        return float(self.curves[curve][self.layers.index(self.choice.index)])


def measure(
    cell: Cell,
    layers: list[int],
    passages: StoredActivations,
    facts: StoredActivations,
    neutral: StoredActivations | None,
) -> Measures:
    """Computes all that follows from the activations at `layers`.

    Raises:
        GeometryError: vectors without a direction, or a criterion without its units.
    """
    config, told = cell.config, cell.told
    units = told.unit_digests
    states = passages.states[:, layers].astype(np.float64)
    removed = np.zeros(len(layers))
    if config.denoising.method is DenoisingMethod.neutral_pcs:
        plain = states[[e == NEUTRAL for e in told.emotions]] if neutral is None else neutral.states[:, layers]
        states, removed = _denoise(states, plain.astype(np.float64), config.denoising.share)
    if config.centring is Centring.topic_mean:
        states = without_topic_means(states, told.topics)
    texts = LabelledStates(states, told.emotions, units, CONDITIONS)
    centred = centre(unit_means(states, told.emotions, units, CONDITIONS).mean(axis=0), CONDITIONS, config.centring)
    vectors = scale(centred, config.norm)
    by_layer = [_rdm_of_block(vectors, row, layer) for row, layer in enumerate(layers)]
    sentences = facts.states[:, layers].astype(np.float64)
    largest = largest_dimensions(sentences)
    curves = _curves(cell, texts, vectors) | _sentence_curves(sentences, largest)
    curves["removed_components"] = removed
    curves["rdm_std"] = np.array([rdm_std(rdm) for rdm in by_layer])
    choice = named_choice(config.layer_selection.rule, cell.named_layer, layers) or _chosen(cell, texts, layers, curves)
    if choice.index is None:
        rdm = cosine_rdm(side_by_side(centred.values, centred.values), centred.conditions)
        features = side_by_side(states, centred.values)
    else:
        row = layers.index(choice.index)
        rdm, features = by_layer[row], states[:, row]
    _refuse_nan(rdm, features)
    return Measures(
        layers=layers,
        vectors=vectors,
        passages=features,
        choice=choice,
        rdm=rdm,
        rdm_by_layer=np.stack([upper(r) for r in by_layer]),
        curves=curves,
        largest=largest,
    )


def _rdm_of_block(vectors: Vectors, row: int, layer: int) -> Array:
    try:
        return cosine_rdm(vectors.values[:, row], vectors.conditions)
    except GeometryError as error:
        raise GeometryError(f"Block {layer}: {error}") from error


def _denoise(states: Array, neutral: Array, share: float) -> tuple[Array, Array]:
    """Layer by layer; also how many components went."""
    cleaned, removed = np.empty_like(states), np.zeros(states.shape[1])
    for layer in range(states.shape[1]):
        components = neutral_components(neutral[:, layer], share)
        cleaned[:, layer] = project_out(states[:, layer], components)
        removed[layer] = len(components)
    return cleaned, removed


def _sentence_curves(sentences: Array, largest: Sequence[LargestDimensions]) -> dict[str, Array]:
    """Anisotropy by layer, as it is and without the largest dimensions."""
    found = anisotropy(sentences)
    return {
        "anisotropy": np.array([estimate.value for estimate in found]),
        "anisotropy_ci_low": np.array([estimate.low for estimate in found]),
        "anisotropy_ci_high": np.array([estimate.high for estimate in found]),
        "anisotropy_without_largest": np.array([own.without for own in largest]),
    }


def _curves(cell: Cell, texts: LabelledStates, vectors: Vectors) -> dict[str, Array]:
    by_layer = np.moveaxis(vectors.values - vectors.values.mean(axis=0), 1, 0)
    curves = {
        "mean_cosine": mean_cosine(vectors.values),
        "participation_ratio": participation_ratio(by_layer @ by_layer.swapaxes(1, 2)),
    }
    n_units = len(set(texts.units))
    if n_units >= 2:
        curves["separation"] = separation(texts)
    if n_units >= MIN_UNITS:
        reliabilities = reliability_by_layer(texts, cell.config.centring, cell.config.seed)
        curves["reliability"] = np.array([r.value for r in reliabilities])
        if n_units >= MIN_JACKKNIFE:
            curves["reliability_ci_low"] = np.array([r.low for r in reliabilities])
            curves["reliability_ci_high"] = np.array([r.high for r in reliabilities])
    return curves


def _chosen(cell: Cell, texts: LabelledStates, layers: list[int], curves: dict[str, Array]) -> LayerChoice:
    """The published criterion on all units; the others on one half, and reported on the other."""
    selection = cell.config.layer_selection.name
    if selection is Selection.min_mean_cosine:
        return LayerChoice(layers[int(np.argmin(curves["mean_cosine"]))], "lowest mean pairwise cosine")
    choosing, reporting = choosing_half(texts.units, cell.config.seed)
    figures = _criterion(cell, texts.of_units(choosing))
    best = int(np.argmax([figure.value for figure in figures]))
    held_out = _criterion(cell, replace(texts, states=texts.states[:, [best]]).of_units(reporting))[0]
    return LayerChoice(layers[best], f"highest {selection.value}", held_out, len(choosing))


def _criterion(cell: Cell, texts: LabelledStates) -> list[Estimate]:
    if cell.config.layer_selection.name is Selection.reliability:
        return reliability_by_layer(texts, cell.config.centring, cell.config.seed)
    return [Estimate(float(value), np.nan, np.nan) for value in separation(texts)]


def _refuse_nan(*arrays: Any) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise GeometryError("The RDM or its states hold NaN although every state was finite: please report this.")
