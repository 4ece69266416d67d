"""What conditions are called."""

from __future__ import annotations

import pytest

from emogeo.stimuli.conditions import STUDIED, Noun, noun_of


@pytest.mark.parametrize(
    ("conditions", "noun"),
    [
        (STUDIED, Noun.emotion),
        (("sad", "neutral"), Noun.emotion),
        ((*STUDIED, "brave"), Noun.condition),
        (("Sad",), Noun.condition),
        (("难过", "高兴"), Noun.condition),
    ],
)
def test_only_the_study_s_are_called_emotions(conditions: tuple[str, ...], noun: Noun) -> None:
    assert noun_of(conditions) is noun


def test_words_of_a_sentence() -> None:
    assert [Noun.emotion.one, Noun.emotion.many] == ["an emotion", "emotions"]
    assert [Noun.condition.one, Noun.condition.many, f"{Noun.condition}"] == ["a condition", "conditions", "condition"]
