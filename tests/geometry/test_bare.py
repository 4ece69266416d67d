from __future__ import annotations

import numpy as np
import pytest

from emogeo.arrays import Array
from emogeo.errors import ConfigError, GeometryError
from emogeo.geometry.bare import bare_of_rdms, bare_of_vectors, check_rule, named_among
from emogeo.geometry.options import Centring, GeometryOptions, LayerRule, Norm, Selection

NAMES = ["joy", "anger", "fear", "calm", "awe"]
LAYERS = [3, 7]
VALUES = np.random.default_rng(0).normal(size=(2, 5, 8)) + 3.0


def read(row: int) -> Array:
    return np.asarray(VALUES[row])


def options(selection: Selection, **other: object) -> GeometryOptions:
    index = 7 if selection is Selection.index else None
    return GeometryOptions(LayerRule(selection, index=index), **other)  # type: ignore[arg-type]


def plain_rdm(values: Array, centred: bool = True) -> Array:
    """The RDM by a plain loop, in alphabetical order."""
    order = sorted(range(5), key=lambda row: NAMES[row])
    own = values - values.mean(axis=0) if centred else values
    rdm = np.zeros((5, 5))
    for i, a in enumerate(order):
        for j, b in enumerate(order):
            cosine = own[a] @ own[b] / np.linalg.norm(own[a]) / np.linalg.norm(own[b])
            rdm[i, j] = 0.0 if a == b else 1 - cosine
    return rdm


def test_vectors_give_the_rdm_of_a_plain_loop() -> None:
    found = bare_of_vectors(read, NAMES, LAYERS, options(Selection.index), 7)
    assert found.conditions == ("anger", "awe", "calm", "fear", "joy")
    np.testing.assert_allclose(found.rdm, plain_rdm(VALUES[1]), atol=1e-12)
    np.testing.assert_allclose(found.rdm_by_layer[0], plain_rdm(VALUES[0])[np.triu_indices(5, k=1)], atol=1e-12)
    assert (found.choice.index, found.choice.criterion) == (7, "given")


def test_vectors_are_taken_as_they_are_where_nothing_is_subtracted() -> None:
    found = bare_of_vectors(read, NAMES, LAYERS, options(Selection.index, centring=Centring.none), 7)
    np.testing.assert_allclose(found.rdm, plain_rdm(VALUES[1], centred=False), atol=1e-12)
    unit = bare_of_vectors(read, NAMES, LAYERS, options(Selection.index, norm=Norm.unit), 7)
    assert unit.vectors is not None
    np.testing.assert_allclose(np.linalg.norm(unit.vectors, axis=-1), 1.0)


def test_a_criterion_of_the_vectors_themselves_chooses_and_every_block_can_be_used() -> None:
    found = bare_of_vectors(read, NAMES, LAYERS, options(Selection.min_mean_cosine), None)
    assert found.choice.index == LAYERS[int(np.argmin(found.curves["mean_cosine"]))]
    every = bare_of_vectors(read, NAMES, LAYERS, options(Selection.all), None)
    assert every.choice.index is None
    assert 0 < every.rdm[0, 1] < 2


def test_what_needs_texts_is_refused_with_what_to_type() -> None:
    with pytest.raises(ConfigError, match=r"have none.*layer_selection.index=7, or layer_selection=min_mean"):
        bare_of_vectors(read, NAMES, LAYERS, options(Selection.reliability), None)
    with pytest.raises(ConfigError, match="type grand_mean"):
        bare_of_vectors(read, NAMES, LAYERS, options(Selection.index, centring=Centring.topic_mean), 7)
    check_rule(LayerRule(Selection.reliability), [3], "vectors")


def test_too_few_conditions_and_vectors_without_a_direction_are_refused() -> None:
    with pytest.raises(GeometryError, match="3 conditions; an RDM needs at least 4"):
        bare_of_vectors(lambda row: VALUES[row, :3], NAMES[:3], LAYERS, options(Selection.index), 7)
    zero = VALUES.copy()
    zero[1, 0] = 0
    with pytest.raises(GeometryError, match="Block 7"):
        bare_of_vectors(lambda row: zero[row], NAMES, LAYERS, options(Selection.index, centring=Centring.none), 7)


def test_rdms_are_taken_as_they_are_in_alphabetical_order() -> None:
    rdm = np.random.default_rng(1).random((5, 5))
    rdm = rdm + rdm.T - 2 * np.diag(np.diag(rdm))
    found = bare_of_rdms([rdm], NAMES, [], None)
    assert found.rdm[0, 4] == rdm[1, 0]  # anger and joy
    assert found.choice.index is None
    with pytest.raises(ConfigError, match=r"blocks 3, 7: type layer_selection=index"):
        bare_of_rdms([rdm, rdm], NAMES, LAYERS, None)
    assert bare_of_rdms([rdm, rdm / 2], NAMES, LAYERS, 7).rdm[0, 4] == rdm[1, 0] / 2


@pytest.mark.parametrize(
    ("rule", "n_layers", "block"),
    [
        (LayerRule(Selection.index, index=7), None, 7),
        (LayerRule(Selection.index, index=-1), 8, 7),
        (LayerRule(Selection.middle), 8, 3),
        (LayerRule(Selection.middle), 12, 7),
        (LayerRule(Selection.depth, depth=0.9), 8, 7),
        (LayerRule(Selection.reliability), 8, None),
        (LayerRule(Selection.all), 8, None),
    ],
)
def test_a_rule_names_a_block_among_those_that_there_are(
    rule: LayerRule, n_layers: int | None, block: int | None
) -> None:
    assert named_among(rule, LAYERS, n_layers) == block


def test_a_block_that_is_not_there_and_a_depth_that_nobody_knows_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"index=5: the file has block 3, 7"):
        named_among(LayerRule(Selection.index, index=5), LAYERS, 8)
    with pytest.raises(ConfigError, match=r"type imported.n_layers=N"):
        named_among(LayerRule(Selection.middle), LAYERS, None)
    assert named_among(LayerRule(Selection.reliability), [4], None) == 4
