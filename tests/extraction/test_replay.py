"""Runs that read again what another run has written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.config.mode import Mode
from emogeo.errors import StoreError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.store.store import GENERATIONS, Store
from tests.conftest import Composer
from tests.extraction.recorded import LOOSE, states


def test_a_replay_records_how_its_texts_were_written(tiny_run: Composer) -> None:
    source = run_extraction(tiny_run(*LOOSE))
    record = run_extraction(tiny_run("mode=replay", f"mode.source={source.key}", "precision=bf16")).record
    written = record.generation.written
    assert (record.mode, record.prompt_template) == (Mode.replay, "loose")
    assert written == source.record.generation.written
    assert (written.precision, written.generation.temperature) == ("fp32", 1.0)
    assert "replay loose" in record.title


def test_replay_reads_the_same_tokens_at_another_precision(tiny_run: Composer, batches: list[int]) -> None:
    config = tiny_run(*LOOSE, "generation.replicates=2")
    source = run_extraction(config)
    own = run_extraction(tiny_run("mode=replay", f"mode.source={source.key[:10]}"))
    lower = run_extraction(tiny_run("mode=replay", f"mode.source={source.key}", "precision=bf16"))
    described = tiny_run(
        *LOOSE, "generation.replicates=2", "mode=replay", "precision=bf16", "precision@mode.writer=fp32"
    )
    by_texts = f"mode.source={source.record.generation.key[:12]}"
    assert plan_run(described).key == plan_run(tiny_run("mode=replay", by_texts, "precision=bf16")).key == lower.key
    assert len(batches) == 3
    assert own.record.generation.key == lower.record.generation.key == source.record.generation.key
    assert own.record.units == lower.record.units == source.record.units
    np.testing.assert_array_equal(states(config, own), states(config, source))
    a, b = states(config, own), states(config, lower)
    assert 0 < np.abs(a - b).max() < 0.1 * np.abs(a).max()


def test_another_model_reads_the_text_alone(tiny_run: Composer, tiny_overflowing: Path) -> None:
    source = run_extraction(tiny_run(*LOOSE))
    config = tiny_run("mode=replay", f"mode.source={source.key}", weights=tiny_overflowing)
    plan = plan_run(config)
    assert {text.start for text in plan.passages.texts} == {0}
    assert [text.content for text in plan.passages.texts] == list(plan.labelled.texts)
    run_extraction(config)


def test_a_source_that_is_not_there_is_named_before_anything_is_loaded(tiny_run: Composer) -> None:
    with pytest.raises(StoreError, match="no run of .* Runs with written texts: none; type mode=generation first"):
        plan_run(tiny_run("mode=replay", "mode.source=abc"))
    read = run_extraction(tiny_run())
    written = run_extraction(tiny_run(*LOOSE))
    with pytest.raises(StoreError, match=f"has read passages.*{written.key} \\(tiny-llama"):
        plan_run(tiny_run("mode=replay", f"mode.source={read.key}"))
    other = tiny_run(*LOOSE, "mode=replay", "precision@mode.writer=fp32", "seed=1")
    with pytest.raises(StoreError, match=r"not written these texts at fp32 .*Write them first with mode=gener"):
        plan_run(other)


def test_texts_from_wandb_are_those_of_their_record(
    tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server may hand out; tests/tracking has a real one."""
    key = run_extraction(tiny_run(*LOOSE)).record.generation.key
    record = Store(tmp_path / "store").read(GENERATIONS, key)
    monkeypatch.setattr(
        "emogeo.extraction.replay.artifact_files", lambda path, kind, names: {n: record[n] for n in names}
    )
    elsewhere = ("mode=replay", "mode.source='wandb:me/mine/generations-x:v0'", f"store.path='{tmp_path / 'other'}'")
    assert plan_run(tiny_run(*elsewhere)).source.generation == key
    assert Store(tmp_path / "other").read(GENERATIONS, key) == record
    assert plan_run(tiny_run(*elsewhere[:1], f"mode.source={key[:9]}", elsewhere[2])).source.generation == key
    whole = dict(record)
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"topic"', b'"subject"')
    with pytest.raises(StoreError, match="holds no written texts"):
        plan_run(tiny_run(*elsewhere))
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"attempts":1', b'"attempts":2')
    with pytest.raises(StoreError, match="holds other texts than .* under one key"):
        plan_run(tiny_run(*elsewhere))
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"afraid"', b'"envious"')
    with pytest.raises(StoreError, match="known conditions"):
        plan_run(tiny_run(*elsewhere))
    record |= {**whole, "generation.json": whole["generation.json"].replace(key.encode(), b"../../etc")}
    with pytest.raises(StoreError, match="known conditions with the key of their record"):
        plan_run(tiny_run(*elsewhere))
