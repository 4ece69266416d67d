"""Inner products between units and the RDMs made of them, against plain loops."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import Centring, Norm
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.geometry.units import (
    UnitProducts,
    crossvalidated_rdms,
    deletion_weights,
    distinct_units,
    half_gram_deletions,
    half_grams,
    parts_of,
    plain_rdms,
    recentred,
    unit_products,
)
from emogeo.geometry.vectors import centre, condition_means
from tests.planted import CONDITIONS, labels

seeds = st.integers(0, 2**31)


def random_states(seed: int, n_units: int, d: int = 30) -> Array:
    return np.random.default_rng(seed).normal(size=(n_units * len(CONDITIONS), d)) + 0.3


def crossvalidated_by_loops(x: Array) -> Array:
    """x [unit, condition, d] -> [condition, condition], product by product."""
    x = x - x.mean(axis=1, keepdims=True)
    n, c, _ = x.shape
    gram = np.zeros((c, c))
    for i, j in itertools.product(range(c), repeat=2):
        gram[i, j] = np.mean([x[u, i] @ x[v, j] for u in range(n) for v in range(n) if u != v])
    gram = (gram + gram.T) / 2
    clipped = np.maximum(np.diag(gram), 0.01 * np.abs(np.diag(gram)).mean())
    return np.asarray(1 - gram / np.sqrt(np.outer(clipped, clipped)))


@settings(max_examples=15, deadline=None)
@given(seed=seeds, n_units=st.integers(2, 7))
def test_the_crossvalidated_rdm_equals_a_double_loop(seed: int, n_units: int) -> None:
    states = random_states(seed, n_units)
    emotions, units = labels(n_units)
    products = unit_products(states, emotions, units, CONDITIONS, Centring.grand_mean)
    got, _ = crossvalidated_rdms(products.values, np.ones((1, n_units)))
    wanted = crossvalidated_by_loops(states.reshape(n_units, len(CONDITIONS), -1))
    np.testing.assert_allclose(got[0], upper(wanted), atol=1e-10, rtol=1e-10)


@settings(max_examples=10, deadline=None)
@given(seed=seeds, n_units=st.integers(4, 7))
def test_a_deletion_equals_the_products_without_that_unit(seed: int, n_units: int) -> None:
    products = unit_products(random_states(seed, n_units), *labels(n_units), CONDITIONS, Centring.grand_mean).values
    members = np.ones((2, n_units))
    members[1, 0] = 0
    for unit, found in enumerate(half_gram_deletions(products, members)):
        rest = members[members[:, unit] > 0]
        rest[:, unit] = 0
        np.testing.assert_allclose(found, half_grams(products, rest), atol=1e-10)


def test_a_norm_below_the_floor_is_clipped_and_counted() -> None:
    """Two units whose first condition agrees in nothing, and whose second and third agree in direction."""
    x = np.zeros((2, 3, 4))
    x[0, 0, 0], x[1, 0, 1] = 5, 5
    x[:, 1, 2], x[:, 2, 3] = 2, 4
    products = np.einsum("uid,vjd->uvij", x, x)
    found, clips = crossvalidated_rdms(products, np.ones((1, 2)))
    assert clips == 1
    np.testing.assert_allclose(found, [[1, 1, 1]])
    x[0, 0, 2] = 1
    floor = 0.01 * (0 + 4 + 16) / 3
    found, clips = crossvalidated_rdms(np.einsum("uid,vjd->uvij", x, x), np.ones((1, 2)))
    assert found[0, 0] == pytest.approx(1 - (1 * 2 / 2) / np.sqrt(floor * 4))


def test_too_few_units_have_no_crossvalidated_rdm() -> None:
    products = unit_products(random_states(0, 2), *labels(2), CONDITIONS, Centring.grand_mean).values
    with pytest.raises(GeometryError, match="at least two units"):
        crossvalidated_rdms(products, np.array([[1.0, 0.0]]))
    with pytest.raises(GeometryError, match="at least two units"):
        next(half_gram_deletions(products, np.ones((1, 2))))
    with pytest.raises(GeometryError, match="All vectors have length zero"):
        crossvalidated_rdms(np.zeros_like(products), np.ones((1, 2)))


@pytest.mark.parametrize("centring", list(Centring))
def test_the_plain_rdm_equals_that_of_the_vectors(centring: Centring) -> None:
    states = random_states(3, 8)
    emotions, units = labels(8)
    products = unit_products(states, emotions, units, CONDITIONS, centring)
    vectors = centre(condition_means(states[:, None], emotions, CONDITIONS), CONDITIONS, centring)
    got = plain_rdms(products.values, np.full((1, 8), 1 / 8))[0]
    np.testing.assert_allclose(got, upper(cosine_rdm(vectors.values[:, 0], vectors.conditions)), atol=1e-10)
    assert products.conditions == vectors.conditions


def test_weights_of_a_deletion_leave_one_unit_out() -> None:
    np.testing.assert_array_equal(
        deletion_weights(3), [[1 / 3, 1 / 3, 1 / 3], [0, 1 / 2, 1 / 2], [1 / 2, 0, 1 / 2], [1 / 2, 1 / 2, 0]]
    )
    np.testing.assert_array_equal(deletion_weights(1), [[1]])


@pytest.mark.parametrize("norm", list(Norm))
def test_recentred_products_are_those_of_vectors_that_are_scaled_and_centred_again(norm: Norm) -> None:
    """Scaled by the length of the run's own vectors, neutral among them, as written out here."""
    states, few = random_states(4, 5), CONDITIONS[3:9]
    products = unit_products(states, *labels(5), CONDITIONS, Centring.grand_mean)
    x = states.reshape(5, len(CONDITIONS), -1)
    x = (x - x.mean(axis=1, keepdims=True))[:, 3:9]
    if norm is Norm.unit:
        x = x / np.linalg.norm(x.mean(axis=0), axis=-1)[:, None]
    x = x - x.mean(axis=1, keepdims=True)
    found = recentred(products, few, norm)
    assert found.conditions == tuple(few)
    np.testing.assert_allclose(found.values, np.einsum("uid,vjd->uvij", x, x), atol=1e-10)


def test_a_vector_without_length_cannot_be_scaled() -> None:
    products = UnitProducts(("u", "v"), tuple("abcd"), np.zeros((2, 2, 4, 4)))
    with pytest.raises(GeometryError, match="length zero"):
        recentred(products, list("ab"), Norm.unit)


def test_restricting_takes_units_and_conditions_in_the_given_order() -> None:
    values = np.arange(3 * 3 * 4 * 4, dtype=float).reshape(3, 3, 4, 4)
    found = UnitProducts(("u", "v", "w"), tuple("abcd"), values).restricted(["w", "u"], ["d", "b"])
    assert (found.units, found.conditions) == (("w", "u"), ("d", "b"))
    for (i, u), (j, v) in itertools.product(enumerate((2, 0)), repeat=2):
        for (k, c), (m, d) in itertools.product(enumerate((3, 1)), repeat=2):
            assert found.values[i, j, k, m] == values[u, v, c, d]


@pytest.mark.parametrize("conditions", [[], ["b", "b"]])
def test_restricting_wants_each_once(conditions: list[str]) -> None:
    products = UnitProducts(("u",), tuple("ab"), np.zeros((1, 1, 2, 2)))
    with pytest.raises(GeometryError, match="At least one condition is needed, and each only once"):
        products.restricted(["u"], conditions)


def test_states_that_are_not_finite_are_refused() -> None:
    emotions, units = labels(3)
    states = random_states(0, 3)
    states[5, 2] = np.nan
    with pytest.raises(GeometryError, match="NaN or infinity"):
        unit_products(states, emotions, units, CONDITIONS, Centring.grand_mean)


def test_a_unit_without_some_condition_is_named() -> None:
    emotions, units = labels(3)
    with pytest.raises(GeometryError, match="u00 has no text for afraid"):
        unit_products(random_states(0, 3)[1:], emotions[1:], units[1:], CONDITIONS, Centring.grand_mean)


def test_units_with_a_text_in_common_are_one() -> None:
    texts = ["p", "q", "r", "s", "q", "t", "x", "y"]
    merged = distinct_units(texts, ["a", "a", "b", "b", "c", "c", "d", "d"])
    assert merged == ["a+c", "a+c", "b", "b", "a+c", "a+c", "d", "d"]
    assert distinct_units(["p", "p", "q", "q"], ["a", "b", "b", "c"]) == ["a+b+c"] * 4


@given(texts=st.lists(st.tuples(st.sampled_from("pqrstuv"), st.sampled_from("abcdef")), min_size=1, max_size=14))
def test_units_are_one_exactly_where_shared_texts_connect_them(texts: list[tuple[str, str]]) -> None:
    """Against repeated merging of sets."""
    words, units = [word for word, _ in texts], [unit for _, unit in texts]
    groups = [{unit} for unit in set(units)]
    for word in set(words):
        touched = [group for group in groups if group & {u for w, u in texts if w == word}]
        groups = [*(group for group in groups if group not in touched), set().union(*touched)]
    found = distinct_units(words, units)
    for name, unit in zip(found, units, strict=True):
        assert set(parts_of(name)) == next(group for group in groups if unit in group)


def test_ties_make_units_one_without_a_text_in_common() -> None:
    assert distinct_units(["p", "q", "r"], ["a", "b", "c"], [("c", "a")]) == ["a+c", "b", "a+c"]


@pytest.mark.parametrize("crossvalidated", [True, False])
def test_inner_products_of_halves_are_means_over_their_units(crossvalidated: bool) -> None:
    emotions, units = labels(7)
    products = unit_products(random_states(3, 7), emotions, units, CONDITIONS, Centring.grand_mean).values
    members = np.array([[1, 1, 1, 0, 0, 1, 0], [0, 1, 0, 1, 1, 0, 1]], dtype=float)

    def mean(kept: Sequence[int]) -> Array:
        pairs = [(u, v) for u in kept for v in kept if u != v or not crossvalidated]
        own = np.mean([products[u, v] for u, v in pairs], axis=0)
        return np.asarray(((own + own.T) / 2)[np.triu_indices(len(own))])

    held = [list(np.nonzero(row)[0]) for row in members]
    np.testing.assert_allclose(half_grams(products, members, crossvalidated), [mean(h) for h in held], atol=1e-12)
    for unit, found in enumerate(half_gram_deletions(products, members, crossvalidated)):
        wanted = [mean([v for v in h if v != unit]) for h in held if unit in h]
        np.testing.assert_allclose(found, wanted, atol=1e-12)
    with pytest.raises(GeometryError, match="two units" if crossvalidated else "empty"):
        half_grams(products, np.eye(7)[:2] if crossvalidated else np.zeros((2, 7)), crossvalidated)
