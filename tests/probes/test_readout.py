"""Readouts: what is recorded, that batches change nothing, planted states, and the real model against a plain loop."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.config.train import TrainConfig
from emogeo.errors import NonFiniteError, StoreError
from emogeo.extraction.run import run_extraction
from emogeo.probes import readout
from emogeo.probes.readout_plan import plan_readout
from emogeo.probes.run import run_probe
from emogeo.record.files import READ_TEXTS, READ_TOKENS, RUN_FILE, VECTORS
from emogeo.record.json import record_json
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.runs.made import made_now
from emogeo.runs.task import Outcome
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import pack, unpack
from tests.conftest import Composer, compose_train

READ = ("mode=readout", "readout.draws=99", "readout.tokens=5")


def read(config: TrainConfig) -> Outcome:
    outcome = run_probe(config)
    assert outcome is not None
    return outcome


def lines(config: TrainConfig, key: str, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Store(config.store.path).read(RUNS, key)[name].splitlines()]


def test_a_readout_of_own_texts_is_recorded_and_not_repeated(tiny_run: Composer) -> None:
    config = tiny_run(*READ)
    outcome = read(config)
    result = outcome.record.result
    assert outcome.computed
    assert (result.own, result.metrics.n_scored, result.metrics.n_topics) == (True, 126, 6)
    assert result.metrics.chance == pytest.approx(1 / 21)
    assert None not in (result.metrics.p, result.metrics.words_accuracy, result.metrics.accuracy_ci_low)
    texts, tokens = lines(config, outcome.key, READ_TEXTS), lines(config, outcome.key, READ_TOKENS)
    assert len(texts) == 126
    assert all(text["seen"] for text in texts)
    assert {token["text"] for token in tokens} == set(range(5))
    assert [t["place"] for t in tokens if t["text"] == 3] == list(range(texts[3]["n_tokens"]))
    assert not read(config).computed
    assert [run.key for run in read_catalogue(Store(config.store.path)).probes] == [outcome.key]


def test_texts_without_labels_are_projected_and_not_scored(tiny_run: Composer, tmp_path: Path) -> None:
    source = run_extraction(tiny_run())
    (tmp_path / "mine.txt").write_text("All is well.\nWho has taken the last of the bread and the wine?\n")
    config = tiny_run(*READ, f"mode.source='{source.key}'", f"stimuli.path='{tmp_path / 'mine.txt'}'")
    outcome = read(config)
    assert outcome.record.result.metrics.accuracy is None
    assert "no accuracy: the texts have no labels" in outcome.record.result.notes
    texts = lines(config, outcome.key, READ_TEXTS)
    assert texts[0]["text"] == "All is well."
    assert all(text["found"] is None and len(text["p"]) == 21 for text in texts)


def test_the_state_of_a_text_pooled_at_its_last_token_is_that_tokens(tiny_run: Composer) -> None:
    config = tiny_run(*READ)
    key = read(config).key
    texts, tokens = lines(config, key, READ_TEXTS), lines(config, key, READ_TOKENS)
    for row in range(5):
        (own,) = [token for token in tokens if token["text"] == row and token["pooled"]]
        assert own["place"] == texts[row]["n_tokens"] - 1
        np.testing.assert_allclose(own["projections"], texts[row]["projections"], rtol=1e-5, atol=1e-5)
        z = (np.array(own["projections"]) - own["null_mean"]) / own["null_sd"]
        np.testing.assert_allclose(z, texts[row]["z"], rtol=1e-3, atol=1e-3)


def test_the_mean_of_tokens_projects_as_the_mean_of_their_projections(tiny_run: Composer) -> None:
    config = tiny_run(*READ, "pooling.position=mean", "pooling.skip=2")
    key = read(config).key
    texts, tokens = lines(config, key, READ_TEXTS), lines(config, key, READ_TOKENS)
    for row in range(5):
        own = [token["projections"] for token in tokens if token["text"] == row and token["pooled"]]
        assert len(own) == texts[row]["n_tokens"] - 2
        np.testing.assert_allclose(np.mean(own, axis=0), texts[row]["projections"], rtol=1e-4, atol=1e-4)


def test_batches_change_no_number(tiny_run: Composer) -> None:
    source = run_extraction(tiny_run())
    found = []
    for budget in (1, 400):
        options = ("force=true", f"mode.source='{source.key}'", f"runtime.token_budget={budget}")
        config = tiny_run(*READ, *options)
        key = read(config).key
        found.append([lines(config, key, name) for name in (READ_TEXTS, READ_TOKENS)])
    for alone, together in zip(*found, strict=True):
        for a, b in zip(alone, together, strict=True):
            np.testing.assert_allclose(a["projections"], b["projections"], rtol=1e-3, atol=2e-5)


def test_vectors_of_another_width_are_refused(tiny_run: Composer) -> None:
    source = run_extraction(tiny_run())
    config = tiny_run(*READ, f"mode.source='{source.key}'")
    store = Store(config.store.path)
    files = dict(store.read(RUNS, source.key))
    arrays = unpack(files[VECTORS])
    narrow = {name: np.ascontiguousarray(values[..., :-3]) for name, values in arrays.items()}
    run = read_run(store, source.key)
    assert isinstance(run, Run)
    plan = plan_readout(config)
    from emogeo.probes import readout as module

    wrong = Run(run.record, {**files, VECTORS: pack(narrow), RUN_FILE: record_json(run.record)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_run", lambda store, key: wrong)
        with pytest.raises(StoreError, match="vectors of width"):
            module._readout(plan, store, store.kept(plan.key, "here"))


def test_a_model_that_overflows_is_refused_by_name(tiny_run: Composer, tiny_overflowing: Path) -> None:
    words = ("layer_selection=index", "layer_selection.index=3")
    source = run_extraction(tiny_run(*words, weights=tiny_overflowing))
    config = tiny_run(*READ, "precision=fp16", f"mode.source='{source.key}'", weights=tiny_overflowing)
    for said in ("values are NaN or infinite", "refused before"):
        with pytest.raises(NonFiniteError, match=said):
            read(config)


def test_planted_vectors_are_found_in_the_states_that_hold_them(tiny_run: Composer) -> None:
    """Own texts, once their states are moved far along a direction of their condition's own."""
    from emogeo.geometry.options import Directions
    from emogeo.geometry.readout import against, random_directions
    from emogeo.probes import readout as module
    from emogeo.probes.readout_scores import scores_of

    config = tiny_run(*READ)
    run = read_run(Store(config.store.path), run_extraction(tiny_run()).key)
    assert isinstance(run, Run)
    generator = np.random.default_rng(0)
    far = dict(zip(run.conditions, generator.normal(size=(21, run.passages.shape[1])) * 50, strict=True))
    states = run.passages + np.array([far[emotion] for emotion in run.labelled.emotions], dtype=np.float32)
    source = module._source(run)
    planted = type(source)(type(source.states)(**{**vars(source.states), "states": states.astype(float)}), source.texts)
    found = scores_of(planted, plan_readout(config).read, ["calm"] * 126, 19, 0)
    assert found.metrics.accuracy == 1
    assert found.metrics.p == 0.05
    directions = random_directions(planted.states, Directions.relabelled, 99, 0)
    along = np.array([far["calm"] / np.linalg.norm(far["calm"])])
    calm = states[[emotion == "calm" for emotion in run.labelled.emotions]] - states.mean(axis=0)
    assert against(calm @ along.T, calm @ directions.T).p.max() == 0.01


@pytest.mark.weights
def test_the_default_models_projections_are_those_of_a_plain_loop(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    options = ("precision=fp32", "stimuli=passages6", "runtime.device=cpu", "layer_selection=index")
    words = (*options, "layer_selection.index=20", f"store.path='{tmp_path}'", "tracking=disabled")
    (tmp_path / "mine.txt").write_text("She hummed as she hung out the washing.\nNobody had come, and nobody would.\n")
    source = run_extraction(compose_train(*words, "runtime.progress=false"))
    config = compose_train(
        *("mode=readout", "readout.draws=19", f"mode.source='{source.key}'"),
        *(*words, f"stimuli.path='{tmp_path / 'mine.txt'}'", "stimuli.topics=null", "runtime.progress=false"),
    )
    key = read(config).key
    folder = plan_readout(config).weights.folder
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    run = read_run(Store(config.store.path), source.key)
    assert isinstance(run, Run)
    means = [run.passages[[e == c for e in run.labelled.emotions]].mean(axis=0) for c in run.conditions]
    centre = np.mean(means, axis=0)
    for row, text in enumerate((tmp_path / "mine.txt").read_text().splitlines()):
        ids = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            states = model(**ids, output_hidden_states=True).hidden_states[21][0].numpy()
        wanted = []
        for mean in means:
            vector = mean - centre
            wanted.append([float((state - centre) @ vector / np.linalg.norm(vector)) for state in states])
        tokens = [token for token in lines(config, key, READ_TOKENS) if token["text"] == row]
        assert [token["token"] for token in tokens] == [tokenizer.decode([i]) for i in ids["input_ids"][0]]
        np.testing.assert_allclose(np.array([t["projections"] for t in tokens]).T, wanted, rtol=1e-3, atol=2e-2)
        text_row = lines(config, key, READ_TEXTS)[row]
        np.testing.assert_allclose(text_row["projections"], [own[-1] for own in wanted], rtol=1e-3, atol=2e-2)


def test_vectors_of_other_versions_than_the_texts_are_noted(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_run(*READ)
    assert not [note for note in read(config).record.result.notes if "made with" in note]
    later = replace(made_now(plan_readout(config).session), libraries={"torch": "9.0.0"})
    monkeypatch.setattr(readout, "made_now", lambda _session: later)
    notes = read(tiny_run(*READ, "force=true", "readout.draws=98")).record.result.notes
    assert [note for note in notes if note.startswith("vectors, then texts read: made with torch 2.")]
