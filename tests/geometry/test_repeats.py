"""Near-duplicates, templates and wordings that return, against plain loops and planted ones."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry.ngrams import runs_of, tokens_of
from emogeo.geometry.repeats import NEAR, SHINGLE, Repeats, repeats
from emogeo.geometry.states import LabelledTexts
from tests.made_up_corpora import (
    PLACES,
    labelled,
    objects_in_one_template,
    objects_in_templates,
    one_sentence_in_ten_places,
    one_sentence_that_ends_in_ten_places,
    package,
    paraphrases,
)


def of(labels: LabelledTexts) -> Repeats:
    return repeats(labels, [tokens_of(text) for text in labels.texts])


def plain(labels: LabelledTexts) -> list[bool]:
    """Whether each text has a near-duplicate in another unit, text by text."""
    tokens = [tokens_of(text) for text in labels.texts]

    def near(a: int, b: int) -> bool:
        x, y = tokens[a], tokens[b]
        first, second = set(runs_of(x, SHINGLE)), set(runs_of(y, SHINGLE))
        replaced = len(x) == len(y) > 1 and sum(p != q for p, q in zip(x, y, strict=True)) <= 1
        return replaced or len(first & second) / len(first | second) >= NEAR

    rows = range(len(tokens))
    return [any(labels.units[a] != labels.units[b] and near(a, b) for b in rows) for a in rows]


@pytest.mark.parametrize(
    "made", [paraphrases, one_sentence_that_ends_in_ten_places, objects_in_templates, lambda: package(6)]
)
def test_near_duplicates_equal_plain_loops(made: object) -> None:
    labels: LabelledTexts = made()  # type: ignore[operator]
    np.testing.assert_array_equal(of(labels).near, plain(labels))


def test_single_words_are_not_near_each_other() -> None:
    found = of(labelled([("sad", "rain", "yes"), ("calm", "sun", "no"), ("sad", "sun", "perhaps")]))
    assert not found.near.any() and found.templated_share == 0


def test_both_of_two_near_texts_are_marked_wherever_they_stand() -> None:
    """The later one has a word more, so that no word is merely another."""
    said = "He turned the old quarrel over and over in his head"
    labels = labelled([("sad", "a", said), ("sad", "b", "It rained on the sea"), ("sad", "c", f"{said} again")])
    found = of(labels)
    assert found.near.tolist() == plain(labels) == [True, False, True]
    assert found.pairs == ((0, 2),)


def test_pairs_are_of_different_units_and_near() -> None:
    labels = paraphrases()
    found = of(labels)
    assert found.pairs
    assert all(labels.units[a] != labels.units[b] and labels.emotions[a] == labels.emotions[b] for a, b in found.pairs)


def test_a_template_is_told_from_a_repetition() -> None:
    several, one = of(objects_in_templates()), of(objects_in_one_template())
    assert (several.templated_share, several.near_share, several.returning_share) == (1, 0, 0)
    assert (one.templated_share, one.near_share) == (1, 1)
    labels = objects_in_templates()
    assert all(labels.emotions[a] != labels.emotions[b] for a, b in several.templates)


def test_what_a_unit_has_in_common_is_no_wording_of_a_condition() -> None:
    """The place stands in all texts of a unit, the sentence in all units of a condition."""
    found = of(one_sentence_in_ten_places())
    np.testing.assert_array_equal(found.returning, 1)
    frame = labelled(
        (e, place, f"In the old {place} it was nearly noon {e}{place}x {e}{place}y {e}{place}z {e}{place}w")
        for place in PLACES
        for e in ("sad", "calm", "angry")
    )
    assert of(frame).returning_share < 0.1


def test_the_packages_passages_do_not_repeat_each_other() -> None:
    found = of(package())
    assert (found.near_share, found.templated_share) == (0, 0)
    assert found.returning_share < 0.01


def test_texts_without_wording_of_their_own_have_no_share() -> None:
    found = of(labelled((e, t, f"the same in {t} for all of them") for t in "ab" for e in ("sad", "calm")))
    assert np.isnan(found.returning).all()
    assert found.returning_share == 0


def test_eight_characters_are_a_wording_where_there_are_no_blanks() -> None:
    places = "山路 海边 学校 医院".split()
    told = {"afraid": "她害怕得一步也走不动", "calm": "他慢慢地喝完了一杯茶"}
    rows = [(e, p, f"{p}很安静，{w}。") for p in places for e, w in told.items()]
    assert of(labelled(rows)).returning_share > 0.8
