"""Conversations: the answers are the texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.chats import answers_only, with_answers
from emogeo.stimuli.corpus import corpus_of
from emogeo.stimuli.reading import read_texts
from emogeo.stimuli.records import Parsed, Record, field_of


def chat(*messages: tuple[str, str], role: str = "role", content: str = "content") -> list[dict[str, str]]:
    return [{role: who, content: what} for who, what in messages]


@pytest.mark.parametrize(("role", "names"), [("role", ("user", "assistant")), ("from", ("human", "gpt"))])
def test_only_answers_are_read(role: str, names: tuple[str, str]) -> None:
    talk = chat((names[0], "Write."), (names[1], "A story."), (names[0], "More."), (names[1], "Another."), role=role)
    parsed = with_answers(Parsed((Record("1", {"emotion": "joy", "talk": talk}),)), "talk.content")
    assert parsed.records[0].values == {"emotion": "joy", "talk": [talk[1], talk[3]]}
    assert parsed.notes == (f"of the messages in talk, those of the assistant are read, and not those of {names[0]}",)


def test_what_has_no_answer_stays() -> None:
    for value in (chat(("user", "one"), ("user", "two")), [{"content": "one"}], ["a", "b"], "text", {"content": "x"}):
        records: list[dict[str, Any]] = [{"talk": value}]
        assert answers_only(records, "talk.content") == (records, ())
    assert answers_only([{"text": "x"}], "text") == ([{"text": "x"}], ())


def test_of_files_and_of_records_in_memory(tmp_path: Path) -> None:
    rows = [
        {"emotion": e, "topic": t, "messages": chat(("user", f"Write of {t}."), ("assistant", f"Story {e} {t}."))}
        for e in ("joy", "fear", "anger", "calm")
        for t in ("home", "work")
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    got = read_texts(str(tmp_path / "mine.jsonl"), FieldsConfig(text="messages.content"))
    assert {row.text for row in got.rows} == {f"Story {row['emotion']} {row['topic']}." for row in rows}
    corpus = corpus_of(rows, "mine", fields={"text": "messages.content"})
    assert sorted(corpus.texts) == sorted(row.text for row in got.rows)
    assert "and not those of user" in corpus.notes[0]


def test_messages_within_an_object_are_those_of_the_assistant_too() -> None:
    talk = {"emotion": "joy", "of": {"talk": chat(("user", "Write."), ("assistant", "A story."))}}
    (found,), said = answers_only([talk], "of.talk.content")
    assert field_of(found, "of.talk.content") == ["A story."]
    assert said
