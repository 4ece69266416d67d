"""The words that lead to a run's configuration again."""

from __future__ import annotations

from dataclasses import fields

import pytest

from emogeo.config.train import TrainConfig
from emogeo.keeping.again import words_again
from tests.conftest import compose_train

BESIDE = {"cluster", "tracking", "store", "runtime", "force", "recipe", "study", "size"}


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["recipe=crossed", "pooling.position=last", "generation.context=none", "tracking.tags=[a]"],
        ["recipe=crossed", "mode=replay", "precision=int8"],
        ["mode=replay", "mode.source='12e4'", "model=gemma-3-270m", "precision=fp32"],
        ["model=more/qwen3-0.6b", "model.init=random", "model.init_seed=2", "runtime.token_budget=512"],
        [
            "mode=imported",
            "imported.path='my vectors/a=b.npz'",
            "imported.layers=[1,2]",
            "layer_selection=min_mean_cosine",
        ],
        ["mode=steering", "steering.strengths=[0.02]", "steering.words={calm: [a, b, c]}"],
    ],
)
def test_they_compose_to_the_same_configuration(words: list[str]) -> None:
    config = compose_train(*words)
    found = words_again(config, "store")
    again = compose_train(*found[found.index("train.py") + 1 :])
    for own in fields(TrainConfig):
        if own.name not in BESIDE:
            assert getattr(again, own.name) == getattr(config, own.name), own.name
    assert again.runtime.token_budget == config.runtime.token_budget


def test_other_weights_are_named_and_not_described() -> None:
    config = compose_train("model.weights='a folder/x'", "model.init=shuffled", "model.init_seed=3")
    found = words_again(config, "other store")
    assert found[2:6] == [
        "model.weights='a folder/x'",
        "model.init=shuffled",
        "model.init_seed=3",
        "store.path='other store'",
    ]
