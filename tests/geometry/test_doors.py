"""What is let in as states and labels, and what names the texts that are not known."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.doors import labels_of, names_of_conditions, states_of
from emogeo.geometry.states import LabelledTexts, States

ABCD = list("abcd")


def read_by_a_model(sentences: bool = True) -> States:
    values = np.random.default_rng(0).normal(size=(8, 3, 5)).astype(np.float32)
    emotions, topics = tuple(ABCD * 2), ("x",) * 4 + ("y",) * 4
    texts = tuple(f"text {row}" for row in range(8))
    return States("mine", values, emotions, topics, texts, 12, values[:, 0], values[:2] if sentences else None)


def of_texts(emotions: list[str], topics: list[str] | None = None, seed: int = 0) -> LabelledTexts:
    return labels_of(np.zeros((len(emotions), 1)), len(emotions), emotions, topics, None, seed, None)


def test_one_layer_becomes_an_axis_and_numbers_become_float64() -> None:
    flat = np.arange(12).reshape(4, 3)
    values, n_layers, sentences = states_of(flat)
    assert (values.shape, values.dtype, n_layers, sentences) == ((4, 1, 3), np.float64, 1, None)
    np.testing.assert_array_equal(values[:, 0], flat)
    assert states_of(np.zeros((4, 6, 3), np.float16).tolist())[0].shape == (4, 6, 3)


def test_a_models_states_bring_their_own_number_of_blocks_and_sentences() -> None:
    states = read_by_a_model()
    values, n_layers, sentences = states_of(states)
    assert (n_layers, values.dtype) == (12, np.float64)
    np.testing.assert_array_equal(values, states.values)
    assert sentences is not None
    assert sentences.dtype == np.float64
    assert states_of(read_by_a_model(sentences=False))[2] is None


def test_the_first_text_that_is_not_finite_is_named() -> None:
    states = np.zeros((4, 3, 2))
    states[2, 1, 0], states[3, 0, 1] = np.inf, np.nan
    with pytest.raises(GeometryError, match=r"the first is of text 2, layer 1\.$"):
        states_of(states)
    with pytest.raises(GeometryError, match=r"states has the shape \[4, 0\]"):
        states_of(np.zeros((4, 0)))


def test_states_of_a_model_carry_their_labels() -> None:
    states = read_by_a_model()
    with pytest.raises(GeometryError, match="carry their labels: leave out emotions"):
        labels_of(states, 8, ["other"] * 8, None, None, 0, None)
    found = labels_of(states, 8, None, None, None, 0, None)
    assert found == LabelledTexts(states.emotions, states.topics, states.topics, states.texts)


def test_texts_that_are_not_known_are_told_apart_by_unit_condition_and_place() -> None:
    found = of_texts(ABCD * 4, ["x"] * 8 + ["y"] * 8)
    assert len(set(found.texts)) == 16
    assert found.texts == of_texts(ABCD * 4, ["x"] * 8 + ["y"] * 8).texts
    shifted = of_texts(ABCD * 4, ["y"] * 8 + ["z"] * 8)
    assert set(found.texts) & set(shifted.texts) == set(found.texts[8:]), "the same unit has the same stand-ins"


def test_texts_without_topics_fall_into_seeded_groups() -> None:
    found = of_texts(ABCD * 5, seed=1)
    assert found.topics == ("one",) * 20
    assert sorted(zip(found.units, found.emotions, strict=True)) == sorted(
        (f"group-{group}", emotion) for group in range(5) for emotion in ABCD
    )
    assert found.units != of_texts(ABCD * 5, seed=2).units


def test_conditions_are_in_alphabetical_order() -> None:
    assert names_of_conditions(["sad", "afraid", "sad", "calm"]) == ("afraid", "calm", "sad")


@pytest.mark.parametrize(
    ("emotions", "topics", "said"),
    [
        (["a", "b", "c"], None, "3 conditions (a, b, c); an RDM needs at least 4."),
        ([*ABCD, " "], None, "emotions[4] is ' '; a label is a word."),
        (ABCD, ["x", "x", "x"], "topics has 3 entries for the states of 4 texts; give one for each."),
    ],
)
def test_labels_that_cannot_be_used_are_named(emotions: list[str], topics: list[str] | None, said: str) -> None:
    with pytest.raises(GeometryError) as error:
        of_texts(emotions, topics)
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        (["a", "b", "c"], "Unknown label d; allowed: a, b, c."),
        ([*ABCD, "f", "e"], "There is no text of e, f; every condition needs at least one."),
    ],
)
def test_conditions_that_were_said_are_those_that_are_there(allowed: list[str], said: str) -> None:
    with pytest.raises(GeometryError) as error:
        labels_of(np.zeros((4, 1)), 4, ABCD, None, None, 0, allowed)
    assert str(error.value) == said
