"""Assigns each text to its unit: the topic, or a random group."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

GROUP = "group-"
"""The beginning of the names of random groups; a number follows."""


def is_crossed(emotions: Sequence[str], topics: Sequence[str]) -> bool:
    """Whether every topic has texts of every condition, in whatever number.

    One topic for many texts per condition is a label, not a design.
    """
    counts, n_topics = Counter(zip(topics, emotions, strict=True)), len(set(topics))
    return len(counts) == n_topics * len(set(emotions)) and (n_topics > 1 or set(counts.values()) == {1})


def is_group(unit: str) -> bool:
    """Whether a unit is a random group of texts, and no topic, prompt or replicate."""
    return unit.startswith(GROUP)


def planned_units(
    emotions: Sequence[str], topics: Sequence[str], seed: int, together: Sequence[Hashable] | None = None
) -> list[str]:
    """The unit of each text, over which a condition's texts are replicated.

    The topic where topics are crossed with conditions, else a random group, seeded by `seed` and named `group-0`,
    `group-1`, ... There are as many groups as the rarest condition has texts; all texts are used, and the groups of
    other conditions have as many texts as they come to, up to one more or less.

    Args:
        together: texts of a condition with the same entry are in one group, since they repeat each other; None where no
            two do.
    """
    if is_crossed(emotions, topics):
        return list(topics)
    by_emotion: dict[str, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, emotion in enumerate(emotions):
        by_emotion[emotion][row if together is None else together[row]].append(row)
    n_groups = min(map(len, by_emotion.values()), default=0)
    generator, units = random.Random(seed), [""] * len(emotions)
    for emotion in sorted(by_emotion):
        clusters = list(by_emotion[emotion].values())
        for group, rows in enumerate(generator.sample(clusters, len(clusters))):
            for row in rows:
                units[row] = f"{GROUP}{group % n_groups}"
    return units
