"""Batches hold every text once and keep the budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emogeo.models.batching import plan_batches, plan_even_batches


@given(lengths=st.lists(st.integers(1, 200), max_size=80), budget=st.integers(1, 2000))
def test_every_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = plan_batches(lengths, budget)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[row] for row in batch)
        assert len(batch) == 1 or longest * len(batch) <= budget
    padded = [lengths[row] for batch in batches for row in batch]
    assert padded == sorted(lengths, reverse=True)


@given(lengths=st.lists(st.integers(1, 30), max_size=40), budget=st.integers(1, 200))
def test_even_batches_are_those_of_the_least_budget_that_needs_no_more(lengths: list[int], budget: int) -> None:
    plain, even = plan_batches(lengths, budget), plan_even_batches(lengths, budget)
    every = (plan_batches(lengths, own) for own in range(1, budget + 1))
    assert even == next(own for own in every if len(own) <= len(plain))
    assert _largest(lengths, even) <= _largest(lengths, plain)


def _largest(lengths: list[int], batches: list[list[int]]) -> int:
    """The most tokens of a batch, padding included."""
    return max((len(batch) * max(lengths[row] for row in batch) for batch in batches), default=0)


def test_no_batch_of_a_few_texts_is_left() -> None:
    assert [len(own) for own in plan_batches([50] * 21, 1024)] == [20, 1]
    assert [len(own) for own in plan_even_batches([50] * 21, 1024)] == [11, 10]
