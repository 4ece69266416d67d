"""Steering and behaviour have something to do, with numbers in their ranges."""

from __future__ import annotations

from typing import Any

import pytest

from emogeo.config.probes import BehaviourConfig, ScenarioConfig, SteeringConfig
from emogeo.errors import ConfigError

EMPTY = "steering needs at least one of each: steering.scenarios, .strengths, .contexts."
COUNTS = "steering.controls and steering.max_new_tokens: at least 1."
TURNS = "behaviour.turns and .max_new_tokens: at least 1; behaviour.capability: a share, 0 to 1."


def steering(**changes: Any) -> SteeringConfig:
    usual: dict[str, Any] = {
        "name": "mine",
        "scenarios": {"a": ScenarioConfig("So", "calm")},
        "strengths": [0.01, 0.1],
        "max_new_tokens": 1,
        "controls": 1,
        "contexts": ["I am"],
        "neutral_words": [],
    }
    return SteeringConfig(**{**usual, **changes})


def strengths(listed: str) -> str:
    return f"steering.strengths={listed}: different numbers above 0 (the unsteered text is always there)."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scenarios": {}}, EMPTY),
        ({"strengths": []}, EMPTY),
        ({"contexts": []}, EMPTY),
        ({"strengths": [0.1, 0.0]}, strengths("[0.1, 0.0]")),
        ({"strengths": [0.1, 0.1]}, strengths("[0.1, 0.1]")),
        ({"strengths": [float("nan")]}, strengths("[nan]")),
        ({"strengths": [float("inf")]}, strengths("[inf]")),
        ({"controls": 0}, COUNTS),
        ({"max_new_tokens": 0}, COUNTS),
    ],
)
def test_steering_without_sense_is_refused(changes: dict[str, Any], said: str) -> None:
    steering().check()
    with pytest.raises(ConfigError) as error:
        steering(**changes).check()
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"turns": 0}, TURNS),
        ({"max_new_tokens": 0}, TURNS),
        ({"capability": 1.1}, TURNS),
        ({"capability": -0.1}, TURNS),
        ({"capability": float("nan")}, TURNS),
        ({"batch_size": 0}, "behaviour.batch_size=0: at least 1, or null."),
    ],
)
def test_behaviour_without_sense_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        BehaviourConfig(**fields).check()
    assert str(error.value) == said


@pytest.mark.parametrize("capability", [0.0, 1.0])
def test_either_end_of_the_share_passes(capability: float) -> None:
    BehaviourConfig(turns=1, max_new_tokens=1, capability=capability, batch_size=1).check()
