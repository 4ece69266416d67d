"""Keys are those of the first version: no option, study, recipe or mode has another name for its content."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from emogeo.config.mode import Mode
from emogeo.config.model import ModelConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import NotWrittenError
from emogeo.extraction import plan
from emogeo.models import precision
from emogeo.models.weights.resolve import Weights
from emogeo.probes import behaviour, steering
from tests.conftest import compose_train
from tests.tiny import CHAT

KEYS: dict[str, str] = json.loads((Path(__file__).parent / "data" / "keys.json").read_text())
BASE = ("precision=bf16", "runtime.device=cpu", "tracking=disabled", "store.path=/nowhere/store")


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Planning with weights of which only the labels and the number of blocks exist."""

    def resolved(model: ModelConfig, _cache: Path, _progress: bool = True) -> Weights:
        folder = tmp_path / model.name
        folder.mkdir(exist_ok=True)
        architecture = {"num_hidden_layers": 12 + len(model.name) % 7, "model_type": model.family}
        (folder / "config.json").write_text(json.dumps(architecture))
        chat = {"chat_template": CHAT} if model.chat_template else {}
        (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": "<bos>", **chat}))
        named = (model.name, model.family, model.variant, model.params_b, model.source, model.id)
        return Weights(*named, model.revision or f"sha256:{model.sha256}", folder)

    monkeypatch.setattr(precision, "_cpu_has_bf16", lambda: True)  # as where they were recorded
    monkeypatch.setattr(plan, "resolve_weights", resolved)
    monkeypatch.setattr(behaviour, "resolve_weights", resolved)


def key_of(config: TrainConfig) -> str:
    if config.mode.name is Mode.behaviour:
        task = behaviour.behaviour_task(config)
        assert task is not None
        return task.key
    if config.mode.name is Mode.steering:
        return steering.steering_task(config).key
    try:
        return plan.plan_run(config).key
    except NotWrittenError as error:
        found = re.search(r"key (\w+)", str(error))
        assert found is not None
        return f"texts {found.group(1)}"


@pytest.mark.usefixtures("planned")
def test_keys_are_those_of_the_first_version() -> None:
    moved = {}
    for words, key in KEYS.items():
        given = words.split(" ")
        named = {word.partition("=")[0] for word in given}
        config = compose_train(*(word for word in BASE if word.partition("=")[0] not in named), *given)
        if key_of(config) != key:
            moved[words] = key_of(config)
    assert not moved
