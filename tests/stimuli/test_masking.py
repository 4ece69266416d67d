"""Masking of the words that tell conditions apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.errors import StimuliError
from emogeo.geometry.controls import words_of
from emogeo.geometry.terms import stem, terms_of
from emogeo.geometry.word_classifier import count_words, left_out_hits, telling
from emogeo.stimuli.corpus import Corpus, Passage, corpus_of, load_corpus
from emogeo.stimuli.masking import Neighbours, masked, telling_terms

N_TOPICS = 6


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(topics=N_TOPICS)


def with_cues(corpus: Corpus) -> Corpus:
    """The passages, each with a word, four times, before it that returns with its emotion in every topic."""
    cues = {emotion: f"cue{'abcdefghijklmnopqrstu'[place]}" for place, emotion in enumerate(corpus.emotions[:21])}
    passages = tuple(replace(own, text=f"{4 * (cues[own.emotion] + ' ')}{own.text}") for own in corpus.passages)
    return replace(corpus, passages=passages)


def test_words_that_return_are_masked_and_no_longer_tell(corpus: Corpus) -> None:
    found, masking = masked(with_cues(corpus), 1)
    assert masking.accuracy_before > 0.9 and masking.accuracy_after < 0.4
    assert not any("cue" in text.lower() for text in found.texts)
    assert masking.n_masked >= 4 * len(corpus.texts)
    assert f"{masking.n_masked} of {masking.n_words} words" in str(masking)


def test_counts_and_accuracies_are_those_of_the_texts(corpus: Corpus) -> None:
    found, masking = masked(corpus, 5)
    changed = [
        (old, new)
        for one, other in zip(corpus.texts, found.texts, strict=True)
        for old, new in zip(words_of(one), words_of(other), strict=True)
        if old != new
    ]
    assert len(changed) == masking.n_masked
    assert masking.n_words == sum(len(words_of(text)) for text in corpus.texts)
    hits = left_out_hits(count_words(found.texts).values, corpus.emotions, corpus.topics)
    assert masking.accuracy_after == pytest.approx(hits.mean())
    assert (found.emotions, found.topics) == (corpus.emotions, corpus.topics)


def test_within_a_topic_a_word_has_one_substitute_whatever_the_emotion(corpus: Corpus) -> None:
    found = masked(corpus, 20)[0]
    substitutes: dict[tuple[str, str], set[str]] = {}
    for old, new in zip(corpus.passages, found.passages, strict=True):
        for one, other in zip(words_of(old.text), words_of(new.text), strict=True):
            substitutes.setdefault((old.topic, one), set()).add(other)
    assert {len(own) for own in substitutes.values()} == {1}
    letters = [[text[0] for text in own.texts] for own in (corpus, found)]
    assert all(one.isupper() == other.isupper() for one, other in zip(*letters, strict=True))


def test_the_texts_of_a_topic_have_no_say_in_what_is_masked_in_it(corpus: Corpus) -> None:
    """The words masked in a topic are those learned without it, by a plain loop."""
    found, topic = masked(corpus, 5)[0], corpus.topics[0]
    others = [own for own in corpus.passages if own.topic != topic]
    counts = count_words([own.text for own in others], terms_of)
    names = sorted(set(corpus.emotions))
    learned = np.array(
        [sum(row for row, own in zip(counts.values, others, strict=True) if own.emotion == name) for name in names]
    )
    masks = telling_terms(learned, counts.words, 5)
    for old, new in zip(corpus.passages, found.passages, strict=True):
        if old.topic == topic:
            kept = [one == other for one, other in zip(words_of(old.text), words_of(new.text), strict=True)]
            assert all(same for same, word in zip(kept, words_of(old.text), strict=True) if stem(word) not in masks)
            assert not masks & set(terms_of(new.text))


def test_neither_names_nor_the_order_of_lines_change_a_text(corpus: Corpus) -> None:
    found = {own.text for own in masked(corpus, 5)[0].passages}
    renamed = [Passage(own.emotion, f"z{own.topic[::-1]}", own.text) for own in reversed(corpus.passages)]
    assert {own.text for own in masked(Corpus("other", tuple(renamed)), 5)[0].passages} == found


def test_a_family_is_left_out_as_a_whole(corpus: Corpus) -> None:
    families = {topic: f"f{place // 2}" for place, topic in enumerate(dict.fromkeys(corpus.topics))}
    passages = tuple(replace(own, family=families[own.topic]) for own in corpus.passages)
    merged = tuple(replace(own, topic=families[own.topic]) for own in corpus.passages)
    as_families, as_topics = (masked(replace(corpus, passages=own), 5) for own in (passages, merged))
    assert as_families[0].texts == as_topics[0].texts and as_families[1] == as_topics[1]


def test_telling_terms_are_content_words_of_one_condition() -> None:
    learned = np.array([[9.0, 0, 1, 5], [0, 8, 1, 5], [0, 0, 3, 5], [0, 0, 0, 5]])
    terms = ["a", "b", "c", "d"]
    assert telling_terms(learned, terms, 1) == {"a", "b"}
    scores = telling(learned)
    assert scores[0, 0] > 0 and scores[1, 1] > 0
    assert telling_terms(learned, terms, 0) == set()


def test_a_substitute_stands_in_like_places() -> None:
    texts = ["she took the widow home", "he saw the kettle boil", "he saw the kettle sing", "run fast now"]
    assert Neighbours(texts).substitutes([0], {"widow"}) == {"widow": "kettle"}


@pytest.mark.parametrize(
    ("text", "topics", "said"),
    [("we walked {}", ["one"], "at least two"), ("我很难过{}", ["one", "two"], "no spaces")],
)
def test_what_cannot_be_masked_is_refused(text: str, topics: list[str], said: str) -> None:
    emotions = sorted(set(load_corpus(topics=1).emotions))
    rows = [{"emotion": e, "topic": t, "text": text.format(f"{e} {t}")} for e in emotions for t in topics]
    with pytest.raises(StimuliError, match=rf"stimuli.mask=3.*{said}.*stimuli.mask=0"):
        masked(corpus_of(rows, "mine"), 3)
