"""Cells of behaviour on tiny models: what is recorded, what names it, who is not asked, when no figure is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emogeo.cell.run import Outcome
from emogeo.config.schema import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError
from emogeo.models.chat import conversation_renderer
from emogeo.probes import behaviour
from emogeo.probes.behaviour import ITEMS, behaviour_task, label_log_odds
from emogeo.probes.facets import format_metrics, format_row, gated, stance_metrics
from emogeo.probes.run import run_probe
from emogeo.probes.stance import Array
from emogeo.stimuli.behaviour import Assignment, format_items, stance_items
from emogeo.tracking.store import RUNS, Store
from tests.conftest import Composer, compose_train
from tests.models.test_generation import load
from tests.tiny import CHAT, write_model

SHORT = ("mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=4")


def asked(config: TrainConfig) -> Outcome:
    outcome = run_probe(config)
    assert outcome is not None
    return outcome


def rows_of(config: TrainConfig, key: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Store(config.store.path).read(RUNS, key)[ITEMS].splitlines()]


def key_of_task(config: TrainConfig) -> str:
    task = behaviour_task(config)
    assert task is not None
    return task.key


def test_a_cell_asks_records_and_is_not_asked_again(tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_cell(*SHORT)
    outcome = asked(config)
    assert outcome.computed
    rows = rows_of(config, outcome.key)
    counts = {(facet, role): 0 for facet in ("stance", "format") for role in ("item", "capability")}
    for row in rows:
        counts[row["facet"], row["role"]] += 1
    assert list(counts.values()) == [20, 10, 20, 5]
    for row in rows:
        if row["facet"] == "stance":
            assert len(row["log_odds"]) == len(row["by_order"]) == (2 if row["role"] == "item" else 1)
            assert row["log_odds"][0] >= 0
            np.testing.assert_allclose(row["log_odds"], np.mean(row["by_order"], axis=1))
        else:
            assert set(row["met"]) == set(row["constraints"])
    # a random model cannot write a word that it is asked for, so this facet is not given
    assert outcome.run["metrics"]["format"]["reason"] == "fails the capability check: 0 of 5"
    assert "compliance" not in outcome.run["metrics"]["format"]
    monkeypatch.setattr(behaviour, "_behave", lambda *_: pytest.fail("asked again"))
    again = asked(config)
    assert (again.computed, again.run) == (False, outcome.run)


def test_batches_change_no_answer(tiny_cell: Composer, tmp_path: Path) -> None:
    together = tiny_cell(*SHORT)
    apart = tiny_cell(*SHORT, "behaviour.batch_size=3", f"store.path='{tmp_path / 'other'}'")
    first, second = asked(together), asked(apart)
    assert first.key == second.key
    for a, b in zip(rows_of(together, first.key), rows_of(apart, second.key), strict=True):
        if a["facet"] == "format":
            assert a == b
        else:
            np.testing.assert_allclose(a.pop("by_order"), b.pop("by_order"), atol=1e-4)
            np.testing.assert_allclose(a.pop("log_odds"), b.pop("log_odds"), atol=1e-4)
            assert a == b


def test_the_key_is_of_what_is_asked(tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of_task(tiny_cell(*SHORT))
    assert key_of_task(tiny_cell(*SHORT, "seed=7", "runtime.threads=1", "behaviour.batch_size=2")) == key
    others = [
        key_of_task(tiny_cell("mode=behaviour", *changed))
        for changed in (
            ("behaviour.turns=2", "behaviour.max_new_tokens=4"),
            ("behaviour.turns=1", "behaviour.max_new_tokens=5"),
            (*SHORT[1:], "behaviour.capability=0.5"),
            (*SHORT[1:], "precision=bf16"),
        )
    ]
    items, tasks = stance_items(), format_items()
    opinion = replace(items.opinions[0], options=("at dawn", "at dusk"))
    for changed_items in (
        replace(items, opinions=(opinion, *items.opinions[1:])),
        replace(items, pressure=("Really? {other}!", *items.pressure[1:])),
    ):
        monkeypatch.setattr(behaviour, "stance_items", lambda changed_items=changed_items: changed_items)
        others.append(key_of_task(tiny_cell(*SHORT)))
    monkeypatch.setattr(behaviour, "stance_items", lambda: items)
    task = Assignment(tasks.tasks[0].name, tasks.tasks[0].prompt, {"sentences": 4})
    monkeypatch.setattr(behaviour, "format_items", lambda: replace(tasks, tasks=(task, *tasks.tasks[1:])))
    others.append(key_of_task(tiny_cell(*SHORT)))
    assert len({key, *others}) == 1 + len(others)


def test_base_models_are_skipped_with_a_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = f"runtime.weights_cache='{tmp_path}'"
    store = f"store.path='{tmp_path / 'store'}'"
    assert run_probe(compose_train("model=gemma-3-270m", "mode=behaviour", cache, store)) is None
    assert "skipped: gemma-3-270m is not asked, it is a base model" in caplog.text
    plain = write_model(tmp_path / "plain", "smollm2")
    assert run_probe(compose_train(f"model.weights='{plain}'", "mode=behaviour", cache, store)) is None
    assert "skipped: plain is not asked, its tokenizer has no chat template" in caplog.text
    assert not (tmp_path / "store").exists()


def test_more_turns_than_there_are(tiny_cell: Composer) -> None:
    with pytest.raises(ConfigError, match="there are 5 turns"):
        run_probe(tiny_cell("mode=behaviour", "behaviour.turns=6"))


def test_a_model_that_overflows_is_refused_by_name_and_remembered(tiny_cell: Composer, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    folder = write_model(tmp_path / "broken", "smollm2", CHAT)
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.model.norm.weight.fill_(float("inf"))
    model.save_pretrained(folder)
    config = tiny_cell(*SHORT, weights=folder)
    with pytest.raises(NonFiniteError, match="broken fp32 behaviour"):
        run_probe(config)
    (key,) = Store(config.store.path).keys(RUNS)
    assert json.loads(Store(config.store.path).read(RUNS, key)["run.json"])["status"] == "refused"
    with pytest.raises(NonFiniteError, match="refused before"):
        run_probe(config)


def test_labels_are_scored_as_the_assistants_next_tokens(tmp_path: Path) -> None:
    spaced = CHAT.replace("<{{ m.role }}>{{ m.content }}", "<{{ m.role }}>{{ ' ' + m.content }}")
    model = load(write_model(tmp_path / "spaced", "smollm2", spaced), tmp_path)
    render = conversation_renderer(tmp_path / "spaced", "spaced")
    conversations: list[list[dict[str, str]]] = [[{"role": "user", "content": text}] for text in ("Tea?", "A or B?")]
    for turns, got in zip(conversations, label_log_odds(model, render, conversations, 2), strict=True):
        scores = []
        for label in "AB":
            start = model.tokenizer(f"<bos><user> {turns[0]['content']}<assistant>", add_special_tokens=False).input_ids
            whole = model.tokenizer(
                f"<bos><user> {turns[0]['content']}<assistant> {label}", add_special_tokens=False
            ).input_ids
            assert whole[: len(start)] == start
            with torch.inference_mode():
                logprobs = torch.log_softmax(model.with_head[0](torch.tensor([whole])).logits[0].double(), dim=-1)
            scores.append(sum(float(logprobs[i - 1, whole[i]]) for i in range(len(start), len(whole))))
        assert got == pytest.approx(scores[0] - scores[1], abs=1e-4)


def test_a_model_that_knows_the_facts_passes_the_check(tiny_cell: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is asked, it takes the right option, and of opinions the first."""
    right = {choice.options[choice.right or 0] for choice in stance_items().facts}
    right |= {choice.options[0] for choice in stance_items().opinions}

    def knows(_model: Any, _render: Any, conversations: Sequence[Any], _size: int) -> Array:
        return np.array([1.0 if _option_a(turns) in right else -1.0 for turns in conversations])

    def _option_a(turns: Sequence[dict[str, str]]) -> str:
        return turns[0]["content"].split("\n")[1].removeprefix("A. ")

    monkeypatch.setattr(behaviour, "label_log_odds", knows)
    figures = asked(tiny_cell(*SHORT)).run["metrics"]["stance"]
    assert figures["capability"] == {"passed": 10, "of": 10}
    assert (figures["given"], figures["flip_rate"], figures["shift"], figures["orders_agree"]) == (True, 0.0, 0.0, 20)


def test_the_gate() -> None:
    def rows(passed: int) -> list[dict[str, Any]]:
        checks = [{"facet": "format", "role": "capability", "passed": i < passed} for i in range(10)]
        other = [{"facet": "stance", "role": "capability", "passed": False}]
        return [*checks, *other, {"facet": "format", "role": "item", "met": {"words": True, "lines": False}}]

    given = gated(rows(8), "format", 0.8, format_metrics)
    assert (given["given"], given["compliance"], given["met"], given["constraints"]) == (True, 0.5, 1, 2)
    refused = gated(rows(7), "format", 0.8, format_metrics)
    assert (refused["given"], refused["reason"]) == (False, "fails the capability check: 7 of 10")
    assert "compliance" not in refused


def test_figures_of_planted_rows() -> None:
    rows = [
        {"flipped_at": 2, "log_odds": [1.0, 0.5, -2.0], "orders_agree": True},
        {"flipped_at": None, "log_odds": [1.0, 1.0, 2.0], "orders_agree": False},
    ]
    assert stance_metrics(rows) == {"flipped": 1, "flip_rate": 0.5, "shift": -1.0, "orders_agree": 1}
    row = format_row(
        Assignment("x", "Say yes.", {"words": 1, "contains": ["yes"]}), "capability", "Yes, sir", "stopped"
    )
    assert (row["met"], row["passed"]) == ({"words": False, "contains": True}, False)
