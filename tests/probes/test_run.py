"""A probe is the task of its mode."""

from __future__ import annotations

from typing import Any

import pytest

from emogeo.config.train import TrainConfig
from emogeo.probes import run
from emogeo.probes.run import run_probe
from tests.planted_records import usual_config


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What tasks are made of, in place of the tasks."""
    made: list[tuple[Any, ...]] = []

    def steering(config: TrainConfig, departures: Any) -> str:
        made.append(("steering", config, departures))
        return "to steer"

    def behaviour(config: TrainConfig) -> str | None:
        made.append(("behaviour", config))
        return "to ask" if config.model.chat_template else None

    monkeypatch.setattr(run, "steering_task", steering)
    monkeypatch.setattr(run, "behaviour_task", behaviour)
    monkeypatch.setattr(run, "run_task", lambda task: f"{task}, done")
    return made


def test_steering_takes_the_departures_along(planned: list[tuple[Any, ...]]) -> None:
    config = usual_config("mode=steering")
    assert run_probe(config, {"norm": ["none", "unit"]}) == "to steer, done"
    assert planned == [("steering", config, {"norm": ["none", "unit"]})]


def test_a_readout_takes_them_along_too(monkeypatch: pytest.MonkeyPatch, planned: list[tuple[Any, ...]]) -> None:
    monkeypatch.setattr(run, "readout_task", lambda config, departures: f"{config.mode.name.value} {departures}")
    assert run_probe(usual_config("mode=readout"), {"norm": ["none", "unit"]}) == (
        "readout {'norm': ['none', 'unit']}, done"
    )
    assert planned == []


def test_a_model_that_cannot_be_asked_has_no_run(planned: list[tuple[Any, ...]]) -> None:
    assert run_probe(usual_config("mode=behaviour")) == "to ask, done"
    assert run_probe(usual_config("mode=behaviour", "model=gemma-3-270m")) is None
    assert [what for what, *_ in planned] == ["behaviour"] * 2
