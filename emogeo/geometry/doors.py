"""Checks of a caller's own arrays and labels, before anything is computed from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

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
        values = _finite(real_numbers(states.values, "states.values"))
        sentences = None if states.sentences is None else real_numbers(states.sentences, "states.sentences")
        if values.ndim != 3 or (sentences is not None and sentences.shape[1:] != values.shape[1:]):
            raise GeometryError(
                "States hold values [text, layer, d_model], and sentences of the same layers and width."
            )
        return values, states.n_layers, sentences
    values = real_numbers(states, "states")
    if values.ndim not in {2, 3} or 0 in values.shape:
        raise GeometryError(
            f"states has the shape {list(values.shape)}; give [text, feature] at one layer, or [text, layer, feature]."
        )
    whole = values if values.ndim == 3 else values[:, None]
    return _finite(whole), whole.shape[1], None


def real_numbers(given: object, name: str) -> Array:
    """Anything like an array, in float64.

    Raises:
        GeometryError: rows of unequal length, and what holds no real numbers or hides some.
    """
    try:
        values = np.asarray(given)
    except Exception as error:  # each array library has errors of its own
        raise GeometryError(
            f"{name} is not to be had as an array ({error}); pass x.detach().float().numpy()."
        ) from error
    if np.ma.isMaskedArray(given):
        raise GeometryError(f"{name} is a masked array: leave out what is masked, or fill it.")
    if values.dtype.kind not in "fiu":
        raise GeometryError(f"{name} holds {values.dtype}, not real numbers.")
    return values.astype(np.float64)


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
            condition without texts.
    """
    if isinstance(states, States):
        if not emotions is topics is texts is None:
            raise GeometryError("States carry their labels: leave out emotions, topics and texts.")
        emotions, topics, texts = states.emotions, states.topics, states.texts
    if emotions is None:
        raise GeometryError("Whose states are these? Give emotions=[...], the condition of each text.")
    own = _words("emotions", emotions, n_texts)
    _refuse_conditions(own, conditions)
    about = ["one"] * n_texts if topics is None else _words("topics", topics, n_texts)
    units = planned_units(own, about, seed)
    known = _words("texts", texts, n_texts) if texts is not None else _stand_ins(own, units)
    return LabelledTexts(tuple(own), tuple(about), tuple(units), tuple(known), known=texts is not None)


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
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise GeometryError(f"{name} is {given!r}; give one label for each of the {n_texts} texts.")
    words = list(given)
    if len(words) != n_texts:
        raise GeometryError(f"{name} has {len(words)} entries for the states of {n_texts} texts; give one for each.")
    wrong = next((row for row, word in enumerate(words) if not isinstance(word, str) or not word.strip()), None)
    if wrong is not None:
        raise GeometryError(f"{name}[{wrong}] is {words[wrong]!r}; a label is a word.")
    return [str(word) for word in words]


def _refuse_conditions(emotions: Sequence[str], allowed: Sequence[str] | None) -> None:
    found = names_of_conditions(emotions)
    wanted = found if allowed is None else _words("conditions", allowed, len(list(allowed)))
    unknown = sorted(set(found) - set(wanted))
    if unknown:
        raise GeometryError(f"Unknown label {', '.join(unknown)}; allowed: {', '.join(wanted)}.")
    absent = sorted(set(wanted) - set(found))
    if absent:
        raise GeometryError(f"There is no text of {', '.join(absent)}; every condition needs at least one.")
    if len(found) < MIN_CONDITIONS:
        raise GeometryError(f"{len(found)} conditions ({', '.join(found)}); an RDM needs at least {MIN_CONDITIONS}.")


def _stand_ins(emotions: Sequence[str], units: Sequence[str]) -> list[str]:
    """Names texts that are not known: equally where unit, condition and place are equal."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for own in zip(units, emotions, strict=True):
        found.append(f"{own[0]}\t{own[1]}\t{seen[own]}")
        seen[own] += 1
    return found
