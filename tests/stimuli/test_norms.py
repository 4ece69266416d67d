"""Ratings are those that were published, of every condition word that was rated."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.norms import LabelledRdm, Ratings, load_norms, package_norms


def test_words_that_were_not_rated_are_left_out() -> None:
    assert sorted({*CONDITIONS} - {*load_norms()}) == ["exasperated"]
    assert {*load_norms()} <= {*CONDITIONS}


@pytest.mark.parametrize(
    ("word", "ratings"), [("afraid", (2.25, 5.12, 2.71)), ("angry", (2.53, 6.20, 4.11)), ("happy", (8.47, 6.05, 7.21))]
)
def test_columns_are_valence_arousal_and_dominance(word: str, ratings: tuple[float, float, float]) -> None:
    assert load_norms()[word] == ratings


def test_ratings_lie_on_their_scale_and_in_their_order() -> None:
    norms = load_norms()
    assert all(1 <= rating <= 9 for ratings in norms.values() for rating in ratings)
    valence = {word: ratings[0] for word, ratings in norms.items()}
    assert max(valence["sad"], valence["hostile"], valence["guilty"]) < valence["neutral"] < valence["grateful"]
    assert norms["enthusiastic"][1] > norms["calm"][1], "aroused"


def ratings(*rows: tuple[str, float], name: str = "own") -> Ratings:
    return Ratings(name, ("v",), tuple(word for word, _ in rows), np.array([[value] for _, value in rows]))


def test_labels_match_in_any_case_and_with_blanks_for_signs() -> None:
    norm = ratings((" Happy", 1), ("at ease", 2), ("grief-stricken", 3), ("caf\u00e9", 4), ("rated", np.nan))
    labels = ["happy ", "at_ease", "At Ease", "grief stricken", "cafe\u0301", "rated", "unknown"]
    match = norm.match(labels)
    assert match.words == dict(
        zip(labels, [" Happy", "at ease", "at ease", "grief-stricken", "caf\u00e9"], strict=False)
    )
    assert (match.absent, match.ambiguous) == (("rated", "unknown"), ())


def test_the_stricter_spelling_is_taken_first() -> None:
    norm = ratings(("China", 1), ("china", 2), ("well-being", 3), ("well being", 4))
    match = norm.match(["china", "China", "well being", "well-being", "CHINA", "well_being"])
    assert match.words == {word: word for word in ("china", "China", "well being", "well-being")}
    assert match.ambiguous == ("CHINA", "well_being"), "two words of it that are rated otherwise"


def test_a_word_with_rows_that_differ_is_not_taken() -> None:
    norm = ratings(("sad", 1), ("sad", 2), ("glad", 3), ("glad", 3), ("calm", 4), ("calm", np.nan), ("Calm", 4))
    assert norm.match(["sad", "glad", "calm", "CALM"]).ambiguous == ("sad",)
    assert norm.entries == {"glad": (3,), "calm": (4,), "Calm": (4,)}


def test_what_is_not_finite_is_no_rating_on_that_dimension_alone() -> None:
    norm = Ratings("own", ("v", "a"), ("sad", "glad", "calm"), np.array([[1, np.inf], [2, 5], [3, 6.0]]))
    assert norm.match(["sad"]).absent == ("sad",)
    assert norm.only("v").entries == {"sad": (1,), "glad": (2,), "calm": (3,)}
    assert norm.only("a").name == "own: a"
    np.testing.assert_allclose(norm.only("a").distances(["glad", "calm"]), [2.0])


def test_dissimilarities_are_picked_by_label() -> None:
    values = np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0.0]])
    rdm = LabelledRdm("rdm", ("sad", "glad", "at ease"), values)
    match = rdm.match(["at-ease", "SAD", "foreign"])
    assert match.words == {"at-ease": "at ease", "SAD": "sad"}
    assert match.absent == ("foreign",)
    assert rdm.distances(["at ease", "sad", "glad"]).tolist() == [2, 3, 1]


def test_the_package_has_its_ratings_as_a_norm() -> None:
    assert package_norms().entries == load_norms()
    assert package_norms().match(["Happy", "froh"]).words == {"Happy": "happy"}
