"""A run's geometry from planted activations: which blocks, what is removed, what the sentences say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emogeo.config.states import DenoisingConfig, DenoisingMethod, LayerSelectionConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import GeometryError
from emogeo.extraction.measure import Measures, Readings, measure, options_of
from emogeo.geometry.descriptors import anisotropy, largest_dimensions
from emogeo.geometry.options import Centring, GeometryOptions, LayerRule, Norm, Selection
from emogeo.geometry.rdm import cosine_rdm
from emogeo.geometry.states import LabelledTexts
from tests.extraction.planted_passes import random_states, stored
from tests.planted import CONDITIONS, labels
from tests.planted_records import usual_config

EMOTIONS, UNITS = labels(6)
N, LAYERS, WIDTH = len(EMOTIONS), [0, 2, 3], 6
STATES, FACTS = random_states(N), random_states(30, seed=1)


def read(config: TrainConfig, states: Any = STATES, neutral: Any = None, named: int | None = None) -> Readings:
    texts = LabelledTexts(tuple(EMOTIONS), tuple(UNITS), tuple(UNITS), tuple(map(str, range(N))))
    passages, facts = stored(states).states, stored(FACTS).states
    return Readings(
        config, texts, LAYERS, named, "mine", passages, facts, None if neutral is None else stored(neutral).states
    )


def measured(states: Any = STATES, neutral: Any = None, **changes: Any) -> Measures:
    usual = {"layer_selection": LayerSelectionConfig(Selection.all)}
    config = replace(usual_config(), **{**usual, **changes})
    return measure(read(config, states, neutral))


def rdm_of(states: Any) -> Any:
    means = np.stack([states[[emotion == own for own in EMOTIONS]].mean(axis=0) for emotion in CONDITIONS])
    return cosine_rdm(means - means.mean(axis=0), CONDITIONS)


def test_only_the_finite_blocks_are_measured_under_their_own_numbers() -> None:
    config = replace(usual_config(), layer_selection=LayerSelectionConfig(Selection.index, index=2))
    found = measure(read(config, named=2)).geometry
    assert (found.layers, found.layer, found.name) == (LAYERS, 2, "mine")
    np.testing.assert_allclose(found.rdm, rdm_of(STATES[:, 2].astype(np.float32).astype(float)), atol=1e-9)
    assert {len(curve) for curve in found.curves.values()} == {3}


def test_what_the_sentences_say_is_said_of_every_block() -> None:
    found, sentences = measured(), FACTS[:, LAYERS].astype(np.float32).astype(float)
    wanted = anisotropy(sentences)
    for name, part in (("anisotropy", "value"), ("anisotropy_ci_low", "low"), ("anisotropy_ci_high", "high")):
        np.testing.assert_array_equal(found.geometry.curves[name], [getattr(own, part) for own in wanted])
    largest = largest_dimensions(sentences)
    assert found.largest == largest
    np.testing.assert_array_equal(found.geometry.curves["anisotropy_without_largest"], [own.without for own in largest])
    np.testing.assert_array_equal(found.geometry.curves["removed_components"], [0, 0, 0])


def planted_nuisance() -> tuple[Any, Any]:
    """A direction that emotions differ along by chance, and neutral texts that differ along nothing else."""
    direction = np.zeros(WIDTH)
    direction[1] = 1
    lengths = np.random.default_rng(2).normal(size=(N, 1, 1))
    neutral = np.random.default_rng(3).normal(size=(40, 1, 1)) * direction + np.zeros((40, 4, WIDTH))
    return STATES + 50 * lengths * direction, neutral + 1e-3 * random_states(40, seed=4)


DENOISING = DenoisingConfig(DenoisingMethod.neutral_pcs, share=0.5)


def test_what_neutral_texts_vary_along_is_removed() -> None:
    states, neutral = planted_nuisance()
    plain, clean = STATES[:, 2].copy(), measured(states, neutral, denoising=DENOISING, layer_selection=first_only())
    plain[:, 1] = 0
    np.testing.assert_array_equal(clean.geometry.curves["removed_components"], [1, 1, 1])
    found = clean.geometry.vectors[:, 1]
    means = np.stack([plain[[emotion == own for own in EMOTIONS]].mean(axis=0) for emotion in CONDITIONS])
    np.testing.assert_allclose(found, means - means.mean(axis=0), atol=0.05)
    dirty = measured(states, layer_selection=first_only()).geometry.vectors[:, 1]
    assert np.abs(dirty[:, 1]).max() > 5


def first_only() -> LayerSelectionConfig:
    return LayerSelectionConfig(Selection.min_mean_cosine)


def test_without_neutral_sentences_the_runs_own_neutral_texts_are_taken() -> None:
    states = STATES.copy()
    neutral = [row for row, emotion in enumerate(EMOTIONS) if emotion == "neutral"]
    found, given = measured(states, denoising=DENOISING), measured(states, states[neutral], denoising=DENOISING)
    np.testing.assert_array_equal(found.geometry.rdm, given.geometry.rdm)
    states[neutral] = 0.25
    with pytest.raises(GeometryError, match="The 6 neutral texts do not differ"):
        measured(states, denoising=DENOISING)


def test_options_are_those_of_the_configuration() -> None:
    config = replace(
        usual_config(),
        layer_selection=LayerSelectionConfig(Selection.depth, depth=0.5),
        centring=Centring.neutral,
        norm=Norm.unit,
        seed=9,
    )
    rule = LayerRule(Selection.depth, depth=0.5)
    assert options_of(config) == GeometryOptions(rule, Centring.neutral, Norm.unit, 9)
