"""Baselines and partial correlations against pandas, scipy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr, rankdata
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression

from emogeo.errors import GeometryError
from emogeo.geometry.controls import bag_of_words, norm_distances, partial_rho
from emogeo.geometry.halves import Halves
from emogeo.geometry.units import plain_rdms
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.norms import load_norms
from tests.planted import Planted, codes, halves, run_of


def test_a_bag_of_words_equals_scikit_learn() -> None:
    texts = load_corpus(topics=6).texts
    vectorizer = CountVectorizer(token_pattern=r"[^\W\d_]+(?:'[^\W\d_]+)*")
    np.testing.assert_array_equal(bag_of_words(texts), vectorizer.fit_transform(texts).toarray())


def test_norms_are_the_published_ones() -> None:
    norms = load_norms()
    assert set(CONDITIONS) - set(norms) == {"exasperated"}
    assert norms["happy"] == (8.47, 6.05, 7.21)
    rated = [c for c in CONDITIONS if c in norms]
    values = np.array([norms[c] for c in rated])
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    distances = norm_distances(norms, rated)
    assert len(distances) == 190
    assert distances[0] == pytest.approx(np.linalg.norm(scaled[0] - scaled[1]))
    assert distances[-1] == pytest.approx(np.linalg.norm(scaled[-2] - scaled[-1]))


def plain_ranks(run: Halves) -> np.ndarray:
    weights = np.full((1, run.n_units), 1 / run.n_units)
    return rankdata(plain_rdms(run.products.values, weights)[0])


def test_partial_rho_is_the_correlation_of_residuals_of_ranks() -> None:
    a, b = halves(Planted(n_units=8, signal=0.3, mix=0.5), seed=2)
    given = [run_of(codes(0.5)[0], 0.3, np.random.default_rng(seed), 8) for seed in (5, 6)]
    controls = np.stack([plain_ranks(g) for g in given], axis=1)
    rests = [plain_ranks(run) - LinearRegression().fit(controls, plain_ranks(run)).predict(controls) for run in (a, b)]
    got = partial_rho(a, b, given)
    assert got.value == pytest.approx(pearsonr(*rests).statistic, abs=1e-10)
    assert got.low < got.value < got.high


def test_what_is_given_is_gone() -> None:
    """Two runs that share nothing but a third's geometry: a high rho, and none when it is given."""
    common, _ = codes(1.0)
    generator = np.random.default_rng(3)
    a, b, c = (run_of(common, 0.5, generator, 24) for _ in range(3))
    assert float(a.whole[0] @ b.whole[0]) > 0.9
    assert partial_rho(a, b, [c]).value < 0.5
    with pytest.raises(GeometryError, match="explains"):
        partial_rho(a, b, [a])
