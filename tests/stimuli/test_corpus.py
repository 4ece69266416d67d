"""Reading corpora: order has no meaning, units hold one passage per condition, each fault has its message."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.errors import StimuliError
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import load_corpus, load_facts

Rows = list[dict[str, str]]


def balanced(n_topics: int = 2) -> Rows:
    return [
        {"emotion": emotion, "topic": f"t{topic}", "text": f"text {topic} {emotion}"}
        for topic in range(n_topics)
        for emotion in CONDITIONS
    ]


def write_jsonl(path: Path, rows: Rows) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_csv_and_jsonl_in_any_order_are_the_same_corpus(tmp_path: Path) -> None:
    rows = balanced()
    shuffled = random.Random(1).sample(rows, len(rows))
    with (tmp_path / "c.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["text", "emotion", "topic"])
        writer.writeheader()
        writer.writerows(shuffled)
    from_csv = load_corpus(str(tmp_path / "c.csv"))
    assert from_csv.passages == load_corpus(write_jsonl(tmp_path / "c.jsonl", rows)).passages
    assert from_csv.crossed


def test_line_breaks_and_separators_inside_a_text_survive(tmp_path: Path) -> None:
    rows = balanced(1)
    rows[0]["text"] = "one\u2028two, three\nfour"
    with (tmp_path / "c.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["emotion", "topic", "text"])
        writer.writeheader()
        writer.writerows(rows)
    assert "one\u2028two, three\nfour" in load_corpus(str(tmp_path / "c.csv")).texts
    assert "one\u2028two, three\nfour" in load_corpus(write_jsonl(tmp_path / "c.jsonl", rows)).texts


@given(seed=st.integers(0, 2**32 - 1))
def test_units_of_an_uncrossed_corpus_hold_each_condition_once(seed: int) -> None:
    from emogeo.stimuli.corpus import _corpus

    rows = [row | {"topic": "same"} for row in balanced(3)]
    corpus = _corpus("x", rows)
    assert not corpus.crossed
    units = corpus.units(seed)
    assert units == corpus.units(seed)
    for unit in set(units):
        members = [p.emotion for p, u in zip(corpus.passages, units, strict=True) if u == unit]
        assert sorted(members) == list(CONDITIONS)


def test_several_passages_per_topic_and_condition_are_one_unit() -> None:
    from emogeo.stimuli.corpus import _corpus

    rows = [row | {"topic": f"t{i // 42}"} for i, row in enumerate(balanced(6))]
    corpus = _corpus("x", rows)
    assert corpus.crossed
    assert corpus.units(0) == corpus.topics
    assert not _corpus("x", [row for row in rows if (row["topic"], row["emotion"]) != ("t0", "sad")] + [
        {"emotion": "sad", "topic": "t1", "text": f"more {i}"} for i in range(2)
    ]).crossed  # fmt: skip


def broken(change: str) -> Rows:
    rows = balanced()
    if change == "unknown":
        rows[0]["emotion"] = "hangry"
    elif change == "missing":
        rows = [row for row in rows if row["emotion"] != "sad"]
    elif change == "duplicate":
        rows[1]["text"] = rows[0]["text"]
    elif change == "empty":
        rows[3]["text"] = "   "
    elif change == "topicless":
        rows[0]["topic"] = ""
    elif change == "unequal":
        rows.append({"emotion": "sad", "topic": "t9", "text": "one more"})
    elif change == "field":
        del rows[2]["topic"]
    return rows


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("unknown", ["hangry", "allowed", "afraid"]),
        ("missing", ["no passage for sad"]),
        ("duplicate", ["more than once", "text 0 afraid"]),
        ("empty", ["line 4", "text is empty"]),
        ("topicless", ["line 1", "topic is empty"]),
        ("unequal", ["unequal", "sad 3", "afraid 2"]),
        ("field", ["line 3", "topic"]),
    ],
)
def test_each_fault_has_its_own_message(tmp_path: Path, change: str, words: list[str]) -> None:
    with pytest.raises(StimuliError) as error:
        load_corpus(write_jsonl(tmp_path / "mine.jsonl", broken(change)))
    assert all(word in str(error.value) for word in words), error.value


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StimuliError, match="a folder"):
        load_corpus(str(tmp_path))
    with pytest.raises(StimuliError, match="no such file"):
        load_corpus(str(tmp_path / "nowhere.csv"))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(StimuliError, match="csv or a .jsonl"):
        load_corpus(str(tmp_path / "a.txt"))
    (tmp_path / "a.jsonl").write_text('{"emotion": ')
    with pytest.raises(StimuliError, match="line 1 is not JSON"):
        load_corpus(str(tmp_path / "a.jsonl"))
    (tmp_path / "b.csv").write_bytes(b"emotion,topic,text\nsad,x,caf\xe9\n")
    with pytest.raises(StimuliError, match="UTF-8"):
        load_corpus(str(tmp_path / "b.csv"))


def csv_of(rows: Rows, header: str = "emotion,topic,text") -> str:
    return "\n".join([header, *(f"{row['emotion']},{row['topic']},{row['text']}" for row in rows)])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv_of([{"emotion": "sad", "topic": "t", "text": "cut here, or not"}]), ["line 2", "double quotes"]),
        (csv_of(balanced(), "emotion,topic,passage"), ["columns are emotion, topic, passage", "expected"]),
        (csv_of(balanced()).replace(",", ";"), ["columns are emotion;topic;text"]),
        ("", ["columns are none"]),
        ('emotion,topic,text\nsad,t,"never closed', ["not CSV"]),
    ],
)
def test_faults_of_csv(tmp_path: Path, content: str, words: list[str]) -> None:
    (tmp_path / "mine.csv").write_text(content)
    with pytest.raises(StimuliError) as error:
        load_corpus(str(tmp_path / "mine.csv"))
    assert all(word in str(error.value) for word in words), error.value


def test_an_unquoted_line_separator_stays_in_its_text(tmp_path: Path) -> None:
    rows = balanced(1)
    rows[0]["text"] = "one\u2028two"
    (tmp_path / "c.csv").write_text(csv_of(rows))
    assert "one\u2028two" in load_corpus(str(tmp_path / "c.csv")).texts


def test_facts_are_distinct_sentences() -> None:
    facts = load_facts()
    assert len(facts) == len(set(facts)) == 100
    assert all(fact.endswith(".") and fact[0].isupper() for fact in facts)
