"""Cells end to end on tiny models: what is computed once, what is skipped, what is refused."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.config.schema import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError, StimuliError, WeightsError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.geometry.criteria import reliability_by_layer
from emogeo.geometry.layers import choosing_half
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.geometry.states import LabelledStates
from emogeo.models import activations, loading, session
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.store import ACTIVATIONS, RUNS, Store
from emogeo.store.tensors import unpack
from tests.conftest import Composer
from tests.tiny import BLOCKS, WIDTH, write_model


@pytest.fixture
def forward_passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of texts of each forward pass over a reading, as they happen."""
    passes: list[int] = []
    original = activations.read

    def counted(model: Any, texts: Any, plan: Any) -> Any:
        passes.append(len(texts))
        return original(model, texts, plan)

    monkeypatch.setattr(activations, "read", counted)
    return passes


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of models as they are loaded, from an empty cache."""
    names: list[str] = []
    original = loading.load_model

    def counted(weights: Any, precision: Any, *rest: Any) -> Any:
        names.append(f"{weights.name} {precision.label}")
        return original(weights, precision, *rest)

    monkeypatch.setattr(loading, "load_model", counted)
    monkeypatch.setattr(session, "LOADED", type(session.LOADED)())
    return names


def tensors(config: TrainConfig, key: str, file: str) -> dict[str, np.ndarray[Any, Any]]:
    return unpack(Store(config.store.path).read(RUNS, key)[file])


def test_a_record_holds_what_the_design_says(tiny_cell: Composer, tmp_path: Path) -> None:
    config = tiny_cell("layer_selection=separation")
    outcome = run_extraction(config)
    n = len(load_corpus(topics=6).passages)
    vectors, rdms = (tensors(config, outcome.key, f"{name}.safetensors") for name in ("vectors", "rdm"))
    assert vectors["vectors"].shape == (21, BLOCKS, WIDTH)
    assert vectors["vectors"].dtype == np.float32
    assert vectors["passages"].shape == (n, WIDTH)
    assert rdms["rdm"].shape == (21, 21)
    assert rdms["rdm_by_layer"].shape == (BLOCKS, 210)
    layer = outcome.run["layer"]["index"]
    np.testing.assert_array_equal(upper(rdms["rdm"]), rdms["rdm_by_layer"][layer])
    assert outcome.run["layer"]["criterion"] == "highest separation"
    assert outcome.run["layer"]["n_choosing"] == 3
    assert outcome.run["layer"]["held_out"][1:] == [None, None]
    assert vectors["embeddings"].shape == (n, WIDTH)
    stored = Store(config.store.path).read(RUNS, outcome.key)["texts.jsonl"].decode()
    (tmp_path / "again.jsonl").write_text(stored)
    assert load_corpus(str(tmp_path / "again.jsonl")).passages == load_corpus(topics=6).passages
    assert outcome.run["precision"] == "fp32"
    assert outcome.run["provenance"]["readings"]["passages"]["tokens_per_s"] > 0
    assert outcome.run["provenance"]["libraries"]["transformers"]


def test_one_half_chooses_the_layer_and_the_other_reports_it(tiny_cell: Composer) -> None:
    """From the stored activations, with the halves and the reliabilities computed anew."""
    config = tiny_cell("layer_selection=reliability", "stimuli.topics=12", "centring=topic_mean")
    outcome = run_extraction(config)
    store, passages = Store(config.store.path), plan_run(config).passages
    states = unpack(store.read(ACTIVATIONS, passages.key)["activations.safetensors"])["states"].astype(float)
    labelled = plan_run(config).labelled
    texts = LabelledStates(states, labelled.emotions, labelled.unit_digests, CONDITIONS)
    choosing, reporting = choosing_half(labelled.unit_digests, 0)
    curve = [r.value for r in reliability_by_layer(texts.of_units(choosing), Centring.grand_mean, 0)]
    chosen = outcome.run["layer"]["index"]
    assert chosen == int(np.argmax(curve))
    held_out = reliability_by_layer(texts.of_units(reporting), Centring.grand_mean, 0)[chosen]
    assert outcome.run["layer"]["held_out"] == pytest.approx([held_out.value, held_out.low, held_out.high])
    whole = reliability_by_layer(texts, Centring.grand_mean, 0)[chosen]
    assert outcome.run["by_layer"]["reliability"][chosen] == pytest.approx(whole.value)
    assert outcome.run["by_layer"]["reliability_ci_low"][chosen] == pytest.approx(whole.low)


def test_too_few_units_to_choose_on_are_refused_before_anything_is_read(
    tiny_cell: Composer, forward_passes: list[int]
) -> None:
    with pytest.raises(ConfigError, match="needs 8 units and there are 6"):
        run_extraction(tiny_cell("layer_selection=reliability"))
    assert forward_passes == []


def test_a_topic_told_for_one_emotion_keeps_its_mean(tiny_cell: Composer, tmp_path: Path) -> None:
    rows = [
        {"emotion": p.emotion, "topic": f"{p.topic} {p.emotion}", "text": p.text}
        for p in load_corpus(topics=6).passages
    ]
    (tmp_path / "nested.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(StimuliError, match="would take that emotion along"):
        plan_run(tiny_cell(f"stimuli.path='{tmp_path / 'nested.jsonl'}'", "centring=topic_mean"))


def test_a_reread_names_its_twin(tiny_cell: Composer) -> None:
    first = run_extraction(tiny_cell())
    again = run_extraction(tiny_cell("reread=true"))
    assert first.run["twin"] is None
    assert again.run["twin"] == first.key != again.key


def test_the_rdm_follows_from_the_stored_passages(tiny_cell: Composer) -> None:
    """From the record alone, by the published protocol written out: means, grand mean, 1 - cosine."""
    config = tiny_cell("layer_selection=index", "layer_selection.index=1")
    outcome = run_extraction(config)
    states = tensors(config, outcome.key, "vectors.safetensors")["passages"].astype(float)
    emotions = np.array(outcome.run["emotions"])
    means = np.array([states[emotions == c].mean(0) for c in CONDITIONS])
    rdm = cosine_rdm(means - means.mean(0), CONDITIONS)
    np.testing.assert_allclose(tensors(config, outcome.key, "rdm.safetensors")["rdm"], rdm, atol=1e-9)


def test_one_pass_serves_everything_that_differs_after_it(
    tiny_cell: Composer, forward_passes: list[int], loads: list[str]
) -> None:
    after = ["layer_selection=all", "layer_selection=depth", "centring=none", "norm=unit", "centring=neutral"]
    keys = {run_extraction(tiny_cell(change)).key for change in ["force=false", *after]}
    assert len(keys) == len(after) + 1
    assert forward_passes == [len(load_corpus(topics=6).passages), 100]
    run_extraction(tiny_cell("denoising.method=neutral_pcs"))
    assert forward_passes[2:] == [], "raw neutral texts, last token: those of the anisotropy"
    run_extraction(tiny_cell("pooling.position=mean", "pooling.skip=2"))
    assert forward_passes[2:] == [len(load_corpus(topics=6).passages)]
    assert loads == ["tiny-llama fp32"]


def test_a_sweep_loads_each_model_at_a_precision_once(
    tiny_cell: Composer, tiny_overflowing: Path, tiny_llama: Path, loads: list[str]
) -> None:
    for template in ("raw", "question"):
        for weights in (tiny_llama, tiny_overflowing):
            run_extraction(tiny_cell(f"prompt_template={template}", weights=weights))
    assert loads == ["tiny-llama fp32", "tiny-gemma fp32"]


def test_a_short_memory_drops_the_oldest_model(
    tiny_cell: Composer, tiny_overflowing: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda _device: 0.0)
    run_extraction(tiny_cell())
    run_extraction(tiny_cell(weights=tiny_overflowing))
    assert [name[0] for name in session.LOADED] == ["tiny-gemma"]


def test_a_finished_cell_is_skipped_and_force_computes_it_again(
    tiny_cell: Composer, forward_passes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = run_extraction(tiny_cell())
    again = run_extraction(tiny_cell())
    assert (first.computed, again.computed) == (True, False)
    assert again.run == first.run
    assert "finished before, skipped" in caplog.text
    assert len(forward_passes) == 2
    assert run_extraction(tiny_cell("force=true")).key == first.key
    assert len(forward_passes) == 4


def test_two_at_one_cell_compute_it_once(
    tiny_cell: Composer, forward_passes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """Also what two different cells share: the second waits for the pass of the first."""
    caplog.set_level(logging.INFO)
    configs = [tiny_cell(), tiny_cell(), tiny_cell("norm=unit"), tiny_cell("pooling.position=mean")]
    run_extraction(tiny_cell("prompt_template=question"))  # loads the model
    del forward_passes[:]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run_extraction, configs))
    assert sorted(outcome.computed for outcome in outcomes) == [False, True, True, True]
    assert forward_passes == [len(load_corpus(topics=6).passages)], "the facts are there already"
    assert outcomes[0].run == outcomes[1].run


def test_a_pass_is_locked_alike_whatever_is_pooled(tiny_cell: Composer) -> None:
    poolings = (["pooling.position=last"], ["pooling.position=mean"], ["pooling.position=mean", "pooling.skip=2"])
    readings = [plan_run(tiny_cell(*pooling)).passages for pooling in poolings]
    assert len({reading.key for reading in readings}) == 3
    assert len({reading.lock for reading in readings}) == 1
    assert plan_run(tiny_cell("prompt_template=question")).passages.lock != readings[0].lock


def test_a_sweeps_run_shows_its_cell_also_where_it_was_finished_before(
    tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("emogeo.runs.task.track_run", lambda _tracking, _store, key: shown.append(key))
    monkeypatch.setattr("emogeo.runs.task.tracked", lambda _tracking, _store, _key: True)
    key = run_extraction(tiny_cell()).key
    run_extraction(tiny_cell())
    assert shown == [key]
    monkeypatch.setenv("WANDB_SWEEP_ID", "abc")
    assert not run_extraction(tiny_cell()).computed
    assert shown == [key, key]


def test_a_corrupt_record_counts_as_missing(tiny_cell: Composer, forward_passes: list[int]) -> None:
    config = tiny_cell()
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


def test_names_devices_and_batches_are_not_meaning(tiny_cell: Composer) -> None:
    key = plan_run(tiny_cell()).key
    for change in ("runtime.threads=1", "runtime.token_budget=99", "tracking=offline", "tracking.project=x"):
        assert plan_run(tiny_cell(change)).key == key
    for change in ("max_depth=0.5", "norm=unit", "nonfinite=finite_layers", "prompt_template=chat"):
        assert plan_run(tiny_cell(change)).key != key


def test_the_token_budget_is_meaning_only_with_int8_outliers(tiny_cell: Composer) -> None:
    def keys(precision: str) -> set[str]:
        return {plan_run(tiny_cell(f"precision={precision}", f"runtime.token_budget={b}")).key for b in (100, 200)}

    assert len(keys("int8")) == 2
    assert len(keys("int8_no_outliers")) == 1


def test_the_order_of_lines_is_not_meaning(tiny_cell: Composer, tmp_path: Path) -> None:
    rows = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in load_corpus(topics=6).passages]
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ordered))
    keys = {plan_run(tiny_cell(f"stimuli.path='{tmp_path / name}.jsonl'")).key for name in ("a", "b")}
    assert keys == {plan_run(tiny_cell()).key}


def test_max_depth_reads_the_same_states_and_no_more(tiny_cell: Composer) -> None:
    half, whole = (run_extraction(tiny_cell(f"max_depth={depth}", "layer_selection=all")) for depth in (0.5, 1.0))
    config = tiny_cell()
    a, b = (tensors(config, o.key, "rdm.safetensors")["rdm_by_layer"] for o in (half, whole))
    np.testing.assert_allclose(a, b[:2], atol=1e-6)
    with pytest.raises(ConfigError, match="max_depth stops after 2 of 4"):
        plan_run(tiny_cell("max_depth=0.5", "layer_selection=index", "layer_selection.index=3"))


def test_overflow_is_refused_by_name_and_stays_in_the_store(
    tiny_cell: Composer, tiny_overflowing: Path, forward_passes: list[int]
) -> None:
    config = tiny_cell("precision=fp16", weights=tiny_overflowing)
    with pytest.raises(NonFiniteError, match=r"tiny-gemma at fp16 .* from block 1 .* text 0: .*precision=bf16"):
        run_extraction(config)
    key = plan_run(config).key
    run = json.loads(Store(config.store.path).read(RUNS, key)["run.json"])
    assert run["status"] == "refused"
    assert sum(run["nonfinite"]["passages"]) > 0
    with pytest.raises(NonFiniteError, match="refused before"):
        run_extraction(config)
    assert len(forward_passes) == 2
    run_extraction(tiny_cell("precision=bf16", weights=tiny_overflowing))


def test_finite_layers_go_on_with_what_is_finite(
    tiny_cell: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = activations.read

    def overflowing_from_block_2(model: Any, texts: Any, plan: Any) -> Any:
        result = original(model, texts, plan)
        result.states[5, 2:] = np.inf
        result.nonfinite[5, 2:] = WIDTH
        return result

    monkeypatch.setattr(activations, "read", overflowing_from_block_2)
    outcome = run_extraction(tiny_cell("nonfinite=finite_layers", "layer_selection=all"))
    assert outcome.run["layer"]["layers"] == [0, 1]
    assert outcome.run["metrics"]["nonfinite"] == 2 * WIDTH
    config = tiny_cell("nonfinite=finite_layers", "layer_selection=index", "layer_selection.index=3")
    with pytest.raises(NonFiniteError, match=r"Block 3, which is selected.* one of the blocks \[0, 1\]"):
        run_extraction(config)
    assert json.loads(Store(config.store.path).read(RUNS, plan_run(config).key)["run.json"])["status"] == "refused"


def test_a_reread_has_other_batches_and_nearly_the_same_states(tiny_cell: Composer) -> None:
    first, second = (run_extraction(tiny_cell(f"reread={answer}")) for answer in ("false", "true"))
    batches = [o.run["provenance"]["readings"]["passages"]["batches"] for o in (first, second)]
    assert batches[0] != batches[1]
    assert sorted(r for b in batches[1] for r in b) == list(range(len(load_corpus(topics=6).passages)))
    config = tiny_cell()
    a, b = (tensors(config, o.key, "vectors.safetensors")["passages"] for o in (first, second))
    np.testing.assert_allclose(a, b, atol=1e-4)
    assert first.key != second.key


def test_labels_of_other_weights_are_their_own(tiny_cell: Composer) -> None:
    run = run_extraction(tiny_cell()).run
    assert run["model"]["name"] == run["config"]["model"]["name"] == "tiny-llama"
    assert run["config"]["model"]["sha256"] is None


def test_a_chat_turn_needs_a_template(tiny_cell: Composer, tmp_path: Path) -> None:
    base = write_model(tmp_path / "tiny-base", "smollm2")
    with pytest.raises(WeightsError, match="tiny-base has none"):
        plan_run(tiny_cell("prompt_template=chat", weights=base))
    cell = plan_run(tiny_cell("prompt_template=chat"))
    assert cell.passages.texts[0].content.startswith("<bos><user>")
    assert cell.passages.texts[0].content.endswith("<assistant>")
    assert not cell.passages.texts[0].special_tokens
    assert cell.facts.texts[0].special_tokens


def test_neutral_centring_leaves_twenty_conditions(tiny_cell: Composer) -> None:
    outcome = run_extraction(tiny_cell("centring=neutral"))
    assert "neutral" not in outcome.run["conditions"]
    assert len(outcome.run["conditions"]) == 20
