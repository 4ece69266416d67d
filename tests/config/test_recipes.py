"""What recipes set, and where a run departs from the one that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from emogeo.config.compose import register
from emogeo.config.mode import Mode
from emogeo.config.recipes import recipe_differences
from emogeo.config.states import Position
from emogeo.errors import ConfigError
from emogeo.geometry.options import Centring, Norm, Selection
from tests.conftest import CONF, compose_train


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


def test_departures_from_a_recipe() -> None:
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        plain = compose("config", overrides=["recipe=jeong_matched", "precision=int8"])
        changed = compose(
            "config", overrides=["recipe=jeong_matched", "prompt_template=loose", "generation.samples=1", "norm=none"]
        )
        none = compose("config", overrides=["pooling.position=mean"])
    assert recipe_differences(plain, CONF) == {}
    found = recipe_differences(changed, CONF)
    assert set(found) == {
        *("prompt_template.name", "prompt_template.chat", "prompt_template.prompts", "prompt_template.neutral"),
        *("generation.samples", "norm"),
    }
    assert (found["prompt_template.name"], found["norm"]) == (["stories", "loose"], ["unit", "none"])
    assert recipe_differences(none, CONF) == {}


@pytest.mark.parametrize(
    ("words", "departures"),
    [
        (["recipe=jeong_matched", "prompt_template.chat=false"], {"prompt_template.chat": [True, False]}),
        (["recipe=jeong_comprehension", "norm=unit"], {"norm": ["none", "unit"]}),
        (["recipe=jeong_matched", "generation.min_new_tokens=9"], {"generation.min_new_tokens": [0, 9]}),
        (
            ["recipe=sofroniew", "layer_selection=reliability"],
            {"layer_selection.name": ["depth", "reliability"], "layer_selection.depth": [0.6667, None]},
        ),
    ],
)
def test_what_a_recipe_leaves_as_it_is_is_part_of_it(words: list[str], departures: dict[str, list[object]]) -> None:
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        assert recipe_differences(compose("config", overrides=words), CONF) == departures


@pytest.mark.parametrize("recipe", sorted(p.stem for p in (CONF / "recipe").glob("*.yaml") if p.stem != "none"))
def test_a_recipe_does_not_depart_from_itself(recipe: str) -> None:
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        assert recipe_differences(compose("config", overrides=[f"recipe={recipe}"]), CONF) == {}


def written(folder: Path) -> Path:
    """A folder of groups with one recipe, which chooses an option and sets a field of its own."""
    texts = {
        "config.yaml": "generation: {samples: 1}\npooling: {skip: 0}\ncentring: none\ndenoising: {share: 0.5}\nnorm: none",
        "recipe/mine.yaml": "defaults:\n  - override /precision: exact\npooling: {skip: 2}\n",
        "precision/exact.yaml": "defaults: [base]\ndtype: fp32\n",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_an_option_a_field_and_a_default_are_each_compared(tmp_path: Path) -> None:
    conf = written(tmp_path)
    own = {
        "recipe": "mine",
        "precision": {"dtype": "fp32"},
        "generation": {"samples": 1},
        "pooling": {"skip": 2},
        "centring": "none",
        "denoising": {"share": 0.5},
        "norm": "none",
        "seed": 3,
    }
    assert recipe_differences(OmegaConf.create(own), conf) == {}, "the seed is no recipe's"
    changed = {**own, "precision": {"dtype": "bf16"}, "pooling": {"skip": 0}, "norm": "unit"}
    found = recipe_differences(OmegaConf.create(changed), conf)
    assert found == {"precision.dtype": ["fp32", "bf16"], "pooling.skip": [2, 0], "norm": ["none", "unit"]}


def test_a_recipe_without_a_file_has_no_departures(tmp_path: Path) -> None:
    assert recipe_differences(OmegaConf.create({"recipe": "elsewhere", "norm": "unit"}), written(tmp_path)) == {}
