"""Fixtures: composed configurations, tiny models, and the default model's real weights."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vl_convert
from hydra import compose, initialize_config_dir
from hypothesis import HealthCheck, settings
from matplotlib.figure import Figure

from emogeo.config.compose import parse_train, register
from emogeo.config.once import compose_once
from emogeo.config.own_names import as_hydra_wants
from emogeo.config.train import TrainConfig
from tests.tiny import CHAT, write_model
from tests.wandb_server.client import wandb_server

__all__ = ["wandb_server"]

ROOT = Path(__file__).parents[1]
CONF = ROOT / "conf"
settings.register_profile("emogeo", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
settings.load_profile("emogeo")
compose_once()  # as train.py and analyze.py do
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("WANDB_MODE", "offline")

Composer = Callable[..., TrainConfig]


def compose_train(*overrides: str) -> TrainConfig:
    """A checked configuration, as `python train.py OVERRIDES` would have it."""
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return parse_train(compose("config", overrides=[as_hydra_wants(override) for override in overrides]))


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny instruct model of Llama's architecture."""
    return write_model(tmp_path_factory.mktemp("tiny") / "tiny-llama", "smollm2", CHAT)


@pytest.fixture(scope="session")
def tiny_overflowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base model of Gemma's architecture whose states overflow in fp16."""
    return write_model(tmp_path_factory.mktemp("tiny") / "tiny-gemma", "gemma-3", overflow=True)


def tiny_composer(folder: Path, tiny_llama: Path) -> Composer:
    """Composes runs of the tiny Llama in a store in this folder."""

    def make(*overrides: str, weights: Path = tiny_llama) -> TrainConfig:
        return compose_train(
            f"model.weights='{weights}'",
            f"store.path='{folder / 'store'}'",
            f"runtime.weights_cache='{folder / 'cache'}'",
            "runtime.progress=false",
            "runtime.device=cpu",
            "runtime.threads=1",
            "precision=fp32",
            "stimuli=passages6",
            "layer_selection=min_mean_cosine",
            "tracking=disabled",
            *(["stimuli.topics=null"] if any(one.startswith("stimuli.path=") for one in overrides) else []),
            *overrides,
        )

    return make


@pytest.fixture
def tiny_run(tmp_path: Path, tiny_llama: Path) -> Composer:
    """Composes a run of the tiny Llama in a store of its own."""
    return tiny_composer(tmp_path, tiny_llama)


@pytest.fixture
def forward_passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of texts of each forward pass, as they happen."""
    from emogeo.models import activations

    passes: list[int] = []
    original = activations.read

    def counted(model: Any, texts: Any, plan: Any) -> Any:
        passes.append(len(texts))
        return original(model, texts, plan)

    monkeypatch.setattr(activations, "read", counted)
    return passes


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of models as they are loaded, from an empty cache."""
    from emogeo.models import loading, session

    names: list[str] = []
    original = loading.load_model

    def counted(weights: Any, precision: Any, *rest: Any) -> Any:
        names.append(f"{weights.name} {precision.label}")
        return original(weights, precision, *rest)

    monkeypatch.setattr(loading, "load_model", counted)
    monkeypatch.setattr(session, "LOADED", type(session.LOADED)())
    return names


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts the model was asked for, call by call."""
    from emogeo.models import generation

    sizes: list[int] = []
    original = generation.write

    def counted(model: Any, prompts: Any, *rest: Any) -> Any:
        sizes.append(len(prompts))
        return original(model, prompts, *rest)

    monkeypatch.setattr(generation, "write", counted)
    return sizes


@pytest.fixture
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws every figure as one dot: for tests of what an analysis says, not of what it draws."""
    dot = base64.b64decode(_DOT)
    svg = "<svg xmlns='http://www.w3.org/2000/svg'/>"
    for name, content in (("vegalite_to_svg", svg), ("svg_to_png", dot), ("svg_to_pdf", b"%PDF-")):
        monkeypatch.setattr(vl_convert, name, lambda *_, content=content, **__: content)
    monkeypatch.setattr("emogeo.analysis.drawing.cores", lambda: 1)  # other processes would draw them
    monkeypatch.setattr(Figure, "savefig", _save_dot)


_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def _save_dot(_figure: Figure, file: Any, **_options: Any) -> None:
    dot = base64.b64decode(_DOT)
    file.write(dot) if hasattr(file, "write") else Path(file).write_bytes(dot)
