"""Words of every emotion, each of one emotion alone."""

from __future__ import annotations

from itertools import combinations

from emogeo.geometry.options import NEUTRAL
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.emotion_words import steering_words


def test_every_emotion_has_eight_words_and_neutral_none() -> None:
    words = steering_words()
    assert sorted(words) == [condition for condition in CONDITIONS if condition != NEUTRAL]
    for emotion, own in words.items():
        assert len(own) == len(set(own)) == 8, emotion
        assert all(word.isalpha() and word.islower() for word in own), emotion


def test_emotions_are_told_apart_by_most_of_their_words() -> None:
    words = steering_words()
    shared = {(a, b): len({*words[a]} & {*words[b]}) for a, b in combinations(words, 2)}
    assert max(shared.values()) < 4, max(shared, key=lambda pair: shared[pair])
    assert shared["calm", "hostile"] == 0, "the emotions of the published scenarios"
