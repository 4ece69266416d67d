"""Configurations that compose, and those that are refused before anything slow."""

from __future__ import annotations

import pytest
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.compose import as_dict
from emogeo.config.mode import Mode
from emogeo.config.precision import Dtype
from emogeo.config.states import Position
from emogeo.errors import ConfigError
from emogeo.geometry.options import Centring, Norm, Selection
from tests.conftest import CONF, compose_train

STUDY = {
    *("qwen2.5-1.5b", "qwen2.5-1.5b-instruct", "smollm2-1.7b", "smollm2-1.7b-instruct", "llama-3.2-3b"),
    *("llama-3.2-3b-instruct", "gemma-3-1b-pt", "gemma-3-1b-it", "mistral-7b-v0.3", "mistral-7b-instruct-v0.3"),
    *("llama-3.1-8b", "llama-3.1-8b-instruct"),
}
FROM_INDEX = {
    *("smollm2-135m-instruct", "gemma-3-270m", "qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"),
}


COMPANIONS = {
    "generation": ["prompt_template=loose"],
    "replay": ["mode.source=abc"],
    "jeong_loose": ["layer_selection.index=3"],
    **{name: ["mode=generation"] for name in ("loose", "stories", "topic_stories", "topic_loose", "stories_by_topic")},
}
"""What an option cannot be meant without."""


def options(group: str) -> list[str]:
    return sorted(p.stem for p in (CONF / group).glob("*.yaml"))


def test_the_study_and_the_index_models_are_there() -> None:
    assert set(options("model")) == STUDY | FROM_INDEX


@pytest.mark.parametrize("model", sorted(STUDY | FROM_INDEX))
def test_every_model_is_pinned(model: str) -> None:
    config = compose_train(f"model={model}").model
    assert config.name == model
    assert config.variant in {"base", "instruct"}
    pin = config.sha256 if model in FROM_INDEX else config.revision
    assert pin is not None
    assert len(pin) == (64 if model in FROM_INDEX else 40)


@pytest.mark.parametrize(
    ("group", "option"),
    [(group, option) for group in ("precision", "mode", "stimuli", "tracking") for option in options(group)]
    + [("prompt_template", option) for option in options("prompt_template")]
    + [("layer_selection", option) for option in options("layer_selection")]
    + [("recipe", option) for option in options("recipe") if option != "none"],
)
def test_every_option_composes(group: str, option: str) -> None:
    assert as_dict(compose_train(f"{group}={option}", *COMPANIONS.get(option, [])))[group]


def test_a_recipe_sets_what_was_published_and_gives_way_to_overrides() -> None:
    matched = compose_train("recipe=jeong_matched")
    assert (matched.recipe, matched.mode.name) == ("jeong_matched", Mode.generation)
    assert matched.prompt_template.name == "stories"
    assert (matched.generation.samples, matched.generation.temperature) == (2, None)
    assert (matched.pooling.position, matched.centring, matched.norm) == (Position.middle, Centring.neutral, Norm.unit)
    changed = compose_train("recipe=jeong_matched", "pooling.position=last", "layer_selection=reliability")
    assert (changed.recipe, changed.pooling.position) == ("jeong_matched", Position.last)
    assert changed.layer_selection.name is Selection.reliability
    assert compose_train().recipe is None
    with pytest.raises(ConfigError, match=r"needs a value: type layer_selection\.index"):
        compose_train("recipe=jeong_loose")


def test_defaults_are_the_published_protocol_but_for_the_layer() -> None:
    config = compose_train()
    assert config.prompt_template.text == "{passage}"
    assert config.layer_selection.name is Selection.reliability
    assert config.precision.dtype is Dtype.auto
    assert as_dict(config)["pooling"] == {"position": "last", "skip": 0}


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["prompt_template=chat", "model=gemma-3-270m"], ["gemma-3-270m", "chat template", "raw|feeling|question"]),
        (["prompt_template.mode=generation"], ["mode=generation", "mode=comprehension", "raw"]),
        (["prompt_template.text=hello"], ["{passage}"]),
        (["layer_selection=index", "layer_selection.index=null"], ["layer_selection.index"]),
        (["layer_selection.index=3"], ["layer_selection=index layer_selection.index=3"]),
        (["layer_selection=depth", "layer_selection.depth=1.5"], ["1.5", "up to 1"]),
        (["max_depth=0"], ["max_depth=0"]),
        (["pooling.skip=3"], ["pooling.skip=3", "mean"]),
        (["pooling.position=mean", "pooling.skip=-1"], ["pooling.skip=-1"]),
        (["denoising.share=1"], ["denoising.share"]),
        (["runtime.token_budget=0"], ["runtime.token_budget=0"]),
        (["runtime.threads=0"], ["runtime.threads=0"]),
        (["precision.threshold=6"], ["precision.threshold", "int8"]),
        (["precision=int8", "precision.threshold=-1"], ["-1"]),
        (["model.revision=null", "model=qwen2.5-1.5b"], ["revision"]),
        (["model.source=folder"], ["model.weights=FOLDER"]),
    ],
)
def test_what_cannot_be_meant_is_refused(overrides: list[str], words: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        compose_train(*overrides)
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize("override", ["pooling.skip=abc", "centring=foo", "max_depth=deep", "force=perhaps"])
def test_wrong_types_fail_at_compose(override: str) -> None:
    with pytest.raises((OmegaConfBaseException, Exception), match=override.split("=")[1]):
        compose_train(override)
