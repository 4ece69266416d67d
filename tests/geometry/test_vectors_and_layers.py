"""Vectors, denoising and layer selection against plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from emogeo.errors import ConfigError, GeometryError, NonFiniteError
from emogeo.geometry.descriptors import mean_cosine
from emogeo.geometry.layers import (
    blocks_up_to,
    check_units,
    choosing_half,
    named_choice,
    resolve_layer,
    side_by_side,
)
from emogeo.geometry.options import Centring, LayerRule, Norm, Selection
from emogeo.geometry.rdm import cosine_rdm
from emogeo.geometry.vectors import (
    Vectors,
    centre,
    condition_means,
    neutral_components,
    project_out,
    scale,
    without_topic_means,
)

Array = NDArray[np.float64]
CONDITIONS = ("angry", "calm", "neutral", "sad")
UNITS = ("t0", "t1", "t2")
EMOTIONS = [emotion for _ in UNITS for emotion in CONDITIONS]
TEXT_UNITS = [unit for unit in UNITS for _ in CONDITIONS]


def random_states(seed: int = 0, d: int = 8) -> Array:
    return np.random.default_rng(seed).normal(size=(len(EMOTIONS), 5, d))


def test_condition_means_equal_a_loop() -> None:
    states = random_states()
    means = condition_means(states, EMOTIONS, CONDITIONS)
    for row, condition in enumerate(CONDITIONS):
        rows = [i for i, emotion in enumerate(EMOTIONS) if emotion == condition]
        np.testing.assert_allclose(means[row], sum(states[i] for i in rows) / len(rows))


def test_centring() -> None:
    means = condition_means(random_states(), EMOTIONS, CONDITIONS)
    assert np.abs(centre(means, CONDITIONS, Centring.grand_mean).values.sum(axis=0)).max() < 1e-12
    np.testing.assert_array_equal(centre(means, CONDITIONS, Centring.none).values, means)
    on_neutral = centre(means, CONDITIONS, Centring.neutral)
    assert on_neutral.conditions == ("angry", "calm", "sad")
    np.testing.assert_allclose(on_neutral.values[2], means[3] - means[2])


def test_unit_norm_leaves_the_rdm_alone() -> None:
    vectors = centre(condition_means(random_states(), EMOTIONS, CONDITIONS), CONDITIONS, Centring.grand_mean)
    unit = scale(vectors, Norm.unit)
    np.testing.assert_allclose(np.linalg.norm(unit.values, axis=-1), 1.0)
    np.testing.assert_allclose(cosine_rdm(unit.values[:, 0], CONDITIONS), cosine_rdm(vectors.values[:, 0], CONDITIONS))
    with pytest.raises(GeometryError, match="angry"):
        scale(Vectors(CONDITIONS, np.zeros((4, 5, 8))), Norm.unit)


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.05, 0.95))
def test_neutral_components_equal_scikit_learn(seed: int, share: float) -> None:
    neutral = np.random.default_rng(seed).normal(size=(12, 30)) * np.linspace(1, 3, 30)
    components = neutral_components(neutral, share)
    pca = PCA().fit(neutral)
    assert len(components) == int(np.searchsorted(np.cumsum(pca.explained_variance_ratio_), share)) + 1
    left = project_out(neutral, components)
    assert np.abs(left @ components.T).max() < 1e-9
    variance = (left - left.mean(0)).var(0).sum() / neutral.var(0).sum()
    assert variance <= 1 - share + 1e-9


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_mean_cosine_equals_a_loop(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(6, 3, 9))
    for layer in range(3):
        unit = [v / np.linalg.norm(v) for v in vectors[:, layer]]
        wanted = np.mean([a @ b for a, b in itertools.combinations(unit, 2)])
        assert mean_cosine(vectors)[layer] == pytest.approx(wanted)


def test_the_published_criterion_says_little_about_geometry() -> None:
    """Grand-mean-centred vectors of equal length have mean cosine -1/(n-1), whatever their directions."""
    values = np.random.default_rng(0).normal(size=(21, 40, 300))
    curve = mean_cosine(values - values.mean(axis=0))
    assert np.abs(curve + 1 / 20).max() < 0.002


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (LayerRule(Selection.index, index=3), 3),
        (LayerRule(Selection.index, index=-1), 11),
        (LayerRule(Selection.depth, depth=0.5), 5),
        (LayerRule(Selection.depth, depth=1.0), 11),
        (LayerRule(Selection.depth, depth=0.01), 0),
        (LayerRule(Selection.min_mean_cosine), None),
    ],
)
def test_named_layers(selection: LayerRule, expected: int | None) -> None:
    assert resolve_layer(selection, n_layers=12, n_blocks=12) == expected


@given(share=st.floats(0.01, 1.0), n_layers=st.integers(1, 80))
def test_equal_shares_of_depth_reach_equal_blocks(share: float, n_layers: int) -> None:
    selection = LayerRule(Selection.depth, depth=share)
    assert (
        resolve_layer(selection, n_layers, n_blocks=blocks_up_to(share, n_layers)) == blocks_up_to(share, n_layers) - 1
    )


def test_layers_that_are_not_there() -> None:
    with pytest.raises(ConfigError, match=r"index=12.*0 to 11"):
        resolve_layer(LayerRule(Selection.index, index=12), 12, 12)
    with pytest.raises(ConfigError, match="max_depth"):
        resolve_layer(LayerRule(Selection.depth, depth=1.0), 12, 6)
    with pytest.raises(NonFiniteError, match="Block 3"):
        named_choice(LayerRule(Selection.index, index=3), 3, [0, 1])


def test_choices_that_need_no_criterion() -> None:
    every = named_choice(LayerRule(Selection.all), None, [0, 1])
    assert every is not None
    assert every.index is None
    given = named_choice(LayerRule(Selection.index, index=1), 1, [0, 1])
    assert given is not None
    assert given.index == 1
    assert named_choice(LayerRule(Selection.reliability), None, [0, 1]) is None


@given(n=st.integers(4, 30), seed=st.integers(0, 1000))
def test_the_half_that_chooses_and_the_other_are_all_units(n: int, seed: int) -> None:
    names = [f"u{i}" for i in range(n)]
    choosing, reporting = choosing_half([*names, *names], seed)
    assert sorted([*choosing, *reporting]) == sorted(names)
    assert len(choosing) == n // 2
    renamed = choosing_half([f"other {name}" for name in names], seed)
    assert [f"other {name}" for name in choosing] == renamed[0], "the order decides, not the names"


def test_a_half_that_is_too_small_is_refused() -> None:
    check_units(LayerRule(Selection.min_mean_cosine), 1)
    check_units(LayerRule(Selection.reliability), 8)
    with pytest.raises(ConfigError, match="needs 8 units and there are 7"):
        check_units(LayerRule(Selection.reliability), 7)
    with pytest.raises(ConfigError, match="needs 4 units and there are 3"):
        check_units(LayerRule(Selection.separation), 3)


def test_topic_means_are_taken_from_texts() -> None:
    states = random_states(5)
    topics = ["a"] * 6 + ["b"] * 6
    got = without_topic_means(states, topics)
    np.testing.assert_allclose(got[:6], states[:6] - states[:6].mean(axis=0))
    np.testing.assert_allclose(got[6:].mean(axis=0), 0, atol=1e-15)


def test_topic_means_change_nothing_in_a_crossed_corpus() -> None:
    states = random_states(6)
    removed = without_topic_means(states, TEXT_UNITS)
    plain, without = (
        centre(condition_means(s, EMOTIONS, CONDITIONS), CONDITIONS, centring).values
        for s, centring in ((states, Centring.grand_mean), (removed, Centring.topic_mean))
    )
    np.testing.assert_allclose(plain, without, atol=1e-12)


def test_side_by_side_gives_every_layer_the_same_weight() -> None:
    vectors = centre(condition_means(random_states(2), EMOTIONS, CONDITIONS), CONDITIONS, Centring.grand_mean).values
    scaled = vectors * np.array([1.0, 10.0, 0.1, 5.0, 2.0])[:, None]
    np.testing.assert_allclose(side_by_side(vectors, vectors), side_by_side(scaled, scaled))
    flat = side_by_side(vectors, vectors).reshape(4, 5, 8)
    np.testing.assert_allclose((flat**2).sum(axis=(0, 2)), 1.0)
