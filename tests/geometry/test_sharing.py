"""Units of samples taken together: no text and no name lies in two of them."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.sharing import joint_units, over, over_shared, raw_rho
from emogeo.geometry.states import LabelledTexts
from tests.planted import labels


def told(units: dict[str, list[str]], topics: tuple[str, ...] = ()) -> LabelledTexts:
    names = tuple(unit for unit, own in units.items() for _ in own)
    texts = tuple(text for own in units.values() for text in own)
    return LabelledTexts(("sad",) * len(names), topics or ("t",) * len(names), names, texts)


def test_joint_units() -> None:
    first = told({"a": ["x"], "b": ["y"], "c": ["z"]})
    assert joint_units([first, told({"a": ["x"], "b": ["y"]})]) == [["a", "b", "c"], ["a", "b"]]
    assert joint_units([first, told({"a": ["other"], "b": ["y"]})]) == [["a", "b", "c"], ["a", "b"]], "one name"
    tied = joint_units([first, told({"a": ["y"], "b": ["w"]})])
    assert tied == [["a+b", "a+b", "c"], ["a+b", "a+b"]], "a text of b is a's in the other run"
    before = joint_units([first, told({"a+b": ["p", "q"]})])
    assert before[1] == [before[0][0]] * 2 == [before[0][1]] * 2, "tied before"
    assert joint_units([first, told({"d": ["v"]})]) == [["a", "b", "c"], ["d"]]


def test_a_topic_with_a_plus_in_its_name_ties_nothing() -> None:
    music = told({"rock+roll": ["x"], "roll": ["y"]}, topics=("rock+roll", "roll"))
    assert joint_units([music, music]) == [["rock+roll", "roll"]] * 2


def geometry(n_units: int, prefix: str = "u", texts: str | None = None, neutral: str = "neutral") -> Geometry:
    emotions, topics = labels(n_units, prefix)
    emotions = [neutral if emotion == "neutral" else emotion for emotion in emotions]
    states = np.random.default_rng(n_units).normal(size=(len(emotions), 8))
    words = None if texts is None else [f"{texts} {t} {e}" for t, e in zip(topics, emotions, strict=True)]
    return Geometry.from_states(states, emotions, topics, texts=words)


def test_what_two_geometries_have_in_common() -> None:
    both = over_shared(geometry(10), geometry(8))
    assert both.paired
    assert both.same_text
    assert both.missing_units == ("u08", "u09")
    assert [halves.n_units for halves in both.halves] == [8, 8]


def test_units_come_in_one_order_whichever_sample_is_first() -> None:
    """As both samples have them, else by their texts; halves are drawn by that order."""
    emotions, topics = labels(6)
    texts = [f"{9 - int(topic[1:])} {emotion}" for topic, emotion in zip(topics, emotions, strict=True)]
    states = np.random.default_rng(0).normal(size=(len(texts), 8))
    usual = Geometry.from_states(states, emotions, topics, texts=texts)
    turned = Geometry.from_states(states[::-1], emotions[::-1], topics[::-1], texts=texts[::-1])

    def units(*samples: Geometry) -> list[tuple[str, ...]]:
        return [halves.products.units for halves in over_shared(*samples).halves]

    names = tuple(dict.fromkeys(topics))
    assert units(usual, usual) == [names, names]
    assert units(usual, turned) == units(turned, usual) == [names[::-1], names[::-1]]


def test_one_name_with_other_texts_is_paired_and_not_the_same_text() -> None:
    both = over_shared(geometry(8, texts="a"), geometry(8, texts="b"))
    assert both.paired
    assert not both.same_text


def test_nothing_in_common_leaves_each_its_own_units() -> None:
    both = over_shared(geometry(10, "x", "a"), geometry(8, "y", "b"))
    assert not both.paired
    assert [halves.n_units for halves in both.halves] == [10, 8]
    assert -1 <= raw_rho(geometry(10, "x"), geometry(8, "y")) <= 1


def test_conditions_are_the_common_ones() -> None:
    both = over_shared(geometry(8), geometry(8, neutral="bored"))
    assert len(both.halves[0].products.conditions) == 20
    emotions = [f"e{row % 4}" for row in range(32)]
    other = Geometry.from_states(
        np.random.default_rng(0).normal(size=(32, 8)), emotions, [str(r // 4) for r in range(32)]
    )
    with pytest.raises(GeometryError, match="0 conditions in common, 4 are needed"):
        over_shared(geometry(8), other)


def test_what_a_sample_was_restricted_to_is_kept() -> None:
    whole = geometry(8).halves
    conditions = whole.products.conditions[1:]
    less = over(whole, whole.products.units, conditions)
    assert less.products.conditions == conditions and over(whole, whole.products.units, list(conditions)) is less
    assert over(whole, whole.products.units[1:], conditions).n_units == 7
    assert over(whole, whole.products.units, whole.products.conditions) is whole
