"""A pass whose parts do not fit counts as missing, and says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import RecordError
from emogeo.record.files import ACTIVATIONS_FILE, PASS_FILE
from emogeo.record.json import plain
from emogeo.record.passes import activations_in, is_of, whole_pass
from emogeo.record.run import Run
from emogeo.store.keys import canonical_json
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import pack
from tests.planted_records import Files, geometry, one_pass

KEY = "a" * 64


def files_of(**changes: Any) -> Files:
    states = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32)
    arrays = {"states": states, "embeddings": states[:, 0], "nonfinite": np.zeros((4, 2), np.int64), **changes}
    kept = {name: value for name, value in arrays.items() if value is not None}
    return {ACTIVATIONS_FILE: pack(kept), PASS_FILE: canonical_json(plain(one_pass(4)))}


WRONG: dict[str, tuple[Callable[[], Files], str]] = {
    "an array is gone": (lambda: files_of(embeddings=None), "embeddings, nonfinite, states are needed"),
    "another shape": (lambda: files_of(states=np.zeros((4, 6), np.float32)), "states: 3 axes of numbers are needed"),
    "nothing in it": (lambda: files_of(states=np.zeros((0, 2, 3), np.float32)), "states: 3 axes of numbers are needed"),
    "whole numbers": (lambda: files_of(embeddings=np.zeros((4, 3), np.int64)), "embeddings: 2 axes"),
    "a text less": (lambda: files_of(embeddings=np.zeros((3, 3), np.float32)), "not as many as there are states"),
    "a block less": (lambda: files_of(nonfinite=np.zeros((4, 1), np.int64)), "not as many as there are states"),
    "below 0": (lambda: files_of(nonfinite=np.full((4, 2), -1)), "nonfinite: a count below 0"),
    "NaN": (
        lambda: files_of(states=np.full((4, 2, 3), np.nan, np.float32)),
        "states: NaN or infinite, and not counted",
    ),
    "no safetensors": (lambda: {**files_of(), ACTIVATIONS_FILE: b"x"}, "Not a safetensors file"),
    "a list": (lambda: {**files_of(), PASS_FILE: b"[]"}, "holds no JSON object"),
    "another field": (lambda: {**files_of(), PASS_FILE: b"{}"}, "batches: Field required"),
    "no file": (lambda: {ACTIVATIONS_FILE: b""}, f"has no {PASS_FILE}"),
}


@pytest.mark.parametrize(("files", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_named(
    files: Callable[[], Files], said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(RecordError, match="the folder") as error:
        activations_in(files(), "the folder")
    assert said in str(error.value)
    store = Store(tmp_path)
    store.write(ACTIVATIONS, KEY, files())
    assert whole_pass(store, KEY) is None
    assert said in caplog.text


def test_a_whole_pass_is_read_and_what_was_counted_may_be_nan(tmp_path: Path) -> None:
    store, states = Store(tmp_path), np.ones((4, 2, 3), np.float32)
    states[0, 1] = np.nan
    counts = np.zeros((4, 2), np.int64)
    counts[0, 1] = 3
    store.write(ACTIVATIONS, KEY, files_of(states=states, nonfinite=counts))
    found = whole_pass(store, KEY)
    assert found is not None
    assert found.finite_layers == [0]
    assert whole_pass(store, "b" * 64) is None


def test_the_states_of_a_run_are_known_by_its_own() -> None:
    run = Run(*geometry())
    assert run.embeddings is not None
    states = np.stack([run.passages, run.passages + 1], axis=1)
    counts = np.zeros(states.shape[:2], np.int64)
    found = activations_in(files_of(states=states, embeddings=run.embeddings, nonfinite=counts), "x")
    assert is_of(run, found)
    for name, other in {"states": states + 1, "embeddings": run.embeddings + 1}.items():
        own = {"states": states, "embeddings": run.embeddings, "nonfinite": counts, name: other}
        assert not is_of(run, activations_in(files_of(**own), "x"))
