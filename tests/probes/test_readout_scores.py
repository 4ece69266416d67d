"""Which texts count, what is found for them, and what is said of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from emogeo.geometry.options import Centring
from emogeo.geometry.states import LabelledTexts
from emogeo.probes.readout_scores import Source, scores_of
from emogeo.stimuli.any_texts import AnyTexts
from tests.geometry.test_readout import planted

WORDS = {"angry": "fist", "calm": "lake", "happy": "song", "neutral": "table", "sad": "rain"}


def source(centring: Centring = Centring.grand_mean, signal: float = 2.0) -> Source:
    """States of which labels say much, of texts of two words, of which one tells the label."""
    states = planted(3, centring, signal)
    texts = tuple(f"{unit} {WORDS[emotion]}" for emotion, unit in zip(states.emotions, states.units, strict=True))
    return Source(states, LabelledTexts(tuple(states.emotions), tuple(states.units), tuple(states.units), texts))


def other(**changes: Any) -> AnyTexts:
    """Texts of eight other topics, two labels each."""
    topics = tuple(f"new {topic}" for topic in range(8) for _ in range(2))
    labels = ("calm", "sad") * 8
    texts = tuple(f"{topic} {WORDS[label]}" for topic, label in zip(topics, labels, strict=True))
    return replace(AnyTexts("mine", texts, labels, topics), **changes)


def test_labels_of_topics_that_no_vector_has_seen_are_scored() -> None:
    tops = ["calm", "sad"] * 7 + ["calm", "calm"]
    found = scores_of(source(), other(), tops, 99, 0)
    assert (found.own, found.found, set(found.seen)) == (False, tops, {False})
    numbers = found.metrics
    assert (numbers.n_scored, numbers.n_topics, numbers.accuracy, numbers.chance) == (16, 8, 15 / 16, 0.5)
    assert numbers.words_accuracy == 1
    assert numbers.accuracy_ci_low is not None
    assert 0.4 < numbers.accuracy_ci_low < numbers.accuracy_ci_high < 1  # type: ignore[operator]
    assert numbers.p is not None
    assert numbers.p <= 0.05
    assert found.notes == ()


def test_texts_that_do_not_count_are_said() -> None:
    read = other()
    labels = (None, "joy", *read.labels[2:])
    topics = (*read.topics[:2], "u1", "u1", *read.topics[4:])
    found = scores_of(source(), replace(read, labels=labels, topics=topics), ["calm"] * 16, 19, 0)
    assert found.notes == (
        "1 of 16 texts do not count: without a label",
        "1 of 16 texts do not count: of conditions without a vector (joy)",
        "2 of 16 texts do not count: of topics that the vectors have seen",
    )
    assert found.found[:4] == found.words[:4] == [None] * 4
    assert list(found.seen[:4]) == [False, False, True, True]
    assert found.metrics.n_topics == 6


def test_where_no_text_counts_there_is_no_number() -> None:
    for changes, said in (
        ({"labels": (None,) * 16}, "no accuracy: the texts have no labels"),
        ({"topics": ("u1",) * 16}, "no accuracy: no text is left"),
    ):
        found = scores_of(source(), other(**changes), ["calm"] * 16, 19, 0)
        assert found.notes[-1] == said
        assert (found.metrics.accuracy, found.metrics.p, found.metrics.n_scored) == (None, None, 0)


def test_own_texts_in_any_order_leave_each_topic_out() -> None:
    own = source()
    order = np.random.default_rng(0).permutation(len(own.texts.texts))
    texts, labels, topics = (
        [given[row] for row in order] for given in (own.texts.texts, own.texts.emotions, own.texts.topics)
    )
    found = scores_of(own, AnyTexts("own", tuple(texts), tuple(labels), tuple(topics)), ["calm"] * 30, 19, 0)
    assert found.own
    assert found.metrics.accuracy is not None
    assert found.metrics.accuracy > 0.8
    hits = [a == b for a, b in zip(found.found, labels, strict=True)]
    assert np.mean(hits) == found.metrics.accuracy
    assert (found.metrics.p, found.metrics.words_accuracy) == (0.05, 1.0)


def test_a_condition_that_is_the_origin_does_not_count() -> None:
    own = source(Centring.neutral)
    read = AnyTexts("own", own.texts.texts, own.texts.emotions, own.texts.topics)
    found = scores_of(own, read, ["calm"] * 30, 19, 0)
    assert found.metrics.n_scored == 24
    assert [row for row, f in zip(own.texts.emotions, found.found, strict=True) if f is None] == ["neutral"] * 6


def test_unknown_source_texts_have_no_figure_for_words() -> None:
    own = source()
    blank = replace(own, texts=replace(own.texts, texts=("",) * 30))
    found = scores_of(blank, other(), ["calm"] * 16, 19, 0)
    assert found.metrics.words_accuracy is None
    assert found.notes == ("no figure for words: the texts that the vectors are made of are not known",)


def test_too_few_topics_and_labels_that_cannot_be_permuted_are_said() -> None:
    read = other()
    found = scores_of(source(), replace(read, topics=("new",) * 16), ["calm"] * 16, 19, 0)
    assert found.notes == ("no interval (1 topics, 6 needed)",)
    single = AnyTexts("mine", tuple("abcdefgh"), ("calm",) * 8, (None,) * 8)
    assert (
        "p not identifiable: no topic has texts of two labels" in scores_of(source(), single, ["calm"] * 8, 19, 0).notes
    )
