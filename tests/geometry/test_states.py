"""States with labels: some units, one layer, and what they show of themselves."""

from __future__ import annotations

import numpy as np

from emogeo.geometry.states import LabelledStates, LabelledTexts, States


def labelled() -> LabelledStates:
    states = np.arange(6 * 3 * 2, dtype=float).reshape(6, 3, 2)
    return LabelledStates(states, list("abcabc"), ["u", "v", "w", "v", "u", "u"], list("abc"))


def test_some_units_keep_their_texts_in_order() -> None:
    texts = labelled()
    found = texts.of_units(["w", "u"])
    assert (list(found.emotions), list(found.units), found.n_units) == (list("acbc"), ["u", "w", "u", "u"], 2)
    np.testing.assert_array_equal(found.states, texts.states[[0, 2, 4, 5]])
    assert list(found.conditions) == list("abc"), "also those without a text"


def test_one_layer_stays_an_axis() -> None:
    texts = labelled()
    found = texts.at(1)
    np.testing.assert_array_equal(found.states, texts.states[:, 1:2])
    assert (found.emotions, found.units) == (texts.emotions, texts.units)


def test_states_say_how_many_and_of_what() -> None:
    values = np.zeros((3, 4, 5), np.float32)
    states = States("tiny", values, ("sad", "sad", "calm"), ("x", "y", "x"), ("p", "q", "r"), 6, values[:, 0])
    assert repr(states) == "States of tiny: 3 × 4 × 5 (texts × layers × width), 2 conditions"
    assert states.to_dict() == {"emotion": ["sad", "sad", "calm"], "topic": ["x", "y", "x"], "text": ["p", "q", "r"]}


def test_labelled_texts_show_how_many_there_are() -> None:
    assert repr(LabelledTexts(("a", "b"), ("t", "t"), ("u", "u"), ("x", "y"))) == "2 texts of 2 conditions in 1 units"
