"""Cells whose texts a model writes, and cells that read them again, on a tiny model."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.runs import runs_table
from emogeo.config.schema import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError, StimuliError, StoreError
from emogeo.extraction import writing
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.extraction.stories import Story, counts, read_stories, story_line, without_empty
from emogeo.models import activations, generation
from emogeo.runs.task import Outcome
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.stories import names_emotion, plan_requests
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.store.tensors import unpack
from tests.conftest import Composer
from tests.tiny import write_model

LOOSE = ("mode=generation", "prompt_template=loose", "generation.temperature=1.0", "generation.max_new_tokens=8")


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts the model was asked for, call by call."""
    sizes: list[int] = []
    original = generation.write

    def counted(model: Any, prompts: Any, *rest: Any) -> Any:
        sizes.append(len(prompts))
        return original(model, prompts, *rest)

    monkeypatch.setattr(generation, "write", counted)
    return sizes


def stories(config: TrainConfig, outcome: Outcome) -> list[Story]:
    return read_stories(Store(config.store.path), outcome.run["generation"]["key"])


def states(config: TrainConfig, outcome: Outcome) -> np.ndarray[Any, Any]:
    return unpack(Store(config.store.path).read(RUNS, outcome.key)["vectors.safetensors"])["passages"]


def test_a_cell_writes_reads_and_records(tiny_cell: Composer, batches: list[int]) -> None:
    config = tiny_cell(*LOOSE, "generation.replicates=3")
    outcome = run_extraction(config)
    told = stories(config, outcome)
    assert [s.emotion for s in told] == [c for c in CONDITIONS for _ in range(3)]
    assert batches == [20, 20, 20, 3]
    assert outcome.run["mode"] == "generation"
    assert outcome.run["stimuli"] == "loose"
    counts = outcome.run["generation"]
    assert counts["texts"] == 63
    assert counts["distinct"] == len({s.text for s in told})
    assert counts["new_tokens"] == sum(len(s.ids) for s in told)
    assert outcome.run["n_units"] <= 3
    again = run_extraction(config)
    assert (again.computed, again.key) == (False, outcome.key)


def test_what_is_read_is_what_was_written(tiny_cell: Composer) -> None:
    """The last written token's state, from a plain pass over prompt and text."""
    import torch

    config = tiny_cell(*LOOSE, "layer_selection=index", "layer_selection.index=1")
    outcome = run_extraction(config)
    cell = plan_run(config)
    model = cell.session.model()
    for story, state in zip(stories(config, outcome), states(config, outcome), strict=True):
        with torch.inference_mode():
            tokens = torch.tensor([[*story.prompt_ids, *story.ids]])
            hidden = model.body(tokens, output_hidden_states=True).hidden_states[2]
        np.testing.assert_allclose(state, hidden[0, -1].numpy(), atol=1e-4)
        assert story.text == model.tokenizer.decode(list(story.ids), skip_special_tokens=True)


def test_pooling_leaves_the_prompt_out(tiny_cell: Composer) -> None:
    base = (*LOOSE, "layer_selection=index", "layer_selection.index=0", "generation.min_new_tokens=8")
    last, middle, mean, tail = (
        states(config, run_extraction(config))
        for config in (
            tiny_cell(*base),
            tiny_cell(*base, "pooling.position=middle"),
            tiny_cell(*base, "pooling.position=mean"),
            tiny_cell(*base, "pooling.position=mean", "pooling.skip=7"),
        )
    )
    np.testing.assert_allclose(tail, last, atol=1e-5)
    assert not np.allclose(middle, last)
    assert not np.allclose(mean, last)


def test_other_poolings_write_nothing_anew(tiny_cell: Composer, batches: list[int]) -> None:
    run_extraction(tiny_cell(*LOOSE))
    run_extraction(tiny_cell(*LOOSE, "pooling.position=mean", "layer_selection=all"))
    run_extraction(tiny_cell(*LOOSE, "reread=true"))
    assert len(batches) == 2
    run_extraction(tiny_cell(*LOOSE, "generation.repetition=1"))
    run_extraction(tiny_cell(*LOOSE, "generation.top_p=0.9"))
    assert len(batches) == 6


def test_a_repetition_has_other_texts_and_greedy_other_batches(tiny_cell: Composer) -> None:
    configs = [tiny_cell(*LOOSE, f"generation.repetition={n}") for n in (0, 1)]
    first, second = ([s.text for s in stories(c, run_extraction(c))] for c in configs)
    assert first != second
    greedy = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=4")
    keys = {plan_run(tiny_cell(*greedy, f"generation.repetition={n}")).key for n in (0, 1)}
    assert len(keys) == 2
    assert len({plan_run(tiny_cell(*greedy, f"seed={seed}")).source.generation for seed in (0, 1)}) == 1


def test_an_interrupted_cell_goes_on_where_it_stopped(
    tiny_cell: Composer, tmp_path: Path, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = (*LOOSE, "generation.replicates=2", "generation.batch_size=10")
    undisturbed = tiny_cell(*base, f"store.path='{tmp_path / 'other'}'")
    wanted = stories(undisturbed, run_extraction(undisturbed))
    assert batches == [10, 10, 10, 10, 2]
    config, original = tiny_cell(*base), writing._write_batch
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


SAME = ["runtime.threads=1", "max_depth=0.5", "pooling.position=mean", "reread=true", "generation.batch_size=7"]
OTHER = [
    *("seed=1", "generation.repetition=1", "generation.top_p=0.9", "generation.temperature=0.5"),
    *("generation.min_new_tokens=2", "generation.max_new_tokens=9", "generation.samples=2", "precision=bf16"),
    *("generation.ban_emotion_words=true", "prompt_template.prompts=['{emotion}!']", "prompt_template.chat=true"),
]


def test_the_key_of_texts_is_what_decides_them(tiny_cell: Composer) -> None:
    key = plan_run(tiny_cell(*LOOSE)).source.generation
    assert {plan_run(tiny_cell(*LOOSE, change)).source.generation for change in SAME} == {key}
    others = [plan_run(tiny_cell(*LOOSE, change)).source.generation for change in OTHER]
    assert len({key, *others}) == len(OTHER) + 1
    samples, replicates = (
        plan_run(tiny_cell(*LOOSE, f"generation.{name}=8")).source.generation for name in ("samples", "replicates")
    )
    assert samples != replicates, "other units"


def test_states_belong_to_the_tokens_that_are_there(tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that are written anew under the same key (force) are read anew."""
    base = (*LOOSE, "layer_selection=index", "layer_selection.index=1")
    run_extraction(tiny_cell(*base))
    monkeypatch.setattr(writing, "_seed", lambda _writing, row, _attempt: row + 77)
    run_extraction(tiny_cell(*base, "force=true", "pooling.position=mean"))
    config = tiny_cell(*base, "centring=none")
    outcome = run_extraction(config)
    fresh = tiny_cell("mode=replay", f"mode.source={outcome.key}", *base[4:], "centring=none", "force=true")
    np.testing.assert_array_equal(states(config, outcome), states(fresh, run_extraction(fresh)))


def test_a_second_process_waits_and_writes_nothing(tiny_cell: Composer, batches: list[int]) -> None:
    config = tiny_cell(*LOOSE)
    cell = plan_run(config)
    assert cell.source.writing is not None
    store = Store(config.store.path)
    partial = store.path / "partial"
    partial.mkdir(parents=True)
    with ThreadPoolExecutor(1) as pool:
        with store.lock(GENERATIONS, cell.source.writing.key):
            waiting = pool.submit(writing.stories_of, cell.source.writing, cell.session, store)
            time.sleep(0.2)
            assert not waiting.done()
            written = writing._write_all(cell.source.writing, cell.session, partial / "mine.jsonl")
            lines = b"".join(story_line(story) for story in written)
            store.write(GENERATIONS, cell.source.writing.key, {"generations.jsonl": lines})
        assert waiting.result() == written
    assert batches == [20, 1]


def test_logits_that_overflow_are_no_text(tiny_cell: Composer, tiny_overflowing: Path) -> None:
    for decoding in ("generation.temperature=1.0", "generation.temperature=null"):
        config = tiny_cell(*LOOSE[:2], decoding, "precision=fp16", "nonfinite=finite_layers", weights=tiny_overflowing)
        with pytest.raises(NonFiniteError, match="logits are not finite after .* tokens"):
            run_extraction(config)
        with pytest.raises(NonFiniteError, match="logits are not finite.*refused before.*force=true tries again"):
            run_extraction(config)
    runs = runs_table(read_catalogue(Store(config.store.path)).runs, [])
    assert runs["note"].str.startswith("refused: The model's logits are not finite").all()
    assert len(runs) == 2


def test_units_that_share_a_text_may_be_too_few_to_choose_on(
    tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_seed", lambda _writing, _row, _attempt: 5)
    with pytest.raises(ConfigError, match="needs 8 units and there are 1"):
        run_extraction(tiny_cell(*LOOSE, "generation.replicates=8", "layer_selection=reliability"))


def test_a_replay_records_how_its_texts_were_written(tiny_cell: Composer) -> None:
    source = run_extraction(tiny_cell(*LOOSE))
    run = run_extraction(tiny_cell("mode=replay", f"mode.source={source.key}", "precision=bf16")).run
    written = run["generation"]["written"]
    assert (run["mode"], run["prompt_template"]) == ("replay", "loose")
    assert written == source.run["generation"]["written"]
    assert (written["precision"], written["generation"]["temperature"]) == ("fp32", 1.0)
    assert "replay loose" in run["title"]


def test_replay_reads_the_same_tokens_at_another_precision(tiny_cell: Composer, batches: list[int]) -> None:
    config = tiny_cell(*LOOSE, "generation.replicates=2")
    source = run_extraction(config)
    own = run_extraction(tiny_cell("mode=replay", f"mode.source={source.key[:10]}"))
    lower = run_extraction(tiny_cell("mode=replay", f"mode.source={source.key}", "precision=bf16"))
    described = tiny_cell(
        *LOOSE, "generation.replicates=2", "mode=replay", "precision=bf16", "precision@mode.writer=fp32"
    )
    by_texts = f"mode.source={source.run['generation']['key'][:12]}"
    assert plan_run(described).key == plan_run(tiny_cell("mode=replay", by_texts, "precision=bf16")).key == lower.key
    assert len(batches) == 3
    assert own.run["generation"]["key"] == lower.run["generation"]["key"] == source.run["generation"]["key"]
    assert own.run["units"] == lower.run["units"] == source.run["units"]
    np.testing.assert_array_equal(states(config, own), states(config, source))
    a, b = states(config, own), states(config, lower)
    assert 0 < np.abs(a - b).max() < 0.1 * np.abs(a).max()


def test_one_pass_serves_every_token_position(
    tiny_cell: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (*LOOSE, "generation.replicates=2", "generation.min_new_tokens=4")
    run_extraction(tiny_cell(*asked, "pooling.position=last"))
    with monkeypatch.context() as patched:
        patched.setattr(activations, "read", None)
        configs = [tiny_cell(*asked, f"pooling.position={position}") for position in ("middle", "mean")]
        found = [states(config, run_extraction(config)) for config in configs]
    for position, own in zip(("middle", "mean"), found, strict=True):
        config = tiny_cell(*asked, f"pooling.position={position}", f"store.path='{tmp_path / position}'")
        np.testing.assert_array_equal(own, states(config, run_extraction(config)))
    assert np.abs(found[0] - found[1]).max() > 0


def test_another_model_reads_the_text_alone(tiny_cell: Composer, tiny_overflowing: Path) -> None:
    source = run_extraction(tiny_cell(*LOOSE))
    config = tiny_cell("mode=replay", f"mode.source={source.key}", weights=tiny_overflowing)
    cell = plan_run(config)
    assert {text.start for text in cell.passages.texts} == {0}
    assert [text.content for text in cell.passages.texts] == list(cell.labelled.texts)
    run_extraction(config)


def test_a_source_that_is_not_there_is_named_before_anything_is_loaded(tiny_cell: Composer) -> None:
    with pytest.raises(StoreError, match="no run of .* Runs with written texts: none; type mode=generation first"):
        plan_run(tiny_cell("mode=replay", "mode.source=abc"))
    read = run_extraction(tiny_cell())
    written = run_extraction(tiny_cell(*LOOSE))
    with pytest.raises(StoreError, match=f"has read passages.*{written.key} \\(tiny-llama"):
        plan_run(tiny_cell("mode=replay", f"mode.source={read.key}"))
    other = tiny_cell(*LOOSE, "mode=replay", "precision@mode.writer=fp32", "seed=1")
    with pytest.raises(StoreError, match=r"not written these texts at fp32 .*Run the same first with mode=gener"):
        plan_run(other)


def test_texts_from_wandb_are_those_of_their_record(
    tiny_cell: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server may hand out; tests/tracking has a real one."""
    key = run_extraction(tiny_cell(*LOOSE)).run["generation"]["key"]
    record = Store(tmp_path / "store").read(GENERATIONS, key)
    monkeypatch.setattr(
        "emogeo.extraction.replay.artifact_files", lambda path, kind, names: {n: record[n] for n in names}
    )
    elsewhere = ("mode=replay", "mode.source='wandb:me/mine/generations-x:v0'", f"store.path='{tmp_path / 'other'}'")
    assert plan_run(tiny_cell(*elsewhere)).source.generation == key
    assert Store(tmp_path / "other").read(GENERATIONS, key) == record
    assert plan_run(tiny_cell(*elsewhere[:1], f"mode.source={key[:9]}", elsewhere[2])).source.generation == key
    whole = dict(record)
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"topic"', b'"subject"')
    with pytest.raises(StoreError, match="holds no written texts"):
        plan_run(tiny_cell(*elsewhere))
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"attempts":1', b'"attempts":2')
    with pytest.raises(StoreError, match="holds other texts than .* under one key"):
        plan_run(tiny_cell(*elsewhere))
    record["generations.jsonl"] = whole["generations.jsonl"].replace(b'"afraid"', b'"envious"')
    with pytest.raises(StoreError, match="known conditions"):
        plan_run(tiny_cell(*elsewhere))
    record |= {**whole, "generation.json": whole["generation.json"].replace(key.encode(), b"../../etc")}
    with pytest.raises(StoreError, match="known conditions with the key of their record"):
        plan_run(tiny_cell(*elsewhere))


def test_refusals_are_seen_in_any_apostrophe() -> None:
    told = ["I’m sorry, but I can’t", "Sorry, I can't help", "I won’t write", "As an AI", "I'm sorry she left, he said"]
    assert counts([story("sad", "u", text) for text in told])["refusals"] == 5
    assert counts([story("sad", "u", "He was sorry to go.")])["refusals"] == 0


def story(emotion: str, unit: str, text: str = "x") -> Story:
    return Story(emotion, "t", unit, "p", text, (0,), (1,), "stopped", 1)


def test_an_emotion_without_any_text_is_named() -> None:
    whole = [story(emotion, unit) for emotion in CONDITIONS for unit in ("a", "b")]
    assert without_empty(whole, "here") == whole
    assert without_empty([*whole, story("sad", "a", " ")], "here") == whole
    broken = [s for s in whole if (s.emotion, s.unit) != ("sad", "b")] + [story("sad", "b", "")]
    with pytest.raises(StimuliError, match="here has no text for 1 of its conditions and units: sad in b"):
        without_empty(broken, "here")


def test_texts_that_name_their_emotion_are_tried_again_and_counted(
    tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch, batches: list[int]
) -> None:
    for module in ("writing", "stories"):
        monkeypatch.setattr(f"emogeo.extraction.{module}.names_emotion", lambda text, _emotion: len(text) % 2 == 0)
    outcome = run_extraction(
        tiny_cell(*LOOSE, "generation.ban_emotion_words=true", "generation.retries=1", "generation.min_new_tokens=6")
    )
    counted = outcome.run["generation"]
    assert 0 < counted["naming_their_emotion"] < counted["retried"] < 21
    assert len(batches) > 2


def test_words_of_an_emotion() -> None:
    assert names_emotion("She was FEARFUL of the dark", "afraid")
    assert not names_emotion("She was fearful of the dark", "sad")
    assert not names_emotion("Anything at all", "neutral")
    assert all(names_emotion(f"so {emotion} today", emotion) for emotion in CONDITIONS if emotion != "neutral")
    others = {"sad": "the saddle", "afraid": "a scarecrow", "happy": "gladiators", "loving": "a lovely day"}
    assert not any(names_emotion(text, emotion) for emotion, text in others.items())


def test_units_are_topics_prompts_or_replicates() -> None:
    topics = sorted(set(load_corpus(topics=6).topics))
    crossed = plan_requests(["{emotion} {topic}"], ["{topic}"], topics, samples=2, replicates=1)
    assert {r.unit for r in crossed} == set(topics)
    assert len(crossed) == 21 * 6 * 2
    assert "a ride on the last bus of the night" in {r.prompt.removeprefix("sad ") for r in crossed}
    five = plan_requests([f"{{emotion}} {i}" for i in range(5)], [f"n {i}" for i in range(5)], topics, 2, 1)
    assert {r.unit for r in five} == {f"prompt-{i}" for i in range(5)}
    assert len(five) == 21 * 10
    one = plan_requests(["{emotion}"], ["none"], topics, samples=2, replicates=3)
    assert sorted(r.unit for r in one if r.emotion == "sad") == [f"replicate-{i}" for i in (0, 0, 1, 1, 2, 2)]
    assert {r.prompt for r in one if r.emotion == "neutral"} == {"none"}


def test_every_topic_of_the_corpus_has_words_to_ask_for_it() -> None:
    asked = plan_requests(["{emotion}: {topic}"], ["{topic}"], sorted(set(load_corpus().topics)), 1, 1)
    assert not any(request.topic in request.prompt.split(": ")[-1] for request in asked if "-" in request.topic)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mode=generation",), "prompt_template=stories"),
        (("prompt_template=stories",), "Type mode=generation"),
        (("mode=replay",), "mode.source=KEY"),
        (("mode.source=abc",), "type mode=replay mode.source=KEY"),
        (("mode=replay", "mode.source=''"), "mode.source=KEY"),
        (("mode=replay", "mode.source=12e45678"), "quote one that could be a number"),
        ((*LOOSE, "generation.temperature=null", "generation.replicates=2"), "writes the same each time"),
        ((*LOOSE, "pooling.position=mean", "pooling.skip=3", "generation.min_new_tokens=3"), "min_new_tokens=4"),
        ((*LOOSE, "generation.min_new_tokens=9"), "max_new_tokens=8"),
        ((*LOOSE, "generation.temperature=0"), "null for greedy"),
        ((*LOOSE, "generation.top_p=0"), "up to 1"),
        ((*LOOSE, "generation.temperature=null", "generation.top_p=0.9"), "no meaning in greedy"),
        ((*LOOSE, "generation.temperature=null", "generation.ban_emotion_words=true"), "writes the same"),
        ((*LOOSE, "generation.samples=0"), "at least 1"),
        ((*LOOSE, "prompt_template.prompts=[nothing]"), "has no {emotion}"),
        ((*LOOSE, "prompt_template.neutral=[]"), "one of neutral for each"),
        ((*LOOSE, "prompt_template.neutral=['{topic}']"), "or none"),
        ((*LOOSE, "denoising.method=neutral_pcs"), "denoising.texts=condition"),
    ],
)
def test_contradictions_are_refused(tiny_cell: Composer, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        tiny_cell(*words)
    assert said in str(error.value)


def test_a_base_model_has_no_chat_turn(tiny_cell: Composer, tmp_path: Path) -> None:
    base = write_model(tmp_path / "tiny-base", "smollm2")
    with pytest.raises(Exception, match="tiny-base has none"):
        plan_run(tiny_cell("mode=generation", "prompt_template=stories", weights=base))
    plain = tiny_cell("mode=generation", "prompt_template=stories", "prompt_template.chat=false", weights=base)
    assert plan_run(plain).source.writing is not None


def test_neutral_stories_are_what_is_projected_out(tiny_cell: Composer) -> None:
    outcome = run_extraction(
        tiny_cell(*LOOSE, "generation.replicates=5", "denoising.method=neutral_pcs", "denoising.texts=condition")
    )
    assert max(outcome.run["by_layer"]["removed_components"]) >= 1
    assert set(outcome.run["nonfinite"]) == {"passages", "facts"}
    assert json.dumps(outcome.run["meaning"]["denoising"]) == '{"neutral": null, "share": 0.5}'
