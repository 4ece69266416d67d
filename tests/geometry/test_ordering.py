"""One order for all matrices."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.ordering import NamedRdm, consensus, consensus_order

NAMES = ["a", "b", "c", "d", "e", "f"]


def clusters(names: list[str], of: dict[str, int], scale: float = 1.0) -> NamedRdm:
    groups = np.array([of[name] for name in names])
    rdm = scale * np.where(groups[:, None] == groups, 0.2, 1.0)
    np.fill_diagonal(rdm, 0.0)
    return NamedRdm(names, rdm)


def test_what_is_alike_stands_together() -> None:
    order = consensus_order([clusters(NAMES, dict(zip(NAMES, (0, 1, 0, 1, 0, 1), strict=True)))])
    assert {frozenset(order[:3]), frozenset(order[3:])} == {frozenset("ace"), frozenset("bdf")}


def test_the_order_does_not_depend_on_that_of_runs_or_of_their_conditions() -> None:
    generator = np.random.default_rng(0)
    rdms = []
    for _ in range(3):
        points = generator.normal(size=(6, 3))
        rdms.append(NamedRdm(NAMES, np.linalg.norm(points[:, None] - points, axis=-1)))
    turned = [NamedRdm(NAMES[::-1], own.values[::-1, ::-1]) for own in rdms[::-1]]
    assert consensus_order(rdms) == consensus_order(turned)


def test_every_rdm_counts_the_same_whatever_its_scale() -> None:
    own = clusters(NAMES, dict.fromkeys(NAMES, 0) | {"f": 1})
    larger = NamedRdm(NAMES, own.values * 7)
    assert consensus([own, larger]).values == pytest.approx(consensus([own]).values)


def test_conditions_that_not_all_have_are_there() -> None:
    of = dict(zip(NAMES, (0, 0, 0, 1, 1, 1), strict=True))
    mean = consensus([clusters(NAMES[:5], of), clusters(NAMES[1:], of)])
    assert mean.conditions == NAMES and mean.values[0, 5] == 1.0
    assert sorted(consensus_order([clusters(NAMES[:5], of), clusters(NAMES[1:], of)])) == NAMES


def test_few_conditions_and_what_is_no_rdm() -> None:
    assert consensus_order([clusters(["b", "a"], {"a": 0, "b": 0})]) == ["a", "b"]
    assert consensus_order([]) == []
    with pytest.raises(GeometryError, match="not symmetric"):
        consensus_order([NamedRdm(["a", "b"], np.array([[0.0, 1.0], [0.5, 0.0]]))])
