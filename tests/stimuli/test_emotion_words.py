"""Words of every emotion, each of one emotion alone."""

from __future__ import annotations

from collections import Counter

from emogeo.geometry.options import NEUTRAL
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.emotion_words import steering_words


def test_every_emotion_has_eight_words_and_neutral_none() -> None:
    words = steering_words()
    assert sorted(words) == [condition for condition in CONDITIONS if condition != NEUTRAL]
    for emotion, own in words.items():
        assert len(own) == len(set(own)) == 8, emotion
        assert all(word.isalpha() and word.islower() for word in own), emotion


def test_no_word_stands_for_two_emotions() -> None:
    words = [word for own in steering_words().values() for word in own]
    assert sorted(word for word, times in Counter(words).items() if times > 1) == []


def test_a_word_that_names_a_condition_is_that_conditions() -> None:
    assert all(emotion == word for emotion, own in steering_words().items() for word in own if word in CONDITIONS)
