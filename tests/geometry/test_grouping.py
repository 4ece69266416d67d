"""Topics are units where they are crossed with conditions; else random groups are."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from emogeo.geometry.grouping import GROUP, is_crossed, planned_units


def test_a_crossed_design() -> None:
    assert is_crossed(["a", "b", "a", "b"], ["x", "x", "y", "y"])
    assert planned_units(["a", "b", "a", "b"], ["x", "x", "y", "y"], 0) == ["x", "x", "y", "y"]
    assert not is_crossed(["a", "b", "a"], ["x", "x", "y"])
    assert not is_crossed(["a", "b", "a", "b"], ["x"] * 4), "one topic is a label, not a design"
    assert is_crossed(["a", "b"], ["x", "x"])


@given(n=st.integers(2, 8), seed=st.integers(0, 99))
def test_groups_have_one_text_of_each_condition(n: int, seed: int) -> None:
    emotions = ["a", "b", "c"] * n
    units = planned_units(emotions, ["x"] * len(emotions), seed)
    assert set(Counter(zip(units, emotions, strict=True)).values()) == {1}
    assert len(set(units)) == n
    assert all(unit.startswith(GROUP) for unit in units)
    assert units == planned_units(emotions, ["x"] * len(emotions), seed)


def test_texts_that_repeat_each_other_are_in_one_group() -> None:
    emotions = ["a"] * 6 + ["b"] * 4
    together = [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
    units = planned_units(emotions, ["x"] * 10, 0, together)
    assert len({units[row] for row in (0, 1, 2)}) == 1
    assert len(set(units)) == 4
    assert planned_units(emotions, ["x"] * 10, 0) == planned_units(emotions, ["x"] * 10, 0, list(range(10)))
