"""Regions of uncertainty and shifts, against plain loops and planted worlds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import squareform
from scipy.stats import f as fisher

from emogeo.errors import GeometryError
from emogeo.geometry.options import Axes
from emogeo.geometry.procrustes import normalised, procrustes
from emogeo.geometry.rdm import cosine_rdm
from emogeo.geometry.regions import (
    Regions,
    hotelling_bound,
    map_of,
    regions_of,
    shifts,
    square,
    squared_distances,
    without_each,
)
from emogeo.geometry.scaling import planes
from emogeo.geometry.units import crossvalidated_rdms
from tests.bench.map_regions import CONDITIONS, World, code, designs, main, measure, products, promises

WORLD = World((1.0, 0.7, 0.3, 0.3, 0.3, 0.3), 12, 0.5)
N = len(CONDITIONS)


def run(seed: int = 0, world: World = WORLD) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return products(world, code(world, np.random.default_rng(9)), generator)


def test_replicates_are_rdms_without_a_unit() -> None:
    own = run()
    rdms = without_each(own)
    for unit in range(12):
        left = [other for other in range(12) if other != unit]
        alone = crossvalidated_rdms(own[np.ix_(left, left)], np.ones((1, 11)))[0][0]
        assert rdms[1 + unit] == pytest.approx(alone)
    assert square(rdms[0], N) == pytest.approx(squareform(rdms[0], checks=False))


def test_covariances_are_those_of_a_loop() -> None:
    own = run()
    found, rdms = regions_of(own), without_each(own)
    whole, replicates = normalised(planes(2 * square(rdms[0], N))[0]), []
    for rdm in rdms[1:]:
        points = normalised(planes(2 * square(rdm, N))[0])
        replicates.append(procrustes(whole, points)(points))
    for condition in range(N):
        places = np.array([own[condition] for own in replicates])
        wanted = np.cov(places.T, bias=True) * 11
        assert found.covariances[condition] == pytest.approx(wanted)
    assert found.points == pytest.approx(whole) and found.n_units == 12
    assert found.share == pytest.approx(planes(2 * square(rdms[0], N))[1]), "of the whole, not of what lacks a unit"


def test_axes_of_vectors_are_their_principal_axes() -> None:
    vectors = np.random.default_rng(1).normal(size=(7, 5)) * np.arange(1, 8)[:, None]
    found = map_of(squared_distances(vectors @ vectors.T))
    centred = vectors - vectors.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    assert np.abs(found.points) == pytest.approx(np.abs(normalised(left[:, :2] * singular[:2])))
    assert found.share == pytest.approx((singular[:2] ** 2).sum() / (singular**2).sum())


def test_regions_of_vectors_are_of_products_of_different_units() -> None:
    own = run()
    found = regions_of(own, Axes.vectors)
    gram = np.mean([own[u, v] for u in range(12) for v in range(12) if u != v], axis=0)
    gram = (gram + gram.T) / 2
    squared = np.array([[gram[i, i] + gram[j, j] - 2 * gram[i, j] for j in range(N)] for i in range(N)])
    assert found.points == pytest.approx(normalised(planes(squared)[0]))
    assert found.n_units == 12 and found.replicates.mean(axis=0) == pytest.approx(found.points)


def test_ellipses_have_the_bound_on_their_edge() -> None:
    found = regions_of(run())
    for covariance, (along, across, angle) in zip(found.covariances, found.ellipses(), strict=True):
        assert along >= across > 0 and -90 <= angle <= 90
        for half, turned in ((along, angle), (across, angle + 90)):
            end = half * np.array([np.cos(np.radians(turned)), np.sin(np.radians(turned))])
            assert end @ np.linalg.solve(covariance, end) == pytest.approx(hotelling_bound(11, 0.95))


def test_the_bound_is_hotellings() -> None:
    generator = np.random.default_rng(0)
    samples = generator.normal(size=(4000, 8, 2))
    means, n = samples.mean(axis=1), 8
    covariances = np.einsum("sia,sib->sab", samples - means[:, None], samples - means[:, None]) / (n - 1) / n
    squared = np.einsum("sa,sa->s", means, np.linalg.solve(covariances, means[..., None])[..., 0])
    assert (squared <= hotelling_bound(n - 1, 0.95)).mean() == pytest.approx(0.95, abs=0.012)


def test_turning_turns_regions_along() -> None:
    found = regions_of(run())
    turned = found.moved(procrustes(found.points @ np.array([[0.0, 1.0], [-1.0, 0.0]]), found.points))
    assert turned.ellipses()[:, :2] == pytest.approx(found.ellipses()[:, :2])
    assert (turned.ellipses()[:, 2] - found.ellipses()[:, 2]) % 180 == pytest.approx(np.full(N, 90))


def test_shifts_are_hotellings_test() -> None:
    a, b = regions_of(run(0)), regions_of(run(1))
    b = b.moved(procrustes(a.points, b.points))
    found, joint = shifts(a, b, same_units=False), shifts(a, b, same_units=True)
    for number in range(N):
        away, both = b.points[number] - a.points[number], a.covariances[number] + b.covariances[number]
        squared = away @ np.linalg.inv(both) @ away
        assert found.p[number] == pytest.approx(fisher.sf(squared * 10 / 22, 2, 10))
        assert found.noise[number] == pytest.approx(np.sqrt(both[0, 0] + both[1, 1]))
        assert found.lengths[number] == joint.lengths[number] == pytest.approx(np.linalg.norm(away))


def test_a_condition_that_moved_is_found() -> None:
    world = World(WORLD.strengths, 24, 0.5)
    own = code(world, np.random.default_rng(9))
    other = own.copy()
    other[0] = -own[0]
    generator = np.random.default_rng(1)
    a, b = (regions_of(products(world, each, generator)) for each in (own, other))
    found = shifts(a, b.moved(procrustes(a.points, b.points)), same_units=False)
    assert found.lengths.argmax() == 0 and found.p[0] < 0.01


def test_regions_cover_planted_places_and_nothing_moves_where_nothing_did() -> None:
    row = measure(World(WORLD.strengths, 24, 0.5), 30)
    assert 0.92 <= row.covers <= 0.99
    assert row.covers_plain < row.covers - 0.05
    assert max(row.moved, row.moved_shared) <= 0.07
    assert len(designs()) == 18


def test_the_bench_says_what_holds(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--file", f"{tmp_path}/none.jsonl"]) == 1
    assert "nothing computed" in capsys.readouterr().out
    assert promises([]) == []
    assert [holds for _, holds in promises([measure(WORLD, 2)])][-1]


def test_without_texts_there_is_a_map_and_no_region() -> None:
    found = map_of(2 * cosine_rdm(code(WORLD, np.random.default_rng(9)), CONDITIONS))
    assert found.n_units == 0 and 0 < found.share < 1
    with pytest.raises(GeometryError, match="no regions"):
        found.ellipses()
    with pytest.raises(GeometryError, match="need 6"):
        regions_of(run()[:5, :5])
    with pytest.raises(GeometryError, match="same conditions"):
        shifts(regions_of(run()), Regions(found.points[:4], 1.0), same_units=False)
