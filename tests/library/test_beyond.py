"""Whether two geometries agree beyond words, from the library."""

from __future__ import annotations

import numpy as np
import pytest

import emogeo
from emogeo.errors import GeometryError
from emogeo.geometry.beyond import Beyond
from emogeo.geometry.geometry import Geometry
from emogeo.library.beyond import beyond_words
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted_words import WordWorld, codes
from tests.unchanged.computed import DATA

WORLD = WordWorld(24, 0.5, 0.85, 0.3, 0.3)
EMOTIONS = list(CONDITIONS) * WORLD.n_units
TOPICS = [f"topic {unit:02d}" for unit in range(WORLD.n_units) for _ in CONDITIONS]


def geometry(code: int, seed: int, texts: list[str] | None = None) -> Geometry:
    """A planted geometry of the world: 0 and 1 are models, 4 to 7 know words alone."""
    noise = np.random.default_rng(seed).normal(size=(len(EMOTIONS), 60))
    states = np.sqrt(0.3) * np.tile(codes(WORLD)[code], (WORLD.n_units, 1)) + noise
    return Geometry.from_states(states, EMOTIONS, TOPICS, texts=texts, layer="all", name=f"model {code}")


def test_two_twins_of_each_give_a_verdict_and_it_stands_before_rho_star() -> None:
    twins = ([geometry(4, 4), geometry(5, 5)], [geometry(6, 6), geometry(7, 7)])
    found = emogeo.compare(geometry(0, 0), geometry(1, 1), twins=twins)
    assert found.beyond_words is Beyond.yes
    assert found.rho_partial is not None
    lines = str(found).splitlines()
    assert lines[1].startswith("beyond words: yes (ρ* ")
    assert next(i for i, line in enumerate(lines) if line.startswith("ρ* ")) > 1


@pytest.mark.parametrize("n", [None, 1])
def test_without_two_twins_of_each_it_cannot_be_told(n: int | None) -> None:
    twins = None if n is None else ([geometry(4, 4)], [geometry(6, 6)])
    found = emogeo.compare(geometry(0, 0), geometry(1, 1), twins=twins)
    assert found.beyond_words is Beyond.unknown
    assert "twins=([" in found.beyond_reason


def test_words_of_texts_that_are_known_are_nulls() -> None:
    texts = [f"{topic} a {emotion} word" for emotion, topic in zip(EMOTIONS, TOPICS, strict=True)]
    found = beyond_words(geometry(0, 0, texts), geometry(1, 1, texts), None, 100, 0)
    assert any(note.startswith("bag of words") for note in (*found.given, *found.left_out))
    assert geometry(0, 0, texts).labels.known
    assert not geometry(0, 0).labels.known


@pytest.mark.parametrize(
    "text", ["It was noon in the {topic}. He said one {emotion} thing to her and left.", "{emotion} {topic} {topic}"]
)
def test_on_texts_that_bar_a_verdict_it_cannot_be_told(text: str) -> None:
    """The same states as above, which agree beyond words on texts that are not known."""
    texts = [text.format(emotion=emotion, topic=topic) for emotion, topic in zip(EMOTIONS, TOPICS, strict=True)]
    twins = ([geometry(4, 4, texts), geometry(5, 5, texts)], [geometry(6, 6, texts), geometry(7, 7, texts)])
    found = emogeo.compare(geometry(0, 0, texts), geometry(1, 1, texts), twins=twins)
    assert found.beyond_words is Beyond.unknown
    assert found.beyond_reason.startswith("the texts bar a verdict: cue words")


def test_a_model_is_not_its_own_twin_and_rdms_have_none() -> None:
    a, b = geometry(0, 0), geometry(1, 1)
    with pytest.raises(GeometryError, match="a twin has other weights"):
        emogeo.compare(a, b, twins=([a, geometry(4, 4)], [geometry(6, 6)]))
    with pytest.raises(GeometryError, match="takes states"):
        emogeo.compare(a.rdm, b.rdm, twins=([], []))
    with pytest.raises(GeometryError, match="geometries or runs"):
        emogeo.compare(a, b, twins=([a.rdm], [b.rdm]))


@pytest.mark.parametrize("twins", [(), ([],), ([], None), "ab", 3])
def test_twins_are_two_lists(twins: object) -> None:
    with pytest.raises(GeometryError, match="two lists are needed"):
        emogeo.compare(geometry(0, 0), geometry(1, 1), twins=twins)  # type: ignore[arg-type]


def test_one_seed_twice_and_other_texts_are_no_twins() -> None:
    a, b, twin = geometry(0, 0), geometry(1, 1), geometry(4, 4)
    with pytest.raises(GeometryError, match="a twin has other weights"):
        emogeo.compare(a, b, twins=([twin, twin], [geometry(6, 6)]))
    elsewhere = [f"{topic} {emotion}" for emotion, topic in zip(EMOTIONS, TOPICS, strict=True)]
    with pytest.raises(GeometryError, match="has read other texts"):
        emogeo.compare(a, b, twins=([geometry(4, 4, elsewhere)], []))


def test_a_trained_run_is_no_twin_of_another() -> None:
    store = emogeo.open_store(DATA / "store")
    a, b = store.runs("smollm2-135m-instruct")[0], store.runs("gemma-3-270m")[0]
    with pytest.raises(GeometryError, match="no untrained twin"):
        emogeo.compare(a, b, twins=([b], [a]))
