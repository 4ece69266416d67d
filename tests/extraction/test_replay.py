"""Runs that read again what another run has written."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import torch

from emogeo.config.mode import Mode
from emogeo.errors import StimuliError, StoreError
from emogeo.extraction import reading, writing
from emogeo.extraction.plan import plan_run
from emogeo.extraction.replay import made_with_of
from emogeo.extraction.run import run_extraction
from emogeo.extraction.stories import Story
from emogeo.record.files import FACTS
from emogeo.record.origin import MadeWith
from emogeo.store.keys import canonical_json
from emogeo.store.store import GENERATIONS, Store
from tests.conftest import Composer
from tests.extraction.recorded import LOOSE, states, stories, tensors


def test_a_replay_records_how_its_texts_were_written(tiny_run: Composer) -> None:
    source = run_extraction(tiny_run(*LOOSE))
    record = run_extraction(tiny_run("mode=replay", f"mode.source={source.key}", "precision=bf16")).record
    written = record.generation.written
    assert (record.mode, record.prompt_template) == (Mode.replay, "loose")
    assert written == source.record.generation.written
    assert (written.precision, written.generation.temperature) == ("fp32", 1.0)
    assert "replay loose" in record.title


def test_texts_and_states_keep_what_they_were_made_with(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_run(*LOOSE)
    first = run_extraction(config).record
    assert first.generation.made_with.libraries["torch"] == version("torch")
    assert first.provenance.readings["passages"].made_with.device == "cpu"
    later = MadeWith(created="2030-01-01T00:00:00+00:00", libraries={"torch": "9.0.0"}, device="cpu", hardware=None)
    for module in (reading, writing):
        monkeypatch.setattr(module, "made_now", lambda _session: later)
    centred = run_extraction(tiny_run(*LOOSE, "norm=unit")).record
    assert centred.generation.made_with == first.generation.made_with
    assert centred.provenance.readings["passages"].made_with == first.provenance.readings["passages"].made_with
    other = run_extraction(tiny_run("mode=replay", f"mode.source={first.key}", "precision=bf16")).record
    assert other.generation.made_with == first.generation.made_with
    assert other.provenance.readings["passages"].made_with == later

    store, key = Store(config.store.path), first.generation.key
    files = store.read(GENERATIONS, key)
    facts = {name: value for name, value in json.loads(files[FACTS]).items() if name != "made_with"}
    store.write(GENERATIONS, key, {**files, FACTS: canonical_json(facts)})
    assert made_with_of(store, key) is None
    assert run_extraction(tiny_run(*LOOSE, "pooling.position=mean")).record.generation.made_with is None


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


def test_texts_of_the_users_own_conditions_are_read_again_without_their_file(
    tiny_run: Composer, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    labels = ("Ruhe", "Freude", "Zorn", "Angst", "Ekel")
    rows = [f"{label},{word} über {label}.\n" for label in labels for word in ("Sorgfalt", "Gerede", "Klage")]
    file.write_text(f"emotion,text\n{''.join(rows)}")
    source = run_extraction(tiny_run(*LOOSE, f"stimuli.path='{file}'", "stimuli.neutral=Ruhe"))
    file.unlink()
    again = ("mode=replay", f"mode.source={source.key}", "centring=neutral")
    found = run_extraction(tiny_run(*again, "stimuli.neutral=Ruhe")).record
    assert set(found.result.conditions) == {*labels} - {"Ruhe"}
    with pytest.raises(StimuliError, match=r"stimuli\.neutral=Ruh: mode=replay of .* has no such condition"):
        plan_run(tiny_run(*again, "stimuli.neutral=Ruh"))


AT_BLOCK_1 = ("layer_selection=index", "layer_selection.index=1")
TWO = (*LOOSE, "generation.replicates=2", "generation.min_new_tokens=3", *AT_BLOCK_1)


def neutral_prompt(story: Story, told: list[Story]) -> tuple[int, ...]:
    """The prompt of the neutral condition; the loose template has one."""
    (prompt,) = {own.prompt_ids for own in told if own.emotion == "neutral"}
    return prompt


@pytest.mark.parametrize("position", ["last", "middle", "mean"])
@pytest.mark.parametrize("context", ["prompt", "none", "neutral"])
def test_a_text_is_pooled_over_its_own_tokens_whatever_it_is_read_after(
    tiny_run: Composer, context: str, position: str
) -> None:
    """Against a plain pass over the tokens of one text at a time."""
    source = tiny_run(*TWO)
    told = stories(source, run_extraction(source))
    config = tiny_run(*TWO, "mode=replay", "precision@mode.writer=fp32", f"generation.context={context}")
    config.pooling.position = type(config.pooling.position)(position)
    found = states(config, run_extraction(config))
    model = plan_run(config).session.model()
    for story, state in zip(told, found, strict=True):
        before = {"prompt": story.prompt_ids, "none": (), "neutral": neutral_prompt(story, told)}[context]
        with torch.inference_mode():
            tokens = torch.tensor([[*before, *story.ids]])
            hidden = model.body(tokens, output_hidden_states=True).hidden_states[2][0, len(before) :]
        middle = hidden[len(story.ids) // 2]
        wanted = {"last": hidden[-1], "middle": middle, "mean": hidden.mean(dim=0)}[position]
        np.testing.assert_allclose(state, wanted.numpy(), atol=1e-4)


def test_another_context_writes_nothing_and_shares_its_pass(
    tiny_run: Composer, batches: list[int], forward_passes: list[int]
) -> None:
    written = run_extraction(tiny_run(*TWO))
    assert (len(batches), len(forward_passes)) == (3, 2)
    alone = run_extraction(tiny_run(*TWO, "generation.context=none"))
    replayed = run_extraction(tiny_run(*TWO, "mode=replay", "precision@mode.writer=fp32", "generation.context=none"))
    assert (len(batches), len(forward_passes)) == (3, 3)
    by_key = ("mode=replay", f"mode.source={written.key}", *AT_BLOCK_1, "generation.context=none")
    assert plan_run(tiny_run(*by_key)).key == replayed.key != alone.key
    assert alone.record.generation == replayed.record.generation == written.record.generation
    assert "context none" in alone.record.title
    config = tiny_run()
    texts, others = (tensors(config, outcome.key, "vectors.safetensors") for outcome in (written, alone))
    np.testing.assert_allclose(texts["embeddings"], others["embeddings"], atol=1e-6)  # sums of other lengths
    assert np.abs(texts["passages"] - others["passages"]).max() > 0.01


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
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"afraid"', b'" "')
    with pytest.raises(StoreError, match="line 1: emotion: Input should be a label"):
        plan_run(tiny_run(*elsewhere))
    record |= {**whole, "generation.json": whole["generation.json"].replace(key.encode(), b"../../etc")}
    with pytest.raises(StoreError, match="does not hold texts with their conditions and the key of their record"):
        plan_run(tiny_run(*elsewhere))
