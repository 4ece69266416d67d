"""docs/api.md is what the docstrings say, and their examples run."""

from __future__ import annotations

import doctest
import inspect
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

import emogeo
from docs.write.api import MEMBERS, ORDER, page
from emogeo.stimuli.corpus import load_corpus
from tests.conftest import ROOT
from tests.planted import labels
from tests.unchanged.computed import DATA


def test_the_page_is_what_the_docstrings_say() -> None:
    assert (ROOT / "docs" / "api.md").read_text() == page(), "type: make docs"
    assert set(ORDER) == set(emogeo.__all__)


@pytest.fixture
def names(tiny_llama: Path, tiny_overflowing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the examples take for granted: a model in memory, passages, arrays, a store."""
    shutil.copytree(DATA / "store", tmp_path / "store")
    monkeypatch.chdir(tmp_path)
    rows = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in load_corpus(topics=6).passages]
    model, tokenizer = AutoModelForCausalLM.from_pretrained(tiny_overflowing), AutoTokenizer.from_pretrained(tiny_llama)
    states = emogeo.extract(model, tokenizer, rows, position="mean", progress=False)
    emotions, topics = labels(8)
    return {
        "emogeo": emogeo,
        "folder": str(tiny_llama),
        "passages": rows,
        "other": emogeo.Geometry.from_states(states, layer="middle", name="tiny-gemma"),
        "array": np.random.default_rng(0).normal(size=(len(emotions), 8)),
        "emotions": emotions,
        "topics": topics,
        "key": emogeo.open_store("store").runs()[0].key,
    }


def test_examples_run_in_their_order(names: dict[str, Any]) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    documented = [getattr(emogeo, name) for name in ORDER]
    documented += [getattr(emogeo.Geometry, member) for member in MEMBERS["Geometry"]]
    in_order = sorted(documented, key=lambda own: own is emogeo.compare)
    for own in in_order:
        test = parser.get_doctest(inspect.getdoc(own) or "", names, str(own), None, 0)
        runner.run(test, clear_globs=False)
        names.update(test.globs)
    assert runner.summarize().failed == 0
    assert runner.summarize().attempted >= 10


def test_importing_it_costs_nothing() -> None:
    """A fifth of a second at most, and none of the heavy libraries; the bound allows for a busy machine."""
    code = "import sys, emogeo; assert not {'torch', 'numpy', 'pandas', 'hydra'} & set(sys.modules)"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert time.perf_counter() - started < 1
