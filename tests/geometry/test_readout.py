"""Projections and their random directions, against plain loops and planted truths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from emogeo.errors import GeometryError
from emogeo.geometry.options import Centring, Directions
from emogeo.geometry.readout import (
    Labelled,
    against,
    centred_conditions,
    origin_of,
    permuted,
    random_directions,
    unit_length,
    weights_of,
)
from emogeo.geometry.vectors import centre, unit_means

CONDITIONS = ("angry", "calm", "happy", "neutral", "sad")
UNITS = tuple(f"u{unit}" for unit in range(6))


def planted(
    seed: int = 0, centring: Centring = Centring.grand_mean, signal: float = 0.0, extra: bool = False
) -> Labelled:
    """States whose conditions lie apart by so much; with `extra`, one cell has a second text."""
    generator = np.random.default_rng(seed)
    emotions = [condition for _ in UNITS for condition in CONDITIONS]
    units = [unit for unit in UNITS for _ in CONDITIONS]
    if extra:
        emotions, units = [*emotions, "calm"], [*units, "u2"]
    means = dict(zip(CONDITIONS, generator.normal(size=(len(CONDITIONS), 12)), strict=True))
    states = np.array([signal * means[emotion] for emotion in emotions]) + generator.normal(size=(len(emotions), 12))
    return Labelled(states + 3.0, emotions, units, CONDITIONS, centring)


@pytest.mark.parametrize("centring", list(Centring))
@pytest.mark.parametrize("extra", [False, True])
def test_weights_make_the_vectors_of_a_run_and_what_was_subtracted(centring: Centring, extra: bool) -> None:
    source = planted(1, centring, extra=extra)
    means = unit_means(source.states[:, None], source.emotions, source.units, CONDITIONS).mean(axis=0)
    wanted = centre(means, CONDITIONS, centring)
    vectors, origin = weights_of(source, source.emotions)
    assert centred_conditions(source) == wanted.conditions
    np.testing.assert_allclose(vectors @ source.states, wanted.values[:, 0], atol=1e-12)
    rows = [CONDITIONS.index(condition) for condition in wanted.conditions]
    np.testing.assert_allclose((means[rows] - wanted.values)[:, 0], np.tile(origin @ source.states, (len(rows), 1)))


def test_the_origin_is_what_centring_subtracts() -> None:
    def mean(source: Labelled, condition: str) -> np.ndarray:
        return np.asarray(source.states[[emotion == condition for emotion in source.emotions]].mean(axis=0))

    source = planted(2)
    grand = np.mean([mean(source, condition) for condition in CONDITIONS], axis=0)
    np.testing.assert_allclose(origin_of(source), grand)
    np.testing.assert_allclose(origin_of(planted(2, Centring.neutral)), mean(source, "neutral"))
    assert not origin_of(planted(2, Centring.none)).any()
    with pytest.raises(GeometryError, match="centring=topic_mean keeps its states"):
        origin_of(planted(2, Centring.topic_mean))


@pytest.mark.parametrize("kind", list(Directions))
def test_directions_are_of_unit_length_and_drawn_by_their_seed(kind: Directions) -> None:
    source = planted(3)
    drawn = random_directions(source, kind, 50, 0)
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 1)
    assert np.array_equal(drawn, random_directions(source, kind, 50, 0))
    assert not np.allclose(drawn, random_directions(source, kind, 50, 1))


def test_relabelled_directions_stay_where_states_differ() -> None:
    source = planted(4)
    flat = Labelled(source.states * ([1.0] * 4 + [0.0] * 8), source.emotions, source.units, CONDITIONS, source.centring)
    drawn = random_directions(flat, Directions.relabelled, 30, 0)
    assert np.abs(drawn[:, 4:]).max() < 1e-12
    assert np.abs(random_directions(flat, Directions.isotropic, 30, 0)[:, 4:]).max() > 0.1


def test_labels_are_permuted_within_groups_alone() -> None:
    generator = np.random.default_rng(0)
    labels, groups = list("abcabd"), list("111222")
    drawn = {"".join(permuted(labels, groups, generator)) for _ in range(300)}
    assert {"".join(sorted(own[:3])) + "".join(sorted(own[3:])) for own in drawn} == {"abcabd"}
    assert len(drawn) == 36


def test_p_and_z_are_those_of_a_loop() -> None:
    generator = np.random.default_rng(5)
    projections, null = generator.normal(size=(4, 3)), generator.normal(size=(4, 40))
    projections[0, 0] = null[0, 7]  # a tie counts
    found = against(projections, null)
    for text in range(4):
        for condition in range(3):
            own = projections[text, condition]
            assert found.p[text, condition] == (1 + sum(value >= own for value in null[text])) / 41
            z = (own - np.mean(null[text])) / np.std(null[text], ddof=1)
            assert found.z[text, condition] == pytest.approx(z)


def test_where_random_projections_are_all_alike_z_is_the_distance_from_them() -> None:
    found = against(np.array([[2.5, -0.5]]), np.full((1, 9), 0.5))
    assert (found.z.tolist(), found.p.tolist()) == ([[2.0, -1.0]], [[0.1, 1.0]])


def test_p_is_uniform_where_labels_say_nothing_and_small_where_they_do() -> None:
    def p_of(signal: float) -> list[float]:
        found = []
        for seed in range(120):
            source = planted(100 + seed, signal=signal)
            vectors, _ = weights_of(source, source.emotions)
            own = unit_length(vectors @ source.states)
            truth = np.random.default_rng(100 + seed).normal(size=(len(CONDITIONS), 12))[0]
            state = (truth if signal else np.random.default_rng(seed).normal(size=12))[None]
            directions = random_directions(source, Directions.relabelled, 99, seed)
            found.append(float(against(state @ own[:1].T, state @ directions.T).p[0, 0]))
        return found

    assert kstest(p_of(0.0), "uniform").pvalue > 0.01
    assert np.mean(np.array(p_of(2.0)) <= 0.05) > 0.7


def test_a_vector_of_length_zero_is_named() -> None:
    with pytest.raises(GeometryError, match="The vector of calm has length zero"):
        unit_length(np.array([[1.0, 0.0], [0.0, 0.0]]), ["angry", "calm"])
