"""Runs whose texts a model writes, on a tiny model."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.runs import runs_table
from emogeo.config.mode import Mode
from emogeo.config.texts import Thinking
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError, StimuliError
from emogeo.extraction import writing
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.extraction.stories import story_line
from emogeo.extraction.writing import _append
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.store import GENERATIONS, Store
from tests.chat_templates import ALWAYS, SWITCHED
from tests.conftest import Composer
from tests.extraction.recorded import LOOSE, states, stories
from tests.scripted_writer import writes
from tests.tiny import write_model


def test_a_run_writes_reads_and_records(tiny_run: Composer, batches: list[int]) -> None:
    config = tiny_run(*LOOSE, "generation.replicates=3")
    outcome = run_extraction(config)
    told = stories(config, outcome)
    assert [s.emotion for s in told] == [c for c in CONDITIONS for _ in range(3)]
    assert batches == [20, 20, 20, 3]
    assert outcome.record.mode is Mode.generation
    assert outcome.record.stimuli == "loose"
    counts = outcome.record.generation.counts
    assert counts.texts == 63
    assert counts.distinct == len({s.text for s in told})
    assert counts.new_tokens == sum(len(s.ids) for s in told)
    assert outcome.record.n_units <= 3
    again = run_extraction(config)
    assert (again.computed, again.key) == (False, outcome.key)


def test_what_is_read_is_what_was_written(tiny_run: Composer) -> None:
    """The last written token's state, from a plain pass over prompt and text."""
    import torch

    config = tiny_run(*LOOSE, "layer_selection=index", "layer_selection.index=1")
    outcome = run_extraction(config)
    plan = plan_run(config)
    model = plan.session.model()
    for story, state in zip(stories(config, outcome), states(config, outcome), strict=True):
        with torch.inference_mode():
            tokens = torch.tensor([[*story.prompt_ids, *story.ids]])
            hidden = model.body(tokens, output_hidden_states=True).hidden_states[2]
        np.testing.assert_allclose(state, hidden[0, -1].numpy(), atol=1e-4)
        assert story.text == model.tokenizer.decode(list(story.ids), skip_special_tokens=True)


def test_pooling_leaves_the_prompt_out(tiny_run: Composer) -> None:
    base = (*LOOSE, "layer_selection=index", "layer_selection.index=0", "generation.min_new_tokens=8")
    last, middle, mean, tail = (
        states(config, run_extraction(config))
        for config in (
            tiny_run(*base),
            tiny_run(*base, "pooling.position=middle"),
            tiny_run(*base, "pooling.position=mean"),
            tiny_run(*base, "pooling.position=mean", "pooling.skip=7"),
        )
    )
    np.testing.assert_allclose(tail, last, atol=1e-5)
    assert not np.allclose(middle, last)
    assert not np.allclose(mean, last)


def test_other_poolings_write_nothing_anew(tiny_run: Composer, batches: list[int]) -> None:
    run_extraction(tiny_run(*LOOSE))
    run_extraction(tiny_run(*LOOSE, "pooling.position=mean", "layer_selection=all"))
    run_extraction(tiny_run(*LOOSE, "reread=true"))
    assert len(batches) == 2
    run_extraction(tiny_run(*LOOSE, "generation.repetition=1"))
    run_extraction(tiny_run(*LOOSE, "generation.top_p=0.9"))
    assert len(batches) == 6


def test_a_repetition_has_other_texts_and_greedy_other_batches(tiny_run: Composer) -> None:
    configs = [tiny_run(*LOOSE, f"generation.repetition={n}") for n in (0, 1)]
    first, second = ([s.text for s in stories(c, run_extraction(c))] for c in configs)
    assert first != second
    greedy = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=4")
    keys = {plan_run(tiny_run(*greedy, f"generation.repetition={n}")).key for n in (0, 1)}
    assert len(keys) == 2
    assert len({plan_run(tiny_run(*greedy, f"seed={seed}")).source.generation for seed in (0, 1)}) == 1


def test_an_interrupted_run_goes_on_where_it_stopped(
    tiny_run: Composer, tmp_path: Path, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = (*LOOSE, "generation.replicates=2", "generation.batch_size=10")
    undisturbed = tiny_run(*base, f"store.path='{tmp_path / 'other'}'")
    wanted = stories(undisturbed, run_extraction(undisturbed))
    assert batches == [10, 10, 10, 10, 2]
    config, original = tiny_run(*base), writing._write_batch
    calls = iter(range(100))

    def killed(*arguments: Any) -> Any:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(writing, "_write_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        run_extraction(config)
    partial = next(Path(config.store.path).glob("partial/*.jsonl"))
    assert len(partial.read_bytes().splitlines()) == 30
    with partial.open("ab") as stream:
        stream.write(b'{"row":31}\t{"emotion":"angr')
    monkeypatch.setattr(writing, "_write_batch", original)
    batches.clear()
    outcome = run_extraction(config)
    assert batches == [10, 2]
    assert stories(config, outcome) == wanted
    assert not partial.exists()


def test_a_damaged_line_is_written_again_and_the_others_stay(
    tiny_run: Composer, batches: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    base = (*LOOSE, "generation.replicates=2", "generation.batch_size=10")
    config, original = tiny_run(*base), writing._write_batch
    calls = iter(range(100))

    def killed(*arguments: Any) -> Any:
        if next(calls) == 4:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(writing, "_write_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        run_extraction(config)
    partial = next(Path(config.store.path).glob("partial/*.jsonl"))
    lines = partial.read_bytes().splitlines(keepends=True)
    before = lines[12]
    damaged = before.replace(b'"text":"', b'"text":"!', 1)
    assert damaged != before, "still a whole line of JSON"
    partial.write_bytes(b"".join([*lines[:12], damaged, *lines[13:]]))
    monkeypatch.setattr(writing, "_write_batch", original)
    batches.clear()
    outcome = run_extraction(config)
    assert batches == [10, 2], "the batch of the damaged line, and the one that was not begun"
    assert not any(story.text.startswith("!") for story in stories(config, outcome))
    assert "1 of 40 lines" in caplog.text


def test_what_another_device_wrote_is_not_mixed_in(
    tiny_run: Composer, batches: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config, original = tiny_run(*LOOSE, "generation.batch_size=10"), writing._write_batch

    def killed(*arguments: Any) -> Any:
        if len(batches) == 2:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(writing, "_write_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        run_extraction(config)
    monkeypatch.setattr(writing, "_write_batch", original)
    monkeypatch.setattr(writing, "made_alike", lambda _session: "elsewhere")
    batches.clear()
    run_extraction(config)
    assert batches == [10, 10, 1]
    assert "begun before on another device" in caplog.text
    assert not list(Path(config.store.path).glob("partial/*.jsonl"))


def test_states_belong_to_the_tokens_that_are_there(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that are written anew under the same key (force) are read anew."""
    base = (*LOOSE, "layer_selection=index", "layer_selection.index=1")
    run_extraction(tiny_run(*base))
    monkeypatch.setattr(writing, "_seed", lambda _writing, row, _attempt: row + 77)
    run_extraction(tiny_run(*base, "force=true", "pooling.position=mean"))
    config = tiny_run(*base, "centring=none")
    outcome = run_extraction(config)
    fresh = tiny_run("mode=replay", f"mode.source={outcome.key}", *base[4:], "centring=none", "force=true")
    np.testing.assert_array_equal(states(config, outcome), states(fresh, run_extraction(fresh)))


def test_a_second_process_waits_and_writes_nothing(tiny_run: Composer, batches: list[int]) -> None:
    config = tiny_run(*LOOSE)
    plan = plan_run(config)
    assert plan.source.writing is not None
    store = Store(config.store.path)
    partial = store.path / "partial"
    partial.mkdir(parents=True)
    with ThreadPoolExecutor(1) as pool:
        with store.lock(GENERATIONS, plan.source.writing.key):
            waiting = pool.submit(writing.stories_of, plan.source.writing, plan.session, store)
            time.sleep(0.2)
            assert not waiting.done()
            written = writing._write_all(plan.source.writing, plan.session, partial / "mine.jsonl")
            lines = b"".join(story_line(story) for story in written)
            store.write(GENERATIONS, plan.source.writing.key, {"generations.jsonl": lines})
        assert waiting.result() == written
    assert batches == [20, 1]


def test_logits_that_overflow_are_no_text(tiny_run: Composer, tiny_overflowing: Path) -> None:
    for decoding in ("generation.temperature=1.0", "generation.temperature=null"):
        config = tiny_run(*LOOSE[:2], decoding, "precision=fp16", "nonfinite=finite_layers", weights=tiny_overflowing)
        with pytest.raises(NonFiniteError, match="logits are not finite after .* tokens"):
            run_extraction(config)
        with pytest.raises(NonFiniteError, match="logits are not finite.*refused before.*force=true tries again"):
            run_extraction(config)
    runs = runs_table(read_catalogue(Store(config.store.path)).runs, []).frame
    assert runs["note"].str.startswith("refused: The model's logits are not finite").all()
    assert len(runs) == 2


def test_units_that_share_a_text_may_be_too_few_to_choose_on(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_seed", lambda _writing, _row, _attempt: 5)
    with pytest.raises(ConfigError, match="needs 8 units and there are 1"):
        run_extraction(tiny_run(*LOOSE, "generation.replicates=8", "layer_selection=reliability"))


def test_texts_that_name_their_emotion_are_tried_again_and_counted(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, batches: list[int]
) -> None:
    for module in ("writing", "stories"):
        monkeypatch.setattr(f"emogeo.extraction.{module}.names_emotion", lambda text, *_: len(text) % 2 == 0)
    outcome = run_extraction(
        tiny_run(*LOOSE, "generation.ban_emotion_words=true", "generation.retries=1", "generation.min_new_tokens=6")
    )
    counted = outcome.record.generation.counts
    assert 0 < counted.naming_their_emotion < counted.retried < 21
    assert len(batches) > 2


def test_neutral_stories_are_what_is_projected_out(tiny_run: Composer) -> None:
    outcome = run_extraction(
        tiny_run(*LOOSE, "generation.replicates=5", "denoising.method=neutral_pcs", "denoising.texts=condition")
    )
    assert max(outcome.record.result.by_layer["removed_components"]) >= 1
    assert set(outcome.record.nonfinite) == {"passages", "facts"}
    assert json.dumps(outcome.record.meaning["denoising"]) == '{"neutral": null, "share": 0.5}'


def _runs(config: TrainConfig) -> pd.DataFrame:
    catalogue = read_catalogue(Store(config.store.path))
    return runs_table(catalogue.runs, [PreparedRun(run, run.key, 0) for run in catalogue.finished]).frame


ASKED = ("mode=generation", "prompt_template=stories", "generation.max_new_tokens=60")


def thinks(prompt: str, seed: int) -> str:
    """Has a thought before every text but where the prompt has an empty one in it."""
    said = f"Text {hash(prompt) % 1000} of {seed}."
    return said if "</think>" in prompt else f"<think>I must say how {seed} feels.</think>\n\n{said}"


def test_thoughts_are_no_part_of_a_text_and_are_counted(
    tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_model(tmp_path / "thinks", "smollm2", SWITCHED)
    writes(monkeypatch, thinks)
    found = {}
    for mode in (None, *Thinking):
        words = [] if mode is None else [f"prompt_template.thinking={mode.value}"]
        config = tiny_run(*ASKED, *words, weights=folder)
        outcome = run_extraction(config)
        found[mode] = (outcome, stories(config, outcome))
    counts = {mode: outcome.record.generation.counts for mode, (outcome, _) in found.items()}
    assert found[None][0].key == found[Thinking.off][0].key
    assert len({outcome.key for outcome, _ in found.values()}) == 3
    assert [counts[mode].thoughts for mode in Thinking] == [0, 105, 0]
    assert counts[Thinking.strip].thought_tokens == sum(len(s.thought_ids) for s in found[Thinking.strip][1]) > 0
    assert all(s.text.startswith("Text") and s.thought.startswith("I must") for s in found[Thinking.strip][1])
    assert all(s.text.startswith("<think>I must") and not s.thought_ids for s in found[Thinking.keep][1])
    assert all("</think>" in s.prompt and not s.thought_ids for s in found[Thinking.off][1])
    written = {mode: outcome.record.generation.written.prompt_template.thinking for mode, (outcome, _) in found.items()}
    assert written == {None: Thinking.off, **{mode: mode for mode in Thinking}}


def test_a_thought_that_does_not_end_leaves_no_text(
    tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_model(tmp_path / "deep", "smollm2", ALWAYS)
    ends = iter([False, *[True] * 10_000])
    writes(monkeypatch, lambda _prompt, seed: f"Hm.</think>Text {seed}." if next(ends) else "Hm. " * 60)
    config = tiny_run(*ASKED, "generation.samples=2", "generation.temperature=1.0", weights=folder)
    outcome = run_extraction(config)
    counts = outcome.record.generation.counts
    assert (counts.empty, counts.endless_thoughts, counts.thoughts) == (1, 1, 210)
    (first, *others) = stories(config, outcome)
    assert (first.text, first.ids, first.stop) == ("", (), "thought")
    assert all(story.text.startswith("Text") for story in others)
    notes = _runs(config)["note"][0]
    assert "210 of 210 held a thought, which was stripped" in notes
    assert "1 of 210 are empty, their thought did not end" in notes
    ends = iter([False] * 10_000)
    with pytest.raises(StimuliError, match=r"105 of 105 texts are empty because the model's thought did not end"):
        run_extraction(tiny_run(*ASKED, weights=folder))


def test_what_was_written_is_on_the_disk_before_more_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, sizes = tmp_path / "partial.jsonl", list[int]()
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    with file.open("ab", buffering=0) as stream:
        _append(stream, b"one\n")
        _append(stream, b"two\n")
    assert sizes == [4, 8]
