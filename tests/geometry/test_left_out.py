"""Nearest vectors made without a text's own group, under several labellings at once."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.left_out import Design, Draws, Products
from emogeo.geometry.options import Centring
from emogeo.geometry.readout import Labelled
from emogeo.geometry.readout_accuracy import nearest_without_group

NAMES = ("calm", "glad", "neutral", "sad")
LABELS = [name for _ in range(5) for name in NAMES]
GROUPS = [f"topic {group}" for group in range(5) for _ in NAMES]


def design(centring: Centring = Centring.grand_mean) -> Design:
    return Design(LABELS, GROUPS, NAMES, centring)


def found(own: Design, states: np.ndarray, draws: Draws) -> np.ndarray:
    """[draw, text]"""
    return Products.of(states, own).nearest(draws).transpose(2, 0, 1).reshape(-1, len(LABELS))


@pytest.mark.parametrize("centring", list(Centring))
def test_every_labelling_has_the_vectors_of_its_own(centring: Centring) -> None:
    generator, own = np.random.default_rng(0), design(centring)
    states = 2 + generator.normal(size=(len(LABELS), 9))
    place = np.array([own.place, np.concatenate([generator.permutation(4) for _ in range(5)])])
    for labels, taken in zip(place, found(own, states, Draws.of(own, place)), strict=True):
        names = [NAMES[at] for at in labels]
        assert [NAMES[at] for at in taken] == nearest_without_group(
            Labelled(states, names, GROUPS, NAMES, centring), GROUPS
        )


def test_a_group_that_is_left_out_makes_no_vector() -> None:
    generator, own = np.random.default_rng(1), design()
    states, has = generator.normal(size=(len(LABELS), 9)), np.array([[False, True, True, True, True]])
    draws = Draws.of(own, own.place[None], has)
    source = Labelled(states[4:], LABELS[4:], GROUPS[4:], NAMES, Centring.grand_mean)
    assert [NAMES[at] for at in found(own, states, draws)[0, 4:]] == nearest_without_group(source, GROUPS[4:])
    assert draws.n_counted.tolist() == [16] and draws.complete


def test_single_precision_finds_the_same() -> None:
    own, states = design(), np.random.default_rng(2).normal(size=(len(LABELS), 9))
    draws, products = Draws.of(own, own.place[None]), Products.of(states, own)
    assert products.single.nearest(draws.single).tolist() == products.nearest(draws).tolist()
    assert products.single.across.dtype == np.float32


def test_groups_of_other_sizes_are_laid_out_with_gaps() -> None:
    uneven = Design(LABELS[:-1], GROUPS[:-1], NAMES, Centring.neutral)
    assert uneven.rows.shape == (5, 4) and (uneven.rows == -1).sum() == 1
    assert uneven.counted.sum() == 14 and not uneven.kept[NAMES.index("neutral")]
    assert uneven.chance == pytest.approx(5 / 14)


def test_states_that_are_not_finite_are_refused() -> None:
    with pytest.raises(GeometryError, match="NaN or infinity"):
        Products.of(np.full((len(LABELS), 3), np.nan), design())
