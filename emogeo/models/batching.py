"""Length-sorted batches under a token budget."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence

_REREAD_SEED = 1


def plan_batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Groups texts of similar length, the longest first, so that count x longest <= token_budget.

    A text longer than the budget gets a batch of its own.

    Args:
        lengths: tokens of each text.

    Returns:
        Row numbers of each batch; every row once.
    """
    return _fill(sorted(range(len(lengths)), key=lambda r: (-lengths[r], r)), lengths, token_budget)


def plan_even_batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Groups texts into as few batches as `plan_batches`, but with the largest, padding included, as small as can be.

    They are those of the smallest budget that needs no more. So the last one seldom has a few texts alone.
    """
    n = len(plan_batches(lengths, token_budget))
    budgets = range(1, token_budget)
    least = bisect_left(budgets, True, key=lambda budget: len(plan_batches(lengths, budget)) <= n)
    return plan_batches(lengths, least + 1)


def plan_other_batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Gives the same texts other batch mates and other padding: shuffled, in half the budget."""
    order = random.Random(_REREAD_SEED).sample(range(len(lengths)), len(lengths))
    return _fill(order, lengths, max(token_budget // 2, 1))


def _fill(order: Sequence[int], lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    batches: list[list[int]] = []
    longest = 0
    for row in order:
        longest = max(longest, lengths[row])
        if batches and (len(batches[-1]) + 1) * longest <= token_budget:
            batches[-1].append(row)
        else:
            batches.append([row])
            longest = lengths[row]
    return batches
