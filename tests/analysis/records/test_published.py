"""The published study's figures fit together, and are found by name."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.analysis.records.published import (
    PUBLISHED_LAYERS,
    decomposition,
    published_bias,
    published_model,
    published_pair,
    published_rho,
    reference,
)


def test_the_published_matrix_is_one_of_agreements() -> None:
    matrix, order = np.array(reference()["rdm_rho"]["matrix"]), reference()["rdm_rho"]["order"]
    assert matrix.shape == (len(order),) * 2 == (12, 12)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == 1).all() and (np.abs(matrix) <= 1).all()
    assert sorted(order) == sorted(model["name"] for model in reference()["models"])


def test_pairs_are_found_in_either_order_and_others_are_not() -> None:
    assert (
        published_pair("gemma-3-1b-it", "gemma-3-1b-pt") == published_pair("gemma-3-1b-pt", "gemma-3-1b-it") == 0.1895
    )
    assert published_pair("qwen2.5-1.5b", "qwen2.5-1.5b-instruct") == 0.9752
    assert published_pair("qwen2.5-1.5b", "another") is published_pair("another", "qwen2.5-1.5b") is None


def test_layers_name_every_pair_of_sets_that_is_published() -> None:
    assert {kind: list(sets) for kind, sets in PUBLISHED_LAYERS.items()} == reference()["decomposition"]["layers"]
    pairs = {sets for own in PUBLISHED_LAYERS.values() for sets in own}
    assert all(pairs <= set(rho) for rho in decomposition().values())


@pytest.mark.parametrize(("model", "bias"), [("mistral-7b-instruct-v0.3", 0.1947), ("llama-3.1-8b-instruct", -0.2017)])
def test_a_bias_is_what_crossing_experiments_adds(model: str, bias: float) -> None:
    assert published_bias(model) == pytest.approx(bias)
    assert published_rho(model, "A-D") == decomposition()[model]["A-D"]


def test_what_was_not_published_is_none() -> None:
    assert published_bias("another") is published_rho("another", "A-D") is published_model("another") is None
    assert published_rho("llama-3.1-8b-instruct", "") is None


def test_models_have_their_descriptors() -> None:
    found = published_model("gemma-3-1b-pt")
    assert found is not None
    assert (found["family"], found["variant"], found["steering_regime"]) == ("gemma-3", "base", "explosive")
