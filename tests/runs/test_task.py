"""What is done once, what is skipped, and what is shown again."""

from __future__ import annotations

import errno
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import StoreError
from emogeo.extraction.run import run_extraction
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.store import ACTIVATIONS, RUNS, Store
from tests.conftest import Composer


def test_a_finished_run_is_skipped_and_force_computes_it_again(
    tiny_run: Composer, forward_passes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = run_extraction(tiny_run())
    again = run_extraction(tiny_run())
    assert (first.computed, again.computed) == (True, False)
    assert again.record == first.record
    assert "finished before, skipped" in caplog.text
    assert len(forward_passes) == 2
    assert run_extraction(tiny_run("force=true")).key == first.key
    assert len(forward_passes) == 4


def test_batches_of_a_process_that_was_killed_after_its_record_are_dropped(tiny_run: Composer, tmp_path: Path) -> None:
    first = run_extraction(tiny_run())
    store = Store(tmp_path / "store")
    kept = store.kept(first.key, "made with something")
    kept.keep("ab", {"scores": np.zeros(3)})
    kept.save()
    left = store.path / "partial" / first.key
    assert list(left.iterdir())
    assert not run_extraction(tiny_run()).computed
    assert not left.exists()


def test_two_at_one_run_compute_it_once(
    tiny_run: Composer, forward_passes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """Also what two different runs share: the second waits for the pass of the first."""
    caplog.set_level(logging.INFO)
    configs = [tiny_run(), tiny_run(), tiny_run("norm=unit"), tiny_run("pooling.position=mean")]
    run_extraction(tiny_run("prompt_template=question"))  # loads the model
    del forward_passes[:]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run_extraction, configs))
    assert sorted(outcome.computed for outcome in outcomes) == [False, True, True, True]
    assert forward_passes == [len(load_corpus(topics=6).passages)], "the facts are there already"
    assert outcomes[0].record == outcomes[1].record


def test_a_sweeps_run_shows_its_record_also_where_it_was_finished_before(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("emogeo.runs.task.track_run", lambda _tracking, _store, key, anew=True: shown.append(key))
    monkeypatch.setattr("emogeo.runs.task.tracked", lambda _tracking, _store, _key: True)
    key = run_extraction(tiny_run()).key
    run_extraction(tiny_run())
    assert shown == [key]
    monkeypatch.setenv("WANDB_SWEEP_ID", "abc")
    assert not run_extraction(tiny_run()).computed
    assert shown == [key, key]


def test_a_corrupt_record_counts_as_missing(tiny_run: Composer, forward_passes: list[int]) -> None:
    config = tiny_run()
    outcome = run_extraction(config)
    for kind in (RUNS, ACTIVATIONS):
        for key in Store(config.store.path).keys(kind):
            file = next(Store(config.store.path).folder(kind, key).glob("*.safetensors"))
            content = bytearray(file.read_bytes())
            content[-1] ^= 1
            file.write_bytes(content)
    repaired = run_extraction(config)
    assert (repaired.computed, repaired.key) == (True, outcome.key)
    assert len(forward_passes) == 4
    Store(config.store.path).read(RUNS, outcome.key)


def test_a_finished_run_is_skipped_in_a_store_that_cannot_be_written(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key, make = run_extraction(tiny_run()).key, Path.mkdir

    def read_only(folder: Path, *options: Any, **named: Any) -> None:
        if str(folder).startswith(tiny_run().store.path):
            raise OSError(errno.EROFS, "Read-only file system", str(folder))
        make(folder, *options, **named)

    monkeypatch.setattr(Path, "mkdir", read_only)
    outcome = run_extraction(tiny_run("tracking=offline"))
    assert (outcome.key, outcome.computed) == (key, False)
    assert "did not take" in caplog.text
    with pytest.raises(StoreError, match="cannot be written: Read-only file system"):
        run_extraction(tiny_run("norm=unit"))
