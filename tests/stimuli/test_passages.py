"""What the shipped passages promise."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import Corpus, load_corpus

NAMED = re.compile(
    r"\b(afraid|fear\w*|fright\w*|scar(e|ed|es|y|ing)|terror\w*|terrif\w*|panic\w*|dread\w*|ang(er|ers|ry|rily|ered)"
    r"|rag(e|es|ed|ing)|fur(y|ious\w*)|irate|wrath\w*|anxi\w*|worr(y|ied|ies|ying)|uneas\w*|bliss\w*|ecsta\w*|euphori\w*"
    r"|rapture\w*|brood\w*|calm\w*|seren\w*|tranquil\w*|peaceful\w*|desper\w*|despair\w*|enthus\w*|excit\w*|eager\w*"
    r"|exasper\w*|annoy\w*|irrita\w*|frustrat\w*|gloom\w*|grateful\w*|gratitude|ingratitude|thankful\w*|thank(s|ed|ing)?"
    r"|guilt\w*|remorse\w*|asham\w*|shame\w*|happ(y|ily|ier|iest|iness)|unhapp\w*|joy\w*|glad\w*|delight\w*|cheerful\w*"
    r"|hop(e|es|ed|ing|eful\w*|eless\w*)|optimis\w*|hostil\w*|hate\w*|hatred|lov(e|es|ed|ing|ingly|ely|er|ers)|beloved"
    r"|affection\w*|adore\w*|nerv(e|es|ous\w*|y)|jitter\w*|neutral\w*|proud\w*|pride\w*|reflect\w*|contemplat\w*"
    r"|pensive\w*|sad|sadder|sadd\w*|sadness|sadly|sorrow\w*|grief|griev\w*|miser(y|able|ably)|melanchol\w*|depress\w*"
    r"|emotion\w*|feel|feels|feeling\w*|felt|mood\w*)\b",
    re.IGNORECASE,
)
FUNCTION_WORDS = set(
    """
    a an the and or but nor so yet of in on at to for from by with into onto over under up down out off
    as than then that this these those it its he she they them his her their him hers theirs is was were
    be been being had has have did do does not no never again still only just all one each every what
    when while who whom which where how if because before after until through across behind beside
    between near against about around back there here would could should will can may might must more
    most some any both few own same such too very
    """.split()
)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def shared_start(lists: list[list[str]]) -> int:
    columns = zip(*lists, strict=False)
    count = 0
    for column in columns:
        if len(set(column)) > 1:
            break
        count += 1
    return count


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def by_topic(corpus: Corpus) -> dict[str, dict[str, list[str]]]:
    topics: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for passage in corpus.passages:
        topics[passage.topic][passage.emotion] = words(passage.text)
    return topics


def test_every_topic_is_told_once_per_condition(corpus: Corpus, by_topic: dict[str, dict[str, list[str]]]) -> None:
    assert corpus.crossed
    assert len(by_topic) == 6
    assert all(sorted(told) == list(CONDITIONS) for told in by_topic.values())


def test_length(corpus: Corpus) -> None:
    assert [p.text for p in corpus.passages if not 30 <= len(p.text.split()) <= 45] == []


def test_no_emotion_is_named(corpus: Corpus) -> None:
    assert [(p.topic, p.emotion, m[0]) for p in corpus.passages if (m := NAMED.search(p.text))] == []


def test_topics_open_alike_and_end_in_the_same_clause(by_topic: dict[str, dict[str, list[str]]]) -> None:
    for topic, told in by_topic.items():
        assert shared_start(list(told.values())) >= 5, topic
        assert shared_start([text[::-1] for text in told.values()]) >= 5, topic


def test_no_phrase_of_four_words_is_shared_by_two_topics(
    by_topic: dict[str, dict[str, list[str]]],
) -> None:
    first_seen: dict[tuple[str, ...], str] = {}
    for topic, told in by_topic.items():
        start, end = shared_start(list(told.values())), shared_start([text[::-1] for text in told.values()])
        for emotion, text in told.items():
            own = text[start : len(text) - end]
            for i in range(len(own) - 3):
                phrase = tuple(own[i : i + 4])
                if set(phrase) <= FUNCTION_WORDS:
                    continue
                assert first_seen.setdefault(phrase, topic) == topic, (emotion, phrase, topic)
