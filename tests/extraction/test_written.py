"""Records of written texts: what holds none is refused by name, and written again where it can be."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from emogeo.errors import RecordError, StoreError
from emogeo.extraction.replay import written
from emogeo.extraction.run import run_extraction
from emogeo.extraction.stories import Story, story_line
from emogeo.extraction.written import facts_in, read_stories, stories_in
from emogeo.record.files import FACTS, STORIES
from emogeo.store.store import GENERATIONS, RUNS, Store
from tests.conftest import Composer
from tests.extraction.recorded import LOOSE

STORY = Story("sad", "t", "u", "p", "x", (0,), (1, 2), "stopped", 1)
GOOD = {"key": "k", "weights": {"sha256": "x"}, "written": {}}


def test_stories_are_those_that_were_written() -> None:
    thinking = replace(STORY, thought="hm", thought_ids=(3,))
    assert stories_in({STORIES: story_line(STORY) + story_line(thinking)}, "here") == [STORY, thinking]


def lines(**changed: Any) -> dict[str, bytes]:
    row = {**json.loads(story_line(STORY)), **changed}
    return {STORIES: story_line(STORY) + json.dumps(row).encode() + b"\n"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "^here has no generations.jsonl"),
        ({STORIES: b""}, "holds no text"),
        ({STORIES: b"[]\n"}, "line 1 holds no JSON object"),
        ({STORIES: b"{\n"}, "line 1: not JSON"),
        (lines(text=1), "line 2: text: Input should be a valid string"),
        (lines(ids="12"), "line 2: ids"),
        (lines(ids=[1, 2.5]), r"line 2: ids\.1"),
        (lines(ids=[-1]), "line 2: ids: Input should be tokens, which are not negative"),
        (lines(emotion=" "), "line 2: emotion: Input should be a label"),
        (lines(attempts=None), "line 2: attempts"),
    ],
)
def test_what_is_no_story_is_named(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(RecordError, match=said):
        stories_in(files, "here")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([], "no JSON object"),
        ({**GOOD, "key": "other"}, "folder is that of other texts"),
        ({**GOOD, "key": 3}, "folder is that of other texts"),
        ({**GOOD, "weights": ["x"]}, "weights"),
        ({**GOOD, "weights": {"x": 1}}, "weights"),
        ({**GOOD, "written": 1}, "written"),
        ({**GOOD, "counts": {"texts": 1}}, "has 0 lines"),
        ({**GOOD, "counts": []}, "has 0 lines"),
    ],
)
def test_facts_that_are_none_are_named(facts: object, said: str) -> None:
    assert facts_in({FACTS: json.dumps(GOOD).encode()}, "here", "k") == GOOD
    with pytest.raises(RecordError, match=said):
        facts_in({FACTS: json.dumps(facts).encode()}, "here", "k")
    with pytest.raises(RecordError, match=r"has no generation\.json"):
        facts_in({}, "here", "k")


def test_a_record_of_other_texts_is_written_again_and_never_replayed(
    tiny_run: Composer, caplog: pytest.LogCaptureFixture, batches: list[int]
) -> None:
    config = tiny_run(*LOOSE)
    store, key = Store(config.store.path), run_extraction(config).record.generation.key
    own = read_stories(store, key)
    files, first = store.read(GENERATIONS, key), len(batches)
    for wrong in (files[STORIES].splitlines(keepends=True)[0], files[STORIES].replace(b'"text":"', b'"test":"')):
        store.write(GENERATIONS, key, {**files, STORIES: wrong})
        for run in store.keys(RUNS):
            (store.folder(RUNS, run) / "manifest.json").unlink()
        with caplog.at_level(logging.WARNING):
            run_extraction(config)
        assert "The record counts as missing and is written again." in caplog.text
        assert (read_stories(store, key), len(batches)) == (own, first * 2)
        batches[first:] = []
        caplog.clear()
    store.write(GENERATIONS, key, {**files, STORIES: b"[]\n"})
    with pytest.raises(StoreError, match=f"{key}/generation.json: counts.texts: generations.jsonl has 1 lines"):
        written(store, key)
