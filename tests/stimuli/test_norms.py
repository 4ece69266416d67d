"""Ratings are those that were published, of every condition word that was rated."""

from __future__ import annotations

import pytest

from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.norms import load_norms


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
