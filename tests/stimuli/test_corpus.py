"""Reading corpora: order has no meaning, units hold one passage per condition, each fault has its message."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.config.texts import FieldsConfig, Incomplete
from emogeo.errors import StimuliError
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import corpus_of, load_corpus, load_facts

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


@given(seed=st.integers(0, 2**32 - 1), extra=st.integers(0, 5))
def test_units_of_an_uncrossed_corpus_hold_every_condition_and_every_text(seed: int, extra: int) -> None:
    more = [{"emotion": "sad", "topic": "same", "text": f"more {i}"} for i in range(extra)]
    corpus = corpus_of([row | {"topic": "same"} for row in balanced(3)] + more, "x")
    assert not corpus.crossed
    units = corpus.units(seed)
    assert units == corpus.units(seed)
    assert len(set(units)) == 3, "as many groups as the rarest condition has texts"
    for unit in set(units):
        members = [p.emotion for p, u in zip(corpus.passages, units, strict=True) if u == unit]
        assert sorted(set(members)) == list(CONDITIONS)
        assert members.count("sad") in {1 + extra // 3, 1 + -(-extra // 3)}


def test_several_passages_per_topic_and_condition_are_one_unit() -> None:
    rows = [row | {"topic": f"t{i // 42}"} for i, row in enumerate(balanced(6))]
    corpus = corpus_of(rows, "x")
    assert corpus.crossed
    assert corpus.units(0) == corpus.topics
    uneven = corpus_of([*rows, {"emotion": "sad", "topic": "t1", "text": "one more"}], "x")
    assert uneven.crossed, "one text in every cell is enough"
    assert uneven.units(0) == uneven.topics


def test_texts_without_topics_are_units_at_random() -> None:
    corpus = corpus_of([{"emotion": row["emotion"], "text": row["text"]} for row in balanced(4)], "x")
    assert not corpus.has_topics
    assert len(set(corpus.units(0))) == 4


def test_conditions_are_the_labels() -> None:
    rows = [{"emotion": e, "topic": f"t{i}", "text": f"{e} {i}"} for e in ("a b", "无聊", "-5", "x") for i in range(3)]
    corpus = corpus_of(rows, "x")
    assert corpus.conditions == ("-5", "a b", "x", "无聊")
    assert corpus.neutral is None
    assert load_corpus().conditions == CONDITIONS
    assert load_corpus().neutral == "neutral"


def broken(change: str) -> Rows:
    rows = balanced()
    if change == "missing":
        rows = [row for row in rows if (row["emotion"], row["topic"]) != ("sad", "t0")]
    elif change == "torn":
        rows[1]["text"] = rows[0]["text"]
    elif change == "empty":
        rows[3]["text"] = "   "
    elif change == "topicless":
        rows[0]["topic"] = ""
    elif change == "field":
        del rows[2]["text"]
    elif change == "few":
        rows = [row for row in rows if row["emotion"] in {"sad", "calm", "happy"}]
    return rows


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("missing", ["1 of 2 topics", "'t0' lacks sad", 'incomplete="drop"', 'fields={"topic": None}']),
        ("torn", ["two conditions", "afraid, angry", "text 0 afraid", 'mend=["rows"]']),
        ("empty", ["line 4", "text"]),
        ("topicless", ["line 1", "no topic"]),
        ("field", ["line 3", "text"]),
        ("few", ["3 conditions (calm, happy, sad)", "4 to 400"]),
    ],
)
def test_each_fault_has_its_own_message(tmp_path: Path, change: str, words: list[str]) -> None:
    with pytest.raises(StimuliError) as error:
        load_corpus(write_jsonl(tmp_path / "mine.jsonl", broken(change)))
    assert all(word in str(error.value) for word in words), error.value


def test_incomplete_topics_are_dropped_where_that_is_asked_for(tmp_path: Path) -> None:
    corpus = load_corpus(write_jsonl(tmp_path / "c.jsonl", broken("missing")), incomplete=Incomplete.drop)
    assert set(corpus.topics) == {"t1"}
    assert any("1 of 2 topics lack conditions and are left out: 't0' lacks sad" in note for note in corpus.notes)


def test_a_text_that_stands_twice_in_a_cell_is_read_once() -> None:
    rows = balanced()
    corpus = corpus_of([*rows, rows[5]], "x")
    assert corpus.passages == corpus_of(rows, "x").passages
    assert corpus.notes == ("1 text(s) that stand twice under one condition and topic are read once",)
    again = corpus_of([*rows, {**rows[5], "topic": "t1"}], "x")
    assert len(again.passages) == len(rows) + 1, "in another topic it is what it is: a text that returns"


def csv_of(rows: Rows, header: str = "emotion,topic,text") -> str:
    return "\n".join([header, *(f"{row['emotion']},{row['topic']},{row['text']}" for row in rows)])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (csv_of([{"emotion": "sad", "topic": "t", "text": "cut here, or not"}]), ["line 2", "double quotes"]),
        (csv_of(balanced(), "emotion,topic,passage"), ["columns are emotion, topic, passage", "expected"]),
        (csv_of(balanced(), "emotion,topic,text").replace(",", "x", 5), ["expected"]),
        ("", ["no rows"]),
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


def test_the_first_topics_of_ones_own_texts(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "mine.jsonl", balanced(4))
    assert set(load_corpus(path, topics=2).topics) == {"t0", "t1"}
    with pytest.raises(StimuliError, match=r"topics=5: mine has 4 topics; give 1 to 4, or null\."):
        load_corpus(path, topics=5)
    with pytest.raises(StimuliError, match=r"topics=2: mine has no topics; type topics=None\."):
        load_corpus(path, topics=2, fields={"topic": None})


def test_options_in_python_are_plain_values(tmp_path: Path) -> None:
    rows = [{"label": at % 4, "story": f"text {at}"} for at in range(8)]
    got = corpus_of(rows, "mine", fields={"emotion": "label", "text": "story"}, rename={0: "joy"})
    assert got.conditions == ("1", "2", "3", "joy")
    assert "labels are numbers" not in str(got.notes)
    numbers = corpus_of(rows, "mine", fields=FieldsConfig(emotion="label", text="story"))
    assert numbers.notes == (
        'labels are numbers: 0, 1, 2, 3; to name them, type rename={"0": "NAME", "1": "NAME"} and so on',
    )
    with pytest.raises(StimuliError, match=r'Name its fields: type fields=\{"emotion": "label", "text": "story"\}'):
        corpus_of(rows, "mine")
    for wrong in ({"mend": ["row"]}, {"mend": "row"}, {"no_option": 1}, {"fields": {"label": "x"}}):
        with pytest.raises(StimuliError, match=r"mend|no_option|label"):
            load_corpus(str(tmp_path), **wrong)


@pytest.mark.parametrize("fields", [["emotion", "text"], ("emotion", "text")])
def test_columns_without_a_header_are_named_in_a_list(tmp_path: Path, fields: list[str] | tuple[str, ...]) -> None:
    (tmp_path / "mine.csv").write_text("".join(f"{e},A text of {e} {i}.\n" for e in "abcd" for i in range(3)))
    assert load_corpus(str(tmp_path / "mine.csv"), fields=fields).conditions == ("a", "b", "c", "d")
