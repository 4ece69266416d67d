"""Which two runs are compared: all of few runs; of many, those whose comparison answers a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

from emogeo.analysis.comparing.levels import Levels, levels
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import read_alike, subjects
from emogeo.config.analyze import Pairs
from emogeo.record.run import Run

Pair: TypeAlias = tuple[PreparedRun, PreparedRun]
ALL_OF = 24
"""The most trained runs of which every two are compared unless it is asked for."""


def pairs_of(prepared: Sequence[PreparedRun], which: Pairs = Pairs.auto) -> list[Pair]:
    """Lists pairs of trained runs; then every two comparable untrained twins of different models.

    Rereads, which only give the floor, are left out. No run is compared with its own or another model's twin, nor an
    untrained twin with another one of the same model: the twins are its nulls.

    Args:
        which: `all` for every two trained runs; `auto` for every two of at most 24, and of more for those that are
            comparable, or of one model and apart in one parameter.
    """
    return [pair for family in families(prepared, which) for pair in family]


def trained_pairs(prepared: Sequence[PreparedRun], which: Pairs = Pairs.auto) -> list[Pair]:
    """Lists the pairs of trained runs; of a store without trained runs those of untrained twins."""
    return pairs_of(subjects(prepared), which)


def families(prepared: Sequence[PreparedRun], which: Pairs = Pairs.auto) -> tuple[list[Pair], list[Pair]]:
    """Gives the pairs of trained runs and those of untrained twins: the p of each are a family."""
    own = [each for each in prepared if each.run.reread_of is None]
    trained, untrained = ([each for each in own if each.run.untrained is kind] for kind in (False, True))
    nulls = [(a, b) for a, b in combinations(untrained, 2) if _are_nulls_of_two_models(a.run, b.run)]
    return list(_answering(trained) if leaves_out(trained, which) else combinations(trained, 2)), nulls


def leaves_out(prepared: Sequence[PreparedRun], which: Pairs) -> bool:
    """Whether there are too many trained runs to compare every two of them without being asked to."""
    own = [each for each in prepared if each.run.reread_of is None and not each.run.untrained]
    return which is Pairs.auto and len(own) > ALL_OF


def _answering(trained: Sequence[PreparedRun]) -> Iterator[Pair]:
    """Yields comparable runs, group by group, then those of each model that are apart in one parameter.

    The order keeps runs together, so that what a group has in common fits into memory.
    """
    known = [levels(each.run) for each in trained]
    for a, b in _within(known):
        yield trained[a], trained[b]
    for a, b in _within([each.run.weights for each in trained]):
        if len(known[a].differing(known[b])) == 1:
            yield trained[a], trained[b]


def _within(groups: Sequence[Levels] | Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Yields every two places of one group, from the group of each place."""
    found = defaultdict[object, list[int]](list)
    for place, group in enumerate(groups):
        found[group].append(place)
    return (pair for own in found.values() for pair in combinations(own, 2))


def _are_nulls_of_two_models(a: Run, b: Run) -> bool:
    return a.weights[:2] != b.weights[:2] and read_alike(a, b)
