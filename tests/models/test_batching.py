"""Batches hold every text once and keep the budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emogeo.models.batching import plan_batches


@given(lengths=st.lists(st.integers(1, 200), max_size=80), budget=st.integers(1, 2000))
def test_every_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = plan_batches(lengths, budget)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[row] for row in batch)
        assert len(batch) == 1 or longest * len(batch) <= budget
    padded = [lengths[row] for batch in batches for row in batch]
    assert padded == sorted(lengths, reverse=True)
