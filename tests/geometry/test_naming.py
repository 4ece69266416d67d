"""Texts that use the name of their own condition."""

from __future__ import annotations

import numpy as np

from emogeo.geometry.corpus_checks import check_corpus
from emogeo.geometry.naming import naming
from emogeo.geometry.states import LabelledTexts
from emogeo.stimuli.corpus import load_corpus


def labels(*pairs: tuple[str, str]) -> LabelledTexts:
    emotions, texts = zip(*pairs, strict=True)
    units = tuple(f"u{at}" for at in range(len(pairs)))
    return LabelledTexts(emotions, units, units, texts)


def test_names_of_conditions_in_texts() -> None:
    own = labels(
        ("fear", "She was Fearful of it."),
        ("fear", "He felt joy."),
        ("joy", "A joyride, and no more."),
        ("joy", "What joy!"),
        ("at_ease", "All were at ease, there."),
        ("at_ease", "At long last, ease."),
        ("快乐", "他很快乐。"),
    )
    np.testing.assert_array_equal(naming(own), [True, False, False, True, True, False, True])


def test_the_packages_texts_do_not_name_their_condition_and_others_are_flagged() -> None:
    corpus = load_corpus(topics=6)
    own = LabelledTexts(*(tuple(x) for x in (corpus.emotions, corpus.topics, corpus.topics, corpus.texts)))
    assert not naming(own).any()
    said = labels(
        *((label, f"{word} and so on it went, {label}") for label in ("fear", "joys") for word in ("Up", "In"))
    )
    assert any(
        "100% of the texts use the name of their own condition (fear in 2, joys in 2 texts)" in str(flag)
        for flag in check_corpus(said).flags
    )
