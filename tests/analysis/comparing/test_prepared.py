"""Runs ready to be compared."""

from __future__ import annotations

import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.geometry.sharing import over_shared
from tests.planted_catalogue import Design, draw

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


def test_topics_told_by_two_sets_are_not_independent(planted: list[PreparedRun]) -> None:
    """Sets that share topics are paired; taken for independent they would look more alike than they are."""
    first, second = (next(r for r in planted if r.name == name) for name in "AC")
    assert over_shared(first, second).paired
    assert not over_shared(first, second).same_text
    loose = next(r for r in planted if r.name == "B")
    assert not over_shared(first, loose).paired
