"""Whether two geometries agree beyond words, from their texts and the untrained twins that are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from emogeo.analysis.comparing.twins import twins_of
from emogeo.config.model import Init
from emogeo.errors import GeometryError
from emogeo.geometry.beyond import WANTED_TWINS, Beyond, BeyondNulls, Null, beyond_nulls
from emogeo.geometry.controls import bag_of_words, character_ngrams
from emogeo.geometry.corpus_checks import barred, check_corpus
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.sharing import over_shared
from emogeo.record.run import Run

_ASK = "two untrained twins of each, twins=([…], […])"


def checked_twins(a: object, b: object, twins: object, seed: int) -> tuple[list[Geometry], list[Geometry]]:
    """Gives the geometries of the twins of a and of b, split by the seed of a comparison.

    Args:
        a, b: the two that are compared, geometries or runs.
        twins: what should be two lists of such.

    Raises:
        GeometryError: other than two lists of geometries or runs; one that is no untrained twin of its side, or
            stands there twice.
    """
    both = twins if isinstance(twins, list | tuple) else ()
    if len(both) != 2 or not all(isinstance(its, list | tuple) for its in both):
        raise GeometryError(f"twins=([twins of a], [twins of b]): two lists are needed, and {twins!r:.80} was given.")
    first, second = (_of_side(own, its, seed) for own, its in zip((a, b), both, strict=True))
    return first, second


def _of_side(own: object, given: Sequence[object], seed: int) -> list[Geometry]:
    """Gives the twins of one side, each checked."""
    its = [_taken(own, seed)]
    for twin in given:
        if isinstance(own, Run) and isinstance(twin, Run) and not _is_twin(own, twin):
            raise GeometryError(
                f"{twin!r} is no untrained twin of {own!r}: that is the same model with model.init=random, which "
                "has read the same texts in the same way."
            )
        other = _taken(twin, seed)
        if other.labels.emotions != its[0].labels.emotions or other.labels.texts != its[0].labels.texts:
            raise GeometryError(f"{other.name} has read other texts than {its[0].name}, so it is no twin of it.")
        if any(np.array_equal(other.features, known.features) for known in its):
            raise GeometryError(
                f"{other.name} has the states of {its[0].name} or of its twins: a twin has other weights."
            )
        its.append(other)
    return its[1:]


def _is_twin(own: Run, twin: Run) -> bool:
    return twin.record.model.init is Init.random and twins_of(own, [twin]) == [twin]


def _taken(given: object, seed: int) -> Geometry:
    """Gives the geometry of what is a geometry or a run, split by a seed."""
    geometry = given.geometry if isinstance(given, Run) else given
    if not isinstance(geometry, Geometry):
        raise GeometryError(f"twins= takes geometries or runs, with states, and was given a {type(given).__name__}.")
    return split_by(geometry, seed)


def split_by(geometry: Geometry, seed: int) -> Geometry:
    """Gives a geometry with its units split by a seed: all that are compared share their splits."""
    return replace(geometry, options=replace(geometry.options, seed=seed))


def beyond_words(
    a: Geometry, b: Geometry, twins: tuple[Sequence[Geometry], Sequence[Geometry]] | None, permutations: int, seed: int
) -> BeyondNulls:
    """Judges whether two geometries agree beyond words; without two twins of each there is no yes.

    On known texts whose units repeat each other, or in which one cue gives a condition away, it cannot be told.

    Args:
        twins: geometries of a's architecture, and of b's, with random weights, over the same texts.

    Raises:
        GeometryError: too few shared conditions.
    """
    groups = _groups(a, b, twins or ((), ()))
    if not groups:
        return BeyondNulls(Beyond.unknown, f"give {_ASK}")
    every = [member for group in groups for member in group.members]
    first, second, *halves = over_shared(a, b, *every).halves
    remaining = iter(halves)
    nulls = [Null(group.name, tuple(next(remaining) for _ in group.members), group.required) for group in groups]
    enough = twins is not None and min(len(its) for its in twins) >= WANTED_TWINS
    found = beyond_nulls(first, second, nulls, "" if enough else f"give {_ASK}", permutations, seed)
    kinds = [kind for own in (a, b) if own.labels.known for kind in check_corpus(own.labels).barring]
    return replace(found, verdict=Beyond.unknown, reason=barred(kinds)) if kinds else found


@dataclass(frozen=True)
class _Group:
    """The geometries that make up one null."""

    name: str
    members: list[Geometry]
    required: bool = False


def _groups(a: Geometry, b: Geometry, twins: tuple[Sequence[Geometry], Sequence[Geometry]]) -> list[_Group]:
    """Lists the nulls: words of the texts that are known, and twins."""
    texts = [a] if a.labels.texts == b.labels.texts else [a, b]
    groups = [
        _Group(f"{name} of {own.name}" if len(texts) > 1 else name, [replace(own, features=count(own.labels.texts))])
        for own in texts
        if own.labels.known
        for name, count in (("bag of words", bag_of_words), ("character n-grams", character_ngrams))
    ]
    for own, its in zip((a, b), twins, strict=True):
        if its and not any(list(its) == group.members for group in groups):
            groups.append(_Group(f"untrained {own.name}", list(its), required=True))
    return groups
