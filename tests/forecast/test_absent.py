"""Runs of a model whose weights are not here."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.forecast.absent import HUB, INDEX, MADE, planned_absent
from emogeo.forecast.planning import planned
from emogeo.models.weights import hub
from tests.conftest import compose_train

AT = ("runtime.device=cpu", "precision=bf16")


def test_its_texts_are_known_and_the_rest_is_guessed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hub, "_cached", lambda *_: None)
    found = planned(compose_train("model=llama-3.1-8b", f"store.path='{tmp_path}'", *AT))
    assert found.key is None
    assert found.absent is not None
    model = found.absent.model
    assert (model.name, model.here, found.absent.where, found.absent.sized) == ("llama-3.1-8b", False, HUB, True)
    assert model.network.params == pytest.approx(8.03e9)
    assert found.reads[0].texts == 504


def test_passes_are_shared_as_those_of_weights_that_are_here() -> None:
    last, mean, twin = (
        planned_absent(compose_train("model=llama-3.1-8b", *AT, *own)).reads[0]
        for own in ([], ["pooling.position=mean"], ["model.init=random", "model.init_seed=1"])
    )
    assert last.key != mean.key
    assert {last.key, *last.also} == {mean.key, *mean.also}
    assert {last.key, *last.also}.isdisjoint({twin.key, *twin.also})


def test_a_replay_shares_the_texts_of_the_run_that_writes_them() -> None:
    own = ("model=llama-3.1-8b-instruct", "recipe=crossed", *AT)
    writer = planned_absent(compose_train(*own))
    reader = planned_absent(compose_train(*own, "mode=replay", "mode.writer=${precision}", "precision=fp32"))
    assert writer.writes[0].texts == reader.writes[0].texts > 0
    assert writer.reads[0].key != reader.reads[0].key


@pytest.mark.parametrize(
    ("weights", "billions"),
    [
        ("meta-llama/Llama-3.1-70B-Instruct", 70.0),
        ("Qwen/Qwen2.5-0.5B", 0.5),
        ("HuggingFaceTB/SmolLM2-135M@v1", 0.135),
        ("Qwen/Qwen3-30B-A3B", 30.0),
        ("Org/Name", None),
        ("70B/name", None),
        ("Org/gemma-3n-E4B", None),
    ],
)
def test_the_name_of_a_model_says_how_large_it_is(weights: str, billions: float | None) -> None:
    found = planned_absent(compose_train(f"model.weights={weights}", *AT)).absent
    assert found is not None and found.sized is (billions is not None)
    assert found.model.network.params == pytest.approx(1e9 * (billions or 1.0))


@pytest.mark.parametrize(
    ("words", "name", "where"),
    [
        (["model=gemma-3-270m"], "gemma-3-270m", INDEX),
        (["model.weights=Org/Name@v1"], "name@v1", HUB),
        (["model=gemma-3-270m", "model.adapter=Org/Tuned"], "gemma-3-270m+Tuned", MADE),
    ],
)
def test_it_is_said_what_is_done_first(words: list[str], name: str, where: str) -> None:
    found = planned_absent(compose_train(*words, *AT))
    assert found.absent is not None
    assert (found.model, found.absent.where) == (name, where)
