"""Models that are offered are pinned, and weights that cannot be found are refused."""

from __future__ import annotations

from collections import Counter

import pytest

from emogeo.config.model import Init, ModelConfig, Source, WheelsConfig, title_of
from emogeo.config.options import options_in
from emogeo.errors import ConfigError
from tests.conftest import CONF, compose_train

STUDY = {
    *("qwen2.5-1.5b", "qwen2.5-1.5b-instruct", "smollm2-1.7b", "smollm2-1.7b-instruct", "llama-3.2-3b"),
    *("llama-3.2-3b-instruct", "gemma-3-1b-pt", "gemma-3-1b-it", "mistral-7b-v0.3", "mistral-7b-instruct-v0.3"),
    *("llama-3.1-8b", "llama-3.1-8b-instruct"),
}
VARIANTS = ("base", "instruct")
FROM_INDEX = {
    *("smollm2-135m-instruct", "gemma-3-270m", "qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"),
}


ELSEWHERE = "more/elsewhere"
OPTIONS = [option for option in options_in(CONF / "model") if option != ELSEWHERE]
MORE = [option for option in OPTIONS if option.startswith("more/")]


def test_the_study_the_index_models_and_more_are_there() -> None:
    assert set(OPTIONS) - set(MORE) == STUDY | FROM_INDEX
    families = Counter(compose_train(f"model={option}").model.family for option in MORE)
    assert families == {
        **{"qwen3": 8, "gemma-4": 4, "olmo-3": 3, "gemma-3": 2, "smollm3": 2, "llama-3.2": 2, "gpt-oss": 1},
    }


@pytest.mark.parametrize("family", ["qwen3", "gemma-3", "gemma-4", "olmo-3", "smollm3", "llama-3.2"])
def test_base_and_instruct_of_one_size_are_there(family: str) -> None:
    models = [compose_train(f"model={option}").model for option in MORE]
    sizes = {own: {m.params_b for m in models if (m.family, m.variant) == (family, own)} for own in VARIANTS}
    assert sizes["base"] == sizes["instruct"] != set()


@pytest.mark.parametrize("model", OPTIONS)
def test_every_model_is_pinned(model: str) -> None:
    config = compose_train(f"model={model}").model
    assert config.name == model.removeprefix("more/")
    assert config.variant in VARIANTS
    pin = config.sha256 if model in FROM_INDEX else config.revision
    assert pin is not None
    assert len(pin) == (64 if model in FROM_INDEX else 40)


def test_a_model_that_is_not_loaded_is_for_imports_alone() -> None:
    imported = compose_train("mode=imported", "imported.path=x.npz", "model.name=mine").model
    assert (imported.name, imported.source) == ("mine", Source.elsewhere)
    with pytest.raises(ConfigError, match="is not loaded here; it is for mode=imported"):
        compose_train(f"model={ELSEWHERE}")


def weights(**changes: object) -> ModelConfig:
    usual = {
        "name": "mine",
        "family": "x",
        "variant": "base",
        "params_b": 1.0,
        "id": "Org/Mine",
        "chat_template": False,
    }
    return ModelConfig(**{**usual, **changes})  # type: ignore[arg-type]


def test_weights_that_can_be_found_pass() -> None:
    wheels = WheelsConfig(package="mine", version="1", member="*.gguf")
    for model in (
        weights(source=Source.hub, revision="main"),
        weights(source=Source.index, wheels=wheels, sha256="0" * 64),
        weights(source=Source.folder, weights="/some/folder"),
        weights(source=Source.hub, weights="Org/Other"),
    ):
        model.check()


@pytest.mark.parametrize("init", Init)
def test_a_twin_has_a_seed(init: Init) -> None:
    weights(weights="a/b", init=init, init_seed=0 if init is Init.trained else 3).check()
    assert title_of("mine", init, 3) == {"trained": "mine"}.get(init.value, f"mine {init.value} 3")


@pytest.mark.parametrize(
    ("init", "seed", "said"),
    [
        (Init.trained, 2, ["model.init_seed=2", "type model.init=random or model.init=shuffled as well"]),
        (Init.random, -1, ["model.init_seed=-1", "Type model.init_seed=1"]),
        (Init.trained, -1, ["model.init_seed=-1"]),
    ],
)
def test_a_seed_out_of_place_is_refused_with_what_to_type(init: Init, seed: int, said: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        weights(weights="a/b", init=init, init_seed=seed).check()
    assert all(words in str(error.value) for words in said)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (weights(source=Source.hub), "model=mine: source=hub needs a revision (a commit, or main)."),
        (weights(source=Source.hub, revision=""), "model=mine: source=hub needs a revision (a commit, or main)."),
        (weights(source=Source.index, sha256="0" * 64), "model=mine: source=index needs wheels and sha256."),
        (weights(source=Source.index, wheels=WheelsConfig()), "model=mine: source=index needs wheels and sha256."),
        (weights(source=Source.folder), "For a local folder type model.weights=FOLDER."),
    ],
)
def test_what_a_source_needs_is_named(model: ModelConfig, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        model.check()
    assert str(error.value) == said
