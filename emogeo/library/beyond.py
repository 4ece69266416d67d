"""Whether two geometries agree beyond words, from their texts and the untrained twins that are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from emogeo.errors import GeometryError
from emogeo.geometry.beyond import WANTED_TWINS, Beyond, BeyondNulls, Null, beyond_nulls
from emogeo.geometry.controls import bag_of_words, character_ngrams
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.sharing import over_shared

_ASK = "two untrained twins of each, twins=([…], […])"


def beyond_words(
    a: Geometry, b: Geometry, twins: tuple[Sequence[Geometry], Sequence[Geometry]] | None, permutations: int, seed: int
) -> BeyondNulls:
    """Judges whether two geometries agree beyond words; without two twins of each there is no yes.

    Args:
        twins: geometries of a's architecture, and of b's, with random weights, over the same texts.

    Raises:
        GeometryError: too few shared conditions; a run that is its own twin.
    """
    groups = _groups(a, b, twins or ((), ()))
    if not groups:
        return BeyondNulls(Beyond.unknown, f"give {_ASK}")
    every = [member for group in groups for member in group.members]
    first, second, *halves = over_shared(a, b, *every).halves
    remaining = iter(halves)
    nulls = [Null(group.name, tuple(next(remaining) for _ in group.members), group.required) for group in groups]
    enough = twins is not None and min(len(its) for its in twins) >= WANTED_TWINS
    return beyond_nulls(first, second, nulls, "" if enough else f"give {_ASK}", permutations, seed)


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
        if not own.labels.has_stand_ins
        for name, count in (("bag of words", bag_of_words), ("character n-grams", character_ngrams))
    ]
    for own, its in zip((a, b), twins, strict=True):
        if any(np.array_equal(twin.features, own.features) for twin in its):
            raise GeometryError(f"{own.name} is among its own twins; a twin has other weights.")
        if its and not any(list(its) == group.members for group in groups):
            groups.append(_Group(f"untrained {own.name}", list(its), required=True))
    return groups
