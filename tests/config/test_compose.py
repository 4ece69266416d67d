"""Configurations that compose, and those that are refused before anything slow."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.precision import Dtype
from emogeo.config.states import PoolingConfig, Position
from emogeo.geometry.options import Selection
from tests.conftest import CONF, compose_train

BESIDE = {
    "generation": ["prompt_template=loose"],
    "replay": ["mode.source=abc"],
    "imported": ["imported.path=vectors.npz"],
    "jeong_loose": ["layer_selection.index=3"],
    **{name: ["mode=generation"] for name in ("loose", "stories", "topic_stories", "topic_loose", "stories_by_topic")},
}
"""The options that each option needs."""


def options(group: str) -> list[str]:
    return sorted(p.stem for p in (CONF / group).glob("*.yaml"))


@pytest.mark.parametrize(
    ("group", "option"),
    [(group, option) for group in ("precision", "mode", "stimuli", "tracking") for option in options(group)]
    + [("prompt_template", option) for option in options("prompt_template")]
    + [("layer_selection", option) for option in options("layer_selection")]
    + [("recipe", option) for option in options("recipe") if option != "none"],
)
def test_every_option_composes(group: str, option: str) -> None:
    assert asdict(compose_train(f"{group}={option}", *BESIDE.get(option, [])))[group]


def test_defaults_are_the_published_protocol_but_for_the_layer() -> None:
    config = compose_train()
    assert config.prompt_template.text == "{passage}"
    assert config.layer_selection.name is Selection.reliability
    assert config.precision.dtype is Dtype.auto
    assert config.pooling == PoolingConfig(Position.last, skip=0)


@pytest.mark.parametrize("override", ["pooling.skip=abc", "centring=foo", "max_depth=deep", "force=perhaps"])
def test_wrong_types_fail_at_compose(override: str) -> None:
    with pytest.raises((OmegaConfBaseException, Exception), match=override.split("=")[1]):
        compose_train(override)
