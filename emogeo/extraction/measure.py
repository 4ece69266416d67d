"""The geometry of a run's activations, and what its neutral sentences say of the model's space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.config.states import DenoisingMethod
from emogeo.config.train import TrainConfig
from emogeo.errors import GeometryError
from emogeo.geometry.descriptors import LargestDimensions, anisotropy, largest_dimensions
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.geometry import measure as measure_geometry
from emogeo.geometry.options import GeometryOptions
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.vectors import neutral_components, project_out


@dataclass(frozen=True, eq=False)
class Readings:
    """What was read, with all that its measurement needs."""

    config: TrainConfig
    texts: LabelledTexts
    layers: list[int]
    """Blocks that are finite in every pass."""
    named_layer: int | None
    """The block that the layer selection names."""
    name: str
    passages: NDArray[np.floating]
    """[text, block, d_model]"""
    facts: NDArray[np.floating]
    """[sentence, block, d_model]"""
    neutral: NDArray[np.floating] | None
    """[sentence, block, d_model], for denoising; None where the texts of a condition are used."""

    @property
    def size(self) -> int:
        """Gives the number of bytes of all states."""
        return sum(own.nbytes for own in (self.passages, self.facts, self.neutral) if own is not None)


@dataclass(frozen=True)
class Measures:
    """The measurements of one run."""

    geometry: Geometry
    """The geometry, with curves of anisotropy and of the components that denoising removed."""
    largest: list[LargestDimensions]
    """[layer], of the neutral sentences"""


def measure(own: Readings) -> Measures:
    """Computes all that follows from states at the finite blocks.

    Raises:
        GeometryError: vectors without a direction, or a criterion without its units.
    """
    config, texts, layers = own.config, own.texts, own.layers
    read, removed = partial(_block_of, own.passages, layers), np.zeros(len(layers))
    if config.denoising.method is DenoisingMethod.neutral_pcs:
        states = own.passages[:, layers].astype(np.float64)
        plain = (
            states[[e == config.stimuli.origin for e in texts.emotions]]
            if own.neutral is None
            else own.neutral[:, layers]
        )
        states, removed = _denoise(states, plain.astype(np.float64), config.denoising.share)
        read = partial(_block_of, states, range(len(layers)))
    geometry = measure_geometry(read, texts, layers, options_of(config), own.named_layer, own.name)
    sentences = own.facts[:, layers].astype(np.float64)
    largest = largest_dimensions(sentences)
    geometry.curves.update(_sentence_curves(sentences, largest), removed_components=removed)
    _refuse_nan(geometry.rdm, geometry.features)
    return Measures(geometry, largest)


def _block_of(states: NDArray[np.floating], layers: Sequence[int], row: int) -> Array:
    """Gives the states [text, d_model] at one of some layers, so that only one block is in double precision."""
    return states[:, layers[row]].astype(np.float64)


def options_of(config: TrainConfig) -> GeometryOptions:
    """The options that the run's geometry depends on, beside its states."""
    return GeometryOptions(
        config.layer_selection.rule, config.centring, config.norm, config.seed, config.stimuli.origin
    )


def _denoise(states: Array, neutral: Array, share: float) -> tuple[Array, Array]:
    """Removes neutral components layer by layer; also gives how many were removed."""
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


def _refuse_nan(*arrays: Any) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise GeometryError("The RDM or its states hold NaN although every state was finite: please report this.")
