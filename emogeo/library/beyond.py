"""Whether two geometries agree beyond words, from their texts and the untrained twins that are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from emogeo.errors import GeometryError
from emogeo.geometry.beyond import Beyond, BeyondNulls, Null, beyond_nulls
from emogeo.geometry.controls import bag_of_words, character_ngrams
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.sharing import over_shared

WANTED_TWINS = 2
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
    first, second, *halves = over_shared(a, b, *(member for _, members in groups for member in members)).halves
    remaining = iter(halves)
    nulls = [Null(name, tuple(next(remaining) for _ in members)) for name, members in groups]
    return _with_twins(beyond_nulls(first, second, nulls, permutations, seed), twins)


def _groups(
    a: Geometry, b: Geometry, twins: tuple[Sequence[Geometry], Sequence[Geometry]]
) -> list[tuple[str, list[Geometry]]]:
    """Lists the nulls by name, each with its members: words of the texts that are known, and twins."""
    texts = [a] if a.labels.texts == b.labels.texts else [a, b]
    groups = [
        (f"{name} of {own.name}" if len(texts) > 1 else name, [replace(own, features=count(own.labels.texts))])
        for own in texts
        if not own.labels.has_stand_ins
        for name, count in (("bag of words", bag_of_words), ("character n-grams", character_ngrams))
    ]
    for own, its in zip((a, b), twins, strict=True):
        if any(np.array_equal(twin.features, own.features) for twin in its):
            raise GeometryError(f"{own.name} is among its own twins; a twin has other weights.")
        if its and not any(list(its) == members for _, members in groups):
            groups.append((f"untrained {own.name}", list(its)))
    return groups


def _with_twins(found: BeyondNulls, twins: tuple[Sequence[Geometry], Sequence[Geometry]] | None) -> BeyondNulls:
    """Takes back a yes where twins are too few, or say nothing on these texts."""
    if found.verdict is not Beyond.yes:
        return found
    if twins is None or min(len(its) for its in twins) < WANTED_TWINS:
        return replace(found, verdict=Beyond.unknown, reason=f"{found.reason}; give {_ASK}")
    silent = [note for note in found.left_out if note.startswith("untrained ")]
    return replace(found, verdict=Beyond.unknown, reason="; ".join(silent)) if silent else found
