"""Which layer is read: named, or chosen by a criterion on one half of the units."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.arrays import Array
from emogeo.errors import ConfigError, NonFiniteError
from emogeo.geometry.criteria import products_by_layer, reliability_by_layer, separation
from emogeo.geometry.layers import (
    Chooser,
    blocks_up_to,
    check_units,
    choose_layer,
    choosing_half,
    named_choice,
    on_choosing_half,
    resolve_layer,
    side_by_side,
)
from emogeo.geometry.options import Centring, LayerRule, Selection
from emogeo.geometry.states import BlockStates, LabelledStates
from tests.planted import labels

N_UNITS, LAYERS = 16, [2, 5, 7]
EMOTIONS, UNITS = labels(N_UNITS)
NAMES = tuple(dict.fromkeys(EMOTIONS))


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


@pytest.mark.parametrize(("n_layers", "block"), [(1, 0), (2, 1), (29, 14), (30, 15)])
def test_the_middle_is_the_upper_of_two(n_layers: int, block: int) -> None:
    assert resolve_layer(LayerRule(Selection.middle), n_layers, n_layers) == block


@pytest.mark.parametrize(("share", "blocks"), [(0.001, 1), (0.5, 3), (0.6, 3), (0.7, 4), (1.0, 5)])
def test_a_share_of_five_blocks_is_rounded_half_up(share: float, blocks: int) -> None:
    assert blocks_up_to(share, 5) == blocks


@given(share=st.floats(0.01, 1.0), n_layers=st.integers(1, 80))
def test_equal_shares_of_depth_reach_equal_blocks(share: float, n_layers: int) -> None:
    selection = LayerRule(Selection.depth, depth=share)
    assert (
        resolve_layer(selection, n_layers, n_blocks=blocks_up_to(share, n_layers)) == blocks_up_to(share, n_layers) - 1
    )


def test_layers_that_are_not_there() -> None:
    with pytest.raises(ConfigError, match="no layer 12: .* 0 to 11"):
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


def told_in(layer: int) -> LabelledStates:
    """Three layers of noise, of which one tells the conditions apart."""
    generator = np.random.default_rng(layer)
    codes = generator.normal(size=(len(NAMES), 12))
    states = generator.normal(size=(len(EMOTIONS), 3, 12))
    states[:, layer] += codes[[NAMES.index(emotion) for emotion in EMOTIONS]]
    return LabelledStates(states, EMOTIONS, UNITS, NAMES)


def by_block(texts: LabelledStates) -> BlockStates:
    return BlockStates(lambda row: texts.states[:, row], texts.states.shape[1], EMOTIONS, UNITS, NAMES)


@pytest.mark.parametrize("selection", [Selection.reliability, Selection.separation])
@pytest.mark.parametrize("planted", [0, 1, 2])
def test_the_layer_that_tells_conditions_apart_is_chosen_and_reported_on_the_other_half(
    selection: Selection, planted: int
) -> None:
    texts = told_in(planted)
    chooser = Chooser(LayerRule(selection), Centring.grand_mean, seed=3)
    figures = on_choosing_half(chooser, list(products_by_layer(texts, Centring.grand_mean)))
    choosing = texts.of_units(choosing_half(UNITS, 3)[0])
    whole = {Selection.reliability: [own.value for own in reliability_by_layer(choosing, Centring.grand_mean, 3)]}
    by_loop = whole.get(selection, separation(choosing))
    np.testing.assert_allclose([own.value for own in figures], by_loop, rtol=0, atol=1e-12)
    found = choose_layer(chooser, by_block(texts), LAYERS, np.zeros(3), figures)
    assert (found.index, found.criterion, found.n_choosing) == (LAYERS[planted], f"highest {selection.value}", 8)
    reporting = texts.of_units(choosing_half(UNITS, 3)[1])
    assert found.held_out is not None
    if selection is Selection.reliability:
        wanted = reliability_by_layer(reporting, Centring.grand_mean, 3)[planted]
        np.testing.assert_allclose(astuple(found.held_out), astuple(wanted), rtol=0, atol=1e-12)
    else:
        assert found.held_out.value == pytest.approx(separation(reporting)[planted])
        assert np.isnan([found.held_out.low, found.held_out.high]).all()


def test_the_published_criterion_takes_the_lowest_cosine_of_all_units() -> None:
    chooser = Chooser(LayerRule(Selection.min_mean_cosine), Centring.grand_mean, seed=0)
    found = choose_layer(chooser, by_block(told_in(0)), LAYERS, np.array([0.1, -0.05, 0.0]), [])
    assert (found.index, found.held_out, found.n_choosing) == (5, None, None)
    assert found.criterion == "lowest mean pairwise cosine"


def centred(seed: int) -> Array:
    """[condition, layer, d_model] whose mean over conditions is zero."""
    values = np.random.default_rng(seed).normal(size=(4, 5, 8))
    return np.asarray(values - values.mean(axis=0))


def test_side_by_side_gives_every_layer_the_same_weight() -> None:
    vectors = centred(2)
    scaled = vectors * np.array([1.0, 10.0, 0.1, 5.0, 2.0])[:, None]
    np.testing.assert_allclose(side_by_side(vectors, vectors), side_by_side(scaled, scaled))
    flat = side_by_side(vectors, vectors).reshape(4, 5, 8)
    np.testing.assert_allclose((flat**2).sum(axis=(0, 2)), 1.0)
