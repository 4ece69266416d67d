"""Vectors and denoising against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import Centring, Norm
from emogeo.geometry.rdm import cosine_rdm
from emogeo.geometry.vectors import (
    Vectors,
    centre,
    condition_means,
    neutral_components,
    project_out,
    scale,
    unit_means,
    without_topic_means,
)

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


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), more=st.integers(0, 9))
def test_unit_means_equal_a_loop_whatever_the_order_and_number_of_texts(seed: int, more: int) -> None:
    generator = np.random.default_rng(seed)
    rows = np.concatenate([generator.permutation(12), generator.integers(0, 12, more)])
    emotions, units = [EMOTIONS[row] for row in rows], [TEXT_UNITS[row] for row in rows]
    states = generator.normal(size=(len(rows), 2, 3))
    found = unit_means(states, emotions, units, CONDITIONS)
    for u, unit in enumerate(dict.fromkeys(units)):
        for c, condition in enumerate(CONDITIONS):
            own = [states[i] for i in range(len(rows)) if (units[i], emotions[i]) == (unit, condition)]
            np.testing.assert_allclose(found[u, c], sum(own) / len(own))


def test_a_unit_without_a_text_of_a_condition_is_named() -> None:
    with pytest.raises(GeometryError, match=r"^Unit t2 has no text for sad\.$"):
        unit_means(random_states()[:-1], EMOTIONS[:-1], TEXT_UNITS[:-1], CONDITIONS)


def test_centring() -> None:
    means = condition_means(random_states(), EMOTIONS, CONDITIONS)
    assert np.abs(centre(means, CONDITIONS, Centring.grand_mean).values.sum(axis=0)).max() < 1e-12
    np.testing.assert_array_equal(centre(means, CONDITIONS, Centring.none).values, means)
    on_neutral = centre(means, CONDITIONS, Centring.neutral)
    assert on_neutral.conditions == ("angry", "calm", "sad")
    np.testing.assert_allclose(on_neutral.values[2], means[3] - means[2])


def test_centring_on_neutral_needs_it() -> None:
    with pytest.raises(GeometryError) as error:
        centre(np.ones((2, 1, 3)), ("angry", "sad"), Centring.neutral)
    assert str(error.value) == (
        "centring=neutral subtracts the condition 'neutral', and there is none among angry, sad."
    )


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


@pytest.mark.parametrize("n_texts", [1, 3, 10])
def test_texts_that_are_all_alike_have_no_components(n_texts: int) -> None:
    """A direction of what is left by rounding would be as good as random."""
    with pytest.raises(GeometryError, match=f"^The {n_texts} neutral texts do not differ"):
        neutral_components(np.tile([0.1, 0.3, -7.7], (n_texts, 1)), 0.5)


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


@pytest.mark.parametrize(
    ("emotions", "conditions", "said"),
    [
        (["a", "b", "a"], ["a", "b"], "3 labels for the states of 4 texts"),
        (["a", "b", "a", "b"], ["a", "b", "c"], "no text"),
        (["a", "b", "a", "b"], ["a", "a"], "stands twice"),
    ],
)
def test_labels_that_do_not_fit_are_named(emotions: list[str], conditions: list[str], said: str) -> None:
    states = np.zeros((4, 1, 2))
    with pytest.raises(GeometryError, match=said):
        condition_means(states, emotions, conditions)
    with pytest.raises(GeometryError, match=said):
        unit_means(states, emotions, ["u"] * len(emotions), conditions)


def test_unknown_labels_and_another_number_of_units_are_named() -> None:
    states = np.zeros((4, 1, 2))
    with pytest.raises(GeometryError, match="Unknown label c; the conditions are a, b"):
        unit_means(states, ["a", "b", "a", "c"], ["u"] * 4, ["a", "b"])
    with pytest.raises(GeometryError, match="Unknown label c, d, e, f, g, h; the conditions are a, b"):
        unit_means(np.zeros((8, 1, 2)), list("abhfdgec"), ["u"] * 8, ["a", "b"])
    with pytest.raises(GeometryError, match="3 units for the states of 4 texts"):
        unit_means(states, ["a", "b", "a", "b"], ["u"] * 3, ["a", "b"])


@pytest.mark.parametrize("shuffled", [False, True])
def test_means_of_texts_that_are_alone_in_their_cells_are_their_states(shuffled: bool) -> None:
    generator = np.random.default_rng(5)
    cells = [(unit, condition) for unit in ("u", "v", "w") for condition in CONDITIONS]
    states = generator.normal(size=(len(cells), 2, 3)).astype(np.float32)
    order = generator.permutation(len(cells)) if shuffled else np.arange(len(cells))
    units, emotions = [cells[row][0] for row in order], [cells[row][1] for row in order]
    found = unit_means(states[order], emotions, units, CONDITIONS)
    assert found.dtype == np.float64
    for row, unit in enumerate(dict.fromkeys(units)):
        for column, condition in enumerate(CONDITIONS):
            np.testing.assert_array_equal(found[row, column], states[cells.index((unit, condition))])
