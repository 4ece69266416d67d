"""Length-sorted batches under a token budget."""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Groups texts of similar length, the longest first, so that count x longest <= token_budget.

    A text longer than the budget gets a batch of its own.

    Args:
        lengths: tokens of each text.

    Returns:
        Row numbers of each batch; every row once.
    """
    batches: list[list[int]] = []
    longest = 0
    for row in sorted(range(len(lengths)), key=lambda r: (-lengths[r], r)):
        if batches and (len(batches[-1]) + 1) * longest <= token_budget:
            batches[-1].append(row)
        else:
            batches.append([row])
            longest = lengths[row]
    return batches
