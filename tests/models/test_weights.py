"""The hub's cache, local folders, and what is said when weights are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import constants

from emogeo.config.schema import ModelConfig, Source
from emogeo.errors import WeightsError
from emogeo.models.weights import resolve_weights
from tests.conftest import compose_train
from tests.tiny import BLOCKS, CHAT, write_for, write_model


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache, offline."""
    folder = tmp_path / "hub"
    folder.mkdir()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return folder


def option(name: str) -> ModelConfig:
    return compose_train(f"model={name}").model


def test_a_pinned_commit_comes_from_the_cache(hub_cache: Path, tmp_path: Path) -> None:
    model = option("llama-3.2-3b")
    folder = write_for(model, hub_cache, tmp_path)
    weights = resolve_weights(model, tmp_path)
    assert weights.folder.samefile(folder)
    assert weights.identity == {"id": "meta-llama/Llama-3.2-3B", "revision": model.revision}
    assert weights.n_layers == BLOCKS


def test_a_branch_is_resolved_to_its_commit(hub_cache: Path, tmp_path: Path) -> None:
    model = option("gemma-3-1b-it")
    write_for(model, hub_cache, tmp_path)
    model.weights = "google/gemma-3-1b-it"
    weights = resolve_weights(model, tmp_path)
    assert weights.revision == model.revision
    assert (weights.name, weights.variant, weights.source) == ("gemma-3-1b-it", "instruct", Source.hub)


def test_nothing_cached_and_no_network(hub_cache: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as error:
        resolve_weights(option("mistral-7b-v0.3"), tmp_path)
    for part in ("hf download mistralai/Mistral-7B-v0.3 --revision", "HF_HOME", "model=smollm2-135m-instruct"):
        assert part in str(error.value)


def test_another_commit_in_the_cache_is_offered(hub_cache: Path, tmp_path: Path) -> None:
    model = option("qwen2.5-1.5b")
    model.revision = "0" * 40
    write_for(model, hub_cache, tmp_path)
    with pytest.raises(WeightsError, match=rf"type model\.weights=Qwen/Qwen2\.5-1\.5B@{'0' * 40}"):
        resolve_weights(option("qwen2.5-1.5b"), tmp_path)


def test_an_incomplete_snapshot_is_not_used(hub_cache: Path, tmp_path: Path) -> None:
    model = option("smollm2-1.7b")
    folder = write_for(model, hub_cache, tmp_path)
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"not in the cache|lacks"):
        resolve_weights(model, tmp_path)


def test_a_local_folder_is_named_by_its_content(tmp_path: Path) -> None:
    model = compose_train().model
    model.weights = str(write_model(tmp_path / "mine", "mistral", CHAT, seed=1))
    first = resolve_weights(model, tmp_path / "cache")
    assert (first.name, first.family, first.variant) == ("mine", "mistral", "instruct")
    assert resolve_weights(model, tmp_path / "cache").revision == first.revision
    write_model(tmp_path / "mine", "mistral", CHAT, seed=2)
    assert resolve_weights(model, tmp_path / "cache").revision != first.revision


@pytest.mark.parametrize("given", ["nowhere/at/all", "./missing", "just-a-word"])
def test_what_is_neither_folder_nor_hub_id(given: str, tmp_path: Path) -> None:
    model = compose_train().model
    model.weights = given
    with pytest.raises(WeightsError, match=r"Org/Name"):
        resolve_weights(model, tmp_path)


def test_a_folder_without_weights(tmp_path: Path) -> None:
    model = compose_train().model
    model.weights = str(tmp_path)
    with pytest.raises(WeightsError, match=r"config\.json"):
        resolve_weights(model, tmp_path)
