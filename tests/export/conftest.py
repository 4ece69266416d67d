"""A run of a tiny model over texts with odd labels, in a store of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogeo.extraction.run import run_extraction
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.store.store import Store
from tests.conftest import tiny_composer

LABELS = ("../x", "at ease", "at+ease", "con", "grief/stricken", "ça va", "喜び")
TOPICS = ("rain", 'a "quoted", topic', "moving house")


def write_texts(file: Path) -> Path:
    rows = [
        {"emotion": label, "topic": topic, "text": f"They say {label},\nof {topic}: number {len(label) * len(topic)}."}
        for topic in TOPICS
        for label in LABELS
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.fixture(scope="session")
def odd(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    """The store, and the key of its run; block 1 is selected."""
    folder = tmp_path_factory.mktemp("odd")
    make = tiny_composer(folder, tiny_llama)
    selection = ("layer_selection=index", "layer_selection.index=1")
    config = make(f"stimuli.path='{write_texts(folder / 'texts.jsonl')}'", *selection, "stimuli.neutral=null")
    return Store(config.store.path), run_extraction(config).key


@pytest.fixture
def run(odd: tuple[Store, str]) -> Run:
    found = read_run(*odd)
    assert isinstance(found, Run)
    return found
