"""RDMs from products of texts that share no word: plain loops, and planted words without any emotion."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.apart import ApartHalves
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare, reliability
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.relations import relations
from emogeo.geometry.units import CLIP, unit_products
from tests.bench.words_apart import World, drawn

N_UNITS, N_CONDITIONS = 8, 5


@pytest.fixture
def run() -> Halves:
    conditions = [f"c{i}" for i in range(N_CONDITIONS)]
    labels = [(f"u{unit}", condition) for unit in range(N_UNITS) for condition in conditions]
    states = np.random.default_rng(0).normal(size=(len(labels), 9))
    units, emotions = [u for u, _ in labels], [c for _, c in labels]
    return Halves(unit_products(states, emotions, units, conditions, Centring.grand_mean), 0)


def some_apart(share: float) -> np.ndarray:
    drawn = np.random.default_rng(1).random((N_UNITS, N_UNITS, N_CONDITIONS, N_CONDITIONS)) < share
    return np.asarray((drawn & drawn.transpose(1, 0, 3, 2)).astype(float))


def test_where_all_products_count_it_is_the_usual_run(run: Halves) -> None:
    all_apart = ApartHalves(run.products, run.seed, np.ones_like(run.products.values))
    assert all_apart.ranks == pytest.approx(run.ranks)
    assert all_apart.jackknife() == pytest.approx(run.jackknife())
    assert all_apart.clipped == run.clipped


def by_loop(values: np.ndarray, apart: np.ndarray, members: list[int]) -> np.ndarray:
    """Ranks of a half RDM from residuals of a two-way fit, each by least squares over the products that count."""
    gram = np.zeros((N_CONDITIONS, N_CONDITIONS))
    numbers = np.zeros_like(gram)
    for u, v in product(members, members):
        if u == v:
            continue
        cells = list(zip(*np.nonzero(apart[u, v]), strict=True))
        design = np.zeros((len(cells), 2 * N_CONDITIONS))
        for row, (i, j) in enumerate(cells):
            design[row, i] = design[row, N_CONDITIONS + j] = 1
        own = np.array([values[u, v, i, j] for i, j in cells])
        rest = own - design @ np.linalg.lstsq(design, own, rcond=None)[0]
        for (i, j), value in zip(cells, rest, strict=True):
            gram[i, j] += value / 2
            gram[j, i] += value / 2
            numbers[i, j] += 0.5
            numbers[j, i] += 0.5
    gram /= numbers
    gram = gram - gram.mean(axis=0) - gram.mean(axis=1)[:, None] + gram.mean()
    diagonal = np.maximum(np.diag(gram), CLIP * np.abs(np.diag(gram)).mean())
    rows, columns = np.triu_indices(N_CONDITIONS, 1)
    return standard_ranks(1 - gram[rows, columns] / np.sqrt(diagonal[rows] * diagonal[columns]))


def test_ranks_and_deletions_by_a_plain_loop(run: Halves) -> None:
    apart = some_apart(0.95)
    found = ApartHalves(run.products, run.seed, apart)
    for split, half in [(0, 0), (3, 1)]:
        members = np.flatnonzero(run.members[split, half]).tolist()
        assert found.ranks[split, half] == pytest.approx(by_loop(run.products.values, apart, members), abs=1e-6)
        left = [unit for unit in members if unit != members[1]]
        expected = by_loop(run.products.values, apart, left)
        assert found.jackknife()[members[1], split, half] == pytest.approx(expected, abs=1e-6)
        other = next(unit for unit in range(N_UNITS) if unit not in members)
        assert np.array_equal(found.jackknife()[other, split, half], found.ranks[split, half])


def test_relations_take_the_same_deletions(run: Halves) -> None:
    """Against each unit's jackknifed halves, compared one by one."""
    apart = some_apart(0.95)
    found = ApartHalves(run.products, run.seed, apart)
    (deleted,) = relations([found, found]).deleted
    for unit in range(N_UNITS):
        halves = found.jackknife()[unit]
        expected = np.mean([split[0] @ split[1] for split in halves])
        assert deleted[unit, 0, 1] == pytest.approx(expected, abs=1e-12)
    assert not np.allclose(found.deletions[:], run.deletions[:])


def test_splits_that_lack_products_are_left_out_and_too_few_refused(run: Halves) -> None:
    apart = some_apart(1.0)
    apart[np.ix_([0, 1, 2], [0, 1, 2], [3], [3])] = 0
    left = ApartHalves(run.products, run.seed, apart)
    lacking = [
        any({0, 1, 2} <= set(np.flatnonzero(half)) for half in split)
        for split in run.members  # without its fourth unit such a half has no product
    ]
    assert 0 < sum(lacking) < 50
    assert np.array_equal(left.members, run.members[~np.array(lacking)])
    assert left.ranks.shape[0] == left.jackknife().shape[1] == len(left.members)
    apart = apart.copy()
    apart[:, :, 3, 3] = 0
    none = ApartHalves(run.products, run.seed, apart)
    for _ in range(2):
        with pytest.raises(GeometryError, match="in 100 of 100 splits some half has no two texts without a common"):
            _ = none.ranks


def test_words_alone_agree_on_drawn_and_on_chosen_halves_and_not_apart() -> None:
    runs, words, _ = drawn(World(emotion=0.0, families=2, returns=0.5), 0)
    assert compare(*runs).rho_star is not None
    apart = [ApartHalves(own.products, own.seed, words.apart(0)) for own in runs]
    assert runs[0].reliability - apart[0].reliability > 0.3
    assert compare(*apart).rho_star is None


def test_emotions_agree_apart_as_they_were_planted() -> None:
    runs, words, truth = drawn(World(emotion=0.25, returns=0.2, mix=0.8), 1)
    apart = [ApartHalves(own.products, own.seed, words.apart(0)) for own in runs]
    found = compare(*apart).rho_star
    assert found is not None and found.low - 0.05 < truth < found.high + 0.05
    assert reliability(apart[0]).value > 0.5
