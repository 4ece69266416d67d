"""Runs of behaviour on tiny models: what is recorded, what names it, who is not asked, when no value is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError
from emogeo.models.chat import chat_of
from emogeo.probes import behaviour
from emogeo.probes.behaviour import behaviour_task, label_log_odds
from emogeo.probes.run import run_probe
from emogeo.probes.stance import Array
from emogeo.record.files import ITEMS
from emogeo.record.reading import read_record
from emogeo.record.types import Passed
from emogeo.runs.task import Outcome
from emogeo.stimuli.behaviour import RULES, Assignment, FormatItems, format_items, stance_items
from emogeo.store.store import RUNS, Store
from tests.chat_templates import ALWAYS
from tests.conftest import Composer, compose_train
from tests.models.test_generation import load
from tests.probes.planted_scorers import always_a, opinionated, to_anything, to_nothing, to_pressure
from tests.scripted_writer import writes
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


def test_a_run_asks_records_and_is_not_asked_again(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_run(*SHORT)
    outcome = asked(config)
    assert outcome.computed
    rows = rows_of(config, outcome.key)
    counts = {(facet, role): 0 for facet in ("stance", "format") for role in ("item", "capability")}
    for row in rows:
        counts[row["facet"], row["role"]] += 1
    # a random model knows no fact in both orders and cannot write a word that it is asked for: it is asked no more
    assert list(counts.values()) == [0, 10, 0, 5]
    for row in rows:
        if row["facet"] == "stance":
            assert row["before"] == pytest.approx(np.mean(row["by_order"]))
            assert row["before"] >= 0
        else:
            assert set(row["met"]) == set(row["constraints"])
    stance, format = outcome.record.result.metrics.stance, outcome.record.result.metrics.format
    assert stance.reason.endswith("of 10 facts right in both orders; the opinions were not asked")
    assert format.reason == "fails the capability check: 0 of 5 requests met; the tasks were not set"
    assert stance.n_items is format.n_items is None
    assert not {"flip_rate", "compliance"} & {*stance.numbers, *format.numbers}
    monkeypatch.setattr(behaviour, "_behave", lambda *_: pytest.fail("asked again"))
    again = asked(config)
    assert (again.computed, again.record) == (False, outcome.record)


def test_batches_change_no_answer(tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items, tasks = stance_items(), format_items()
    few = replace(items, opinions=items.opinions[:8], facts=items.facts[:2])
    monkeypatch.setattr(behaviour, "stance_items", lambda: few)
    monkeypatch.setattr(behaviour, "format_items", lambda: FormatItems(tasks.tasks[:4], tasks.requests[:1]))
    monkeypatch.setattr(behaviour, "LEAST_STANCES", 1)
    together = tiny_run(*SHORT, "behaviour.capability=0")
    apart = tiny_run(*SHORT, "behaviour.capability=0", "behaviour.batch_size=3", f"store.path='{tmp_path / 'other'}'")
    first, second = asked(together), asked(apart)
    assert first.key != second.key, "at 16 bits they might"
    for a, b in zip(rows_of(together, first.key), rows_of(apart, second.key), strict=True):
        if a["facet"] == "format":
            assert a == b
        else:
            assert a["first_choice"] == b["first_choice"]
            np.testing.assert_allclose(a["by_order"], b["by_order"], atol=1e-4)
            for one, other in ((a.get(course), b.get(course)) for course in ("pressure", "control")):
                assert (one is None) == (other is None)
                if one is not None:
                    np.testing.assert_allclose(one["by_order"], other["by_order"], atol=1e-4)
                    np.testing.assert_allclose(one["log_odds"], np.mean(one["by_order"], axis=1))
                    assert one["by_order"][0] == a["by_order"]
    assert sum(row.get("pressure") is not None for row in rows_of(together, first.key)) >= 1


def test_the_key_is_of_what_is_asked(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of_task(tiny_run(*SHORT))
    assert key_of_task(tiny_run(*SHORT, "seed=7", "runtime.threads=1", "behaviour.batch_size=20")) == key
    others = [
        key_of_task(tiny_run("mode=behaviour", *changed))
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
        replace(items, neutral=("Once more.", *items.neutral[1:])),
    ):
        monkeypatch.setattr(behaviour, "stance_items", lambda changed_items=changed_items: changed_items)
        others.append(key_of_task(tiny_run(*SHORT)))
    monkeypatch.setattr(behaviour, "stance_items", lambda: items)
    task = Assignment(tasks.tasks[0].name, tasks.tasks[0].prompt, {"sentences": 4})
    monkeypatch.setattr(behaviour, "format_items", lambda: replace(tasks, tasks=(task, *tasks.tasks[1:])))
    others.append(key_of_task(tiny_run(*SHORT)))
    monkeypatch.setattr(behaviour, "format_items", lambda: tasks)
    monkeypatch.setattr(behaviour, "RULES", RULES + 1)
    others.append(key_of_task(tiny_run(*SHORT)))
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


def test_a_batch_of_none_is_refused_at_compose() -> None:
    with pytest.raises(ConfigError, match="batch_size=0: at least 1"):
        compose_train("mode=behaviour", "behaviour.batch_size=0")


def test_more_turns_than_there_are(tiny_run: Composer) -> None:
    with pytest.raises(ConfigError, match="there are 5 turns"):
        run_probe(tiny_run("mode=behaviour", "behaviour.turns=6"))


def test_a_model_that_overflows_is_refused_by_name_and_remembered(tiny_run: Composer, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    folder = write_model(tmp_path / "broken", "smollm2", CHAT)
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.model.norm.weight.fill_(float("inf"))
    model.save_pretrained(folder)
    config = tiny_run(*SHORT, weights=folder)
    with pytest.raises(NonFiniteError, match="broken fp32 behaviour"):
        run_probe(config)
    (key,) = Store(config.store.path).keys(RUNS)
    assert read_record(Store(config.store.path), key).status == "refused"
    with pytest.raises(NonFiniteError, match="refused before"):
        run_probe(config)


def test_labels_are_scored_as_the_assistants_next_tokens(tmp_path: Path) -> None:
    spaced = CHAT.replace("<{{ m.role }}>{{ m.content }}", "<{{ m.role }}>{{ ' ' + m.content }}")
    model = load(write_model(tmp_path / "spaced", "smollm2", spaced), tmp_path)
    chat = chat_of(tmp_path / "spaced", "spaced")
    conversations: list[list[dict[str, str]]] = [[{"role": "user", "content": text}] for text in ("Tea?", "A or B?")]
    for turns, got in zip(conversations, label_log_odds(model, chat, conversations, 2), strict=True):
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


def test_a_model_that_always_says_a_is_asked_no_opinion(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of: list[str] = []

    def listening(*told: Any) -> Array:
        asked_of.extend(turns[0]["content"].split("\n")[0] for turns in told[2])
        return always_a(*told)

    monkeypatch.setattr(behaviour, "label_log_odds", listening)
    config = tiny_run(*SHORT)
    outcome = asked(config)
    stance = outcome.record.result.metrics.stance
    assert stance.capability == Passed(0, 10)
    assert (stance.given, stance.n_items) == (False, None)
    assert stance.reason == (
        "fails the capability check: 0 of 10 facts right in both orders; the opinions were not asked"
    )
    assert set(asked_of) == {choice.question for choice in stance_items().facts}
    facts = [row for row in rows_of(config, outcome.key) if row["facet"] == "stance"]
    right = {choice.name: choice.options[choice.right or 0] for choice in stance_items().facts}
    assert all(row["first_choice"] == right[row["item"]] for row in facts), "its averages know every fact"
    assert not any(row["passed"] for row in facts)


@pytest.mark.parametrize(
    ("yields", "flip_rate", "control"), [(to_nothing, 0.0, 0.0), (to_pressure, 1.0, 0.0), (to_anything, 1.0, 1.0)]
)
def test_what_pressure_adds_is_beyond_asking_again(
    tiny_run: Composer,
    monkeypatch: pytest.MonkeyPatch,
    yields: Callable[[str], bool],
    flip_rate: float,
    control: float,
) -> None:
    score, heard = opinionated(yields)
    monkeypatch.setattr(behaviour, "label_log_odds", score)
    stance = asked(tiny_run(*SHORT)).record.result.metrics.stance
    assert stance.capability == Passed(10, 10)
    assert (stance.given, stance.n_items, stance.numbers["asked"]) == (True, 20, 20)
    assert (stance.numbers["flip_rate"], stance.numbers["control_flip_rate"]) == (flip_rate, control)
    assert stance.numbers["excess"] == flip_rate - control
    assert (stance.numbers["shift"], stance.numbers["control_shift"]) == (-3.0 * flip_rate, -3.0 * control)
    assert [len(turns) for turns in heard] == [1] * 60 + [3] * 80


@pytest.mark.parametrize("held", [4, 9, 10])
def test_opinions_that_are_not_held_do_not_count(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    score, heard = opinionated(to_pressure, held)
    monkeypatch.setattr(behaviour, "label_log_odds", score)
    config = tiny_run(*SHORT)
    outcome = asked(config)
    stance = outcome.record.result.metrics.stance
    rows = [row for row in rows_of(config, outcome.key) if (row["facet"], row["role"]) == ("stance", "item")]
    followed = [row["item"] for row in rows if row["pressure"] is not None]
    assert stance.n_items == held
    assert len(rows) == 20
    if held < 10:
        assert (stance.given, followed) == (False, [])
        assert stance.reason == f"holds an opinion in {held} of 20 items, 10 needed"
        assert "flip_rate" not in stance.numbers
        assert {len(turns) for turns in heard} == {1}, "nothing is asked in vain"
    else:
        assert (stance.given, stance.numbers["flip_rate"], stance.numbers["control_flip_rate"]) == (True, 1.0, 0.0)
        assert followed == [choice.name for choice in stance_items().opinions[:held]]


def test_tasks_are_set_after_requests_that_are_met(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    written = behaviour._written
    set_before: list[str] = []

    def listening(plan: Any, assignments: Any, role: str, kept: Any) -> list[dict[str, Any]]:
        set_before.append(role)
        return written(plan, assignments, role, kept)

    monkeypatch.setattr(behaviour, "_written", listening)
    assert not asked(tiny_run(*SHORT)).record.result.metrics.format.given
    assert set_before == ["capability"]
    set_before.clear()
    format = asked(tiny_run(*SHORT, "behaviour.capability=0")).record.result.metrics.format
    assert set_before == ["capability", "item"]
    assert (format.given, format.n_items) == (True, 20)


def test_thoughts_are_no_part_of_an_answer(tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_model(tmp_path / "thinks", "smollm2", ALWAYS)
    ends = iter([False, *[True] * 1000])
    writes(monkeypatch, lambda _prompt, _seed: "Hm.</think>Yes." if next(ends) else "Hm. " * 40)
    config = tiny_run("mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=30", weights=folder)
    outcome = asked(config)
    first, *others = [row for row in rows_of(config, outcome.key) if row["facet"] == "format"]
    assert (first["answer"], first["stop"], first["thought"][:3]) == ("", "thought", "Hm.")
    assert {(row["answer"], row["stop"], row["thought"]) for row in others} == {("Yes.", "stopped", "Hm.")}
    kept = asked(tiny_run("mode=behaviour", "behaviour.turns=1", "prompt_template.thinking=keep", weights=folder))
    assert kept.key != outcome.key
