"""Configurations that compose, and those that are refused before anything slow."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.compose import parse_all, parse_train, register
from emogeo.config.jobs import asked_for, jobs_of
from emogeo.config.precision import Dtype
from emogeo.config.states import PoolingConfig, Position
from emogeo.errors import ConfigError
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


def test_wrong_runs_are_said_together_each_error_once() -> None:
    words = ["--multirun", "seed=3", "model.init=random,trained,shuffled", "model.init_seed=1,2,3,4,5"]
    register()
    jobs = jobs_of(words, CONF, asked_for(words))
    with pytest.raises(ConfigError) as raised:
        parse_all(zip(jobs.overrides, jobs.configs(), strict=True), parse_train)
    first, *said = str(raised.value).splitlines()
    assert first == "5 of 15 runs have a wrong configuration, so none of them was begun."
    assert [line.split()[0] for line in said[::2]] == [f"model.init_seed={seed}" for seed in range(1, 6)]
    assert said[1] == "  Runs: model.init=trained model.init_seed=1"


def test_an_error_of_many_runs_names_some_of_them() -> None:
    words = ["-m", "model.init_seed=1", "seed=1,2,3,4,5"]
    register()
    jobs = jobs_of(words, CONF, asked_for(words))
    with pytest.raises(ConfigError, match=r"(?m)^  Runs: seed=1; seed=2; seed=3; and 2 more$"):
        parse_all(zip(jobs.overrides, jobs.configs(), strict=True), parse_train)
    (alone,), (config, *_) = jobs.overrides[:1], jobs.configs()
    with pytest.raises(ConfigError, match=r"^model\.init_seed=1 seeds"):
        parse_all([(alone, config)], parse_train)
