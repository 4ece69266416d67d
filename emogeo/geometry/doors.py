"""Checks of a caller's own arrays and labels, before anything is computed from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.grouping import planned_units
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.states import LabelledTexts, States


def states_of(states: States | ArrayLike) -> tuple[Array, int, Array | None]:
    """Gives states as [text, layer, feature] in float64, the model's number of blocks, and states of neutral sentences.

    Raises:
        GeometryError: an array of another shape, or one with NaN or infinity; names the first text.
    """
    if isinstance(states, States):
        sentences = None if states.sentences is None else states.sentences.astype(np.float64)
        return _finite(np.asarray(states.values, dtype=np.float64)), states.n_layers, sentences
    values = np.asarray(states)
    if values.ndim not in {2, 3} or 0 in values.shape:
        raise GeometryError(
            f"states has the shape {list(values.shape)}; give [text, feature] at one layer, or [text, layer, feature]."
        )
    if not np.issubdtype(values.dtype, np.number):
        raise GeometryError(f"states holds {values.dtype}, not numbers.")
    whole = values if values.ndim == 3 else values[:, None]
    return _finite(whole.astype(np.float64)), whole.shape[1], None


def labels_of(
    states: States | ArrayLike,
    n_texts: int,
    emotions: Sequence[str] | None,
    topics: Sequence[str] | None,
    texts: Sequence[str] | None,
    seed: int,
    conditions: Sequence[str] | None,
) -> LabelledTexts:
    """Gives the labels of every text, and its unit.

    Raises:
        GeometryError: labels that are absent, of another number than the states, or not among `conditions`; a
            condition without texts; conditions with unequal numbers of texts that no topics hold together.
    """
    if isinstance(states, States):
        emotions, topics, texts = states.emotions, states.topics, states.texts
    if emotions is None:
        raise GeometryError("Whose states are these? Give emotions=[...], the condition of each text.")
    own = _words("emotions", emotions, n_texts)
    _refuse_conditions(own, conditions)
    about = ["one"] * n_texts if topics is None else _words("topics", topics, n_texts)
    units = planned_units(own, about, seed)
    _refuse_unequal(own, units)
    known = _words("texts", texts, n_texts) if texts is not None else _stand_ins(own, units)
    return LabelledTexts(tuple(own), tuple(about), tuple(units), tuple(known))


def names_of_conditions(emotions: Sequence[str]) -> tuple[str, ...]:
    """Gives the conditions of texts, always in alphabetical order."""
    return tuple(sorted(set(emotions)))


def _finite(values: Array) -> Array:
    if not np.isfinite(values).all():
        text, layer = np.argwhere(~np.isfinite(values).all(axis=2))[0]
        raise GeometryError(
            f"States with NaN or infinity have no geometry; the first is of text {text}, layer {layer}."
        )
    return values


def _words(name: str, given: Sequence[str], n_texts: int) -> list[str]:
    words = list(given)
    if len(words) != n_texts:
        raise GeometryError(f"{name} has {len(words)} entries for the states of {n_texts} texts; give one for each.")
    wrong = next((row for row, word in enumerate(words) if not isinstance(word, str) or not word.strip()), None)
    if wrong is not None:
        raise GeometryError(f"{name}[{wrong}] is {words[wrong]!r}; a label is a word.")
    return [str(word) for word in words]


def _refuse_conditions(emotions: Sequence[str], allowed: Sequence[str] | None) -> None:
    found = names_of_conditions(emotions)
    unknown = sorted(set(found) - set(allowed or found))
    if unknown:
        raise GeometryError(f"Unknown label {', '.join(unknown)}; allowed: {', '.join(allowed or ())}.")
    absent = sorted(set(allowed or ()) - set(found))
    if absent:
        raise GeometryError(f"There is no text of {', '.join(absent)}; every condition needs at least one.")
    if len(found) < MIN_CONDITIONS:
        raise GeometryError(f"{len(found)} conditions ({', '.join(found)}); an RDM needs at least {MIN_CONDITIONS}.")


def _refuse_unequal(emotions: Sequence[str], units: Sequence[str]) -> None:
    """Refuses unequal numbers of texts without common topics: a random group has one text of each condition."""
    there = set(zip(units, emotions, strict=True))
    if len(there) == len(set(units)) * len(set(emotions)):
        return
    counts = ", ".join(f"{emotion} {count}" for emotion, count in sorted(Counter(emotions).items()))
    raise GeometryError(
        f"Topics are not crossed with conditions, and conditions have unequal numbers of texts ({counts}). Give topics "
        "that have a text of every condition, or equal numbers."
    )


def _stand_ins(emotions: Sequence[str], units: Sequence[str]) -> list[str]:
    """Names texts that are not known: equally where unit, condition and place are equal."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for own in zip(units, emotions, strict=True):
        found.append(f"{own[0]}\t{own[1]}\t{seen[own]}")
        seen[own] += 1
    return found
