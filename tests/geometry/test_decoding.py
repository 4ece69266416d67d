"""Decoding at all blocks at once is what a plain loop finds, and its p holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from emogeo.errors import GeometryError
from emogeo.geometry.decoding import decode
from emogeo.geometry.left_out import Design
from emogeo.geometry.options import Centring
from emogeo.geometry.readout import Labelled, permuted
from emogeo.geometry.readout_accuracy import Tried, deleted_shares, nearest_without_group, share_found
from emogeo.geometry.vectors import centre

NAMES = ("angry", "calm", "glad", "neutral", "sad")
Array = NDArray[np.float64]


def texts(n_groups: int, most: int = 1, missing: float = 0.0, seed: int = 0) -> tuple[list[str], list[str]]:
    """Conditions and groups: every condition in every group once, or from none to `most` times."""
    generator = np.random.default_rng(seed)
    rows = [
        (name, f"topic {group}")
        for group in range(n_groups)
        for name in NAMES
        for _ in range(int(generator.integers(1, most + 1)))
        if generator.random() >= missing
    ]
    order = generator.permutation(len(rows))
    return [rows[row][0] for row in order], [rows[row][1] for row in order]


def states_of(labels: list[str], signal: float, seed: int = 0, width: int = 12) -> Array:
    generator = np.random.default_rng(seed)
    codes = signal * generator.normal(size=(len(NAMES), width))
    return 3 + codes[[NAMES.index(label) for label in labels]] + generator.normal(size=(len(labels), width))


def plainly(states: Array, labels: list[str], groups: list[str], centring: Centring) -> list[str]:
    """The same in a loop over texts, with nothing in common with it but `centre`."""
    found = []
    for row, group in enumerate(groups):
        others = sorted(set(groups) - {group})
        means = []
        for name in NAMES:
            cells = [
                [states[r] for r in range(len(labels)) if labels[r] == name and groups[r] == other] for other in others
            ]
            means.append(np.mean([np.mean(cell, axis=0) for cell in cells if cell], axis=0))
        centred = centre(np.array(means)[:, None], NAMES, centring)
        origin = means[NAMES.index(centred.conditions[0])] - centred.values[0, 0]
        cosines = [
            float((states[row] - origin) @ vector / np.linalg.norm(vector) / np.linalg.norm(states[row] - origin))
            for vector in centred.values[:, 0]
        ]
        found.append(centred.conditions[int(np.argmax(cosines))])
    return found


def tried_of(states: Array, design: Design) -> Tried:
    def find(rows: NDArray[np.intp]) -> list[str]:
        labels, groups = ([own[row] for row in rows] for own in (design.labels, design.groups))
        source = Labelled(states[rows], labels, groups, design.conditions, design.centring)
        return nearest_without_group(source, groups)

    return Tried(design.labels, design.groups, find, list(design.counted))


@pytest.mark.parametrize("centring", list(Centring))
@pytest.mark.parametrize(("most", "missing"), [(1, 0.0), (3, 0.15)], ids=["crossed", "uneven"])
def test_it_finds_what_a_plain_loop_finds(centring: Centring, most: int, missing: float) -> None:
    labels, groups = texts(8, most, missing)
    design = Design(labels, groups, NAMES, centring)
    blocks = [states_of(labels, signal, seed=1) for signal in (0.2, 1.0)]
    found = decode(blocks, design, 19, 0)
    for place, states in enumerate(blocks):
        assert [NAMES[at] for at in found.found[place]] == plainly(states, labels, groups, centring)
        tried = tried_of(states, design)
        own, deleted = share_found(tried), deleted_shares(tried)
        assert (found.accuracy[place].value, found.accuracy[place].low) == pytest.approx((own.value, own.low))
        assert found.deleted is not None and deleted is not None
        assert found.deleted[place] == pytest.approx(deleted)


def test_relabellings_are_those_of_a_plain_loop() -> None:
    labels, groups = texts(6, 2)
    design, blocks = (
        Design(labels, groups, NAMES, Centring.grand_mean),
        [states_of(labels, s, seed=3) for s in (0, 0.3)],
    )
    found = decode(blocks, design, 19, 5)
    generator = np.random.default_rng([23, 5])
    drawn = [permuted([str(NAMES.index(label)) for label in labels], groups, generator) for _ in range(19)]
    hits = np.zeros((2, 20), dtype=int)
    for draw, own in enumerate([labels, *([NAMES[int(place)] for place in each] for each in drawn)]):
        relabelled = replace(design, labels=own)
        for place, states in enumerate(blocks):
            hits[place, draw] = round(tried_of(states, relabelled).accuracy(np.arange(len(labels))) * len(labels))
    assert found.p == pytest.approx((hits >= hits[:, :1]).mean(axis=1))
    assert found.p_largest == pytest.approx((hits.max(axis=0) >= hits[:, :1]).mean(axis=1))


def test_a_planted_block_is_found_and_the_others_are_at_chance() -> None:
    labels, groups = texts(16)
    blocks = [states_of(labels, signal, seed=9) for signal in (0, 0, 3.0)]
    found = decode(blocks, Design(labels, groups, NAMES, Centring.grand_mean), 99, 0)
    shares = [own.value for own in found.accuracy]
    assert shares[2] > 0.95 and max(shares[:2]) < 0.4
    assert found.p_largest is not None and found.p is not None
    assert found.p_largest[2] == 0.01 and found.p_largest[:2].min() > 0.2
    assert (found.p_largest >= found.p).all()
    assert found.accuracy[0].low < 0.2 < found.accuracy[0].high


def test_p_is_at_most_its_level_where_labels_say_nothing() -> None:
    labels, groups = texts(8)
    design = Design(labels, groups, NAMES, Centring.grand_mean)
    draws = [decode([states_of(labels, 0, seed) for _ in range(2)], design, 19, seed) for seed in range(120)]
    low = np.mean([(own.p_largest <= 0.1).any() for own in draws if own.p_largest is not None])
    assert low <= 0.18, "a tenth, with the error of 120 data sets"


def test_what_cannot_be_had_is_absent_or_named() -> None:
    labels, groups = texts(4)
    few = decode([states_of(labels, 1.0)], Design(labels, groups, NAMES, Centring.grand_mean), 9, 0)
    assert few.deleted is None and np.isnan(few.accuracy[0].low) and few.p is not None
    none = decode([states_of(labels, 1.0)], Design(labels, groups, NAMES, Centring.grand_mean), 0, 0)
    assert none.p is None and none.p_largest is None and none.draws == 0
    lonely = ["topic 0" if label == "sad" else group for label, group in zip(labels, groups, strict=True)]
    with pytest.raises(GeometryError, match="only topic 0 has texts of sad"):
        decode([states_of(labels, 1.0)], Design(labels, lonely, NAMES, Centring.grand_mean), 9, 0)
    broken = states_of(labels, 1.0)
    broken[0, 0] = np.inf
    with pytest.raises(GeometryError, match="NaN or infinity"):
        decode([broken], Design(labels, groups, NAMES, Centring.grand_mean), 9, 0)


def test_where_no_group_has_two_conditions_there_is_no_p() -> None:
    labels = [name for name in NAMES for _ in range(3)]
    groups = [f"topic {row}" for row in range(len(labels))]
    found = decode([states_of(labels, 1.0)], Design(labels, groups, NAMES, Centring.grand_mean), 9, 0)
    assert found.p is None and found.p_largest is None and found.draws == 0


def test_the_condition_at_the_origin_does_not_count() -> None:
    labels, groups = texts(8)
    design = Design(labels, groups, NAMES, Centring.neutral)
    found = decode([states_of(labels, 5.0)], design, 9, 0)
    assert found.accuracy[0].value == 1.0 and design.chance == 0.25
    assert NAMES.index("neutral") not in set(found.found[0])
