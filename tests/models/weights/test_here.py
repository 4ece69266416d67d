"""Weights that are here already, and nothing fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import NotHereError
from emogeo.models.weights import hub
from emogeo.models.weights.here import fetches, only_what_is_here, refuse_fetching
from emogeo.models.weights.resolve import resolve_weights
from tests.conftest import compose_train


def test_fetching_is_refused_only_within() -> None:
    refuse_fetching("a model")
    with only_what_is_here(), pytest.raises(NotHereError, match="a model is not here"):
        refuse_fetching("a model")
    assert fetches()


@pytest.mark.parametrize("model", ["gemma-3-270m", "llama-3.1-8b"])
def test_nothing_is_fetched_nor_made(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_cached", lambda *_: None)
    monkeypatch.setattr(hub, "_download", lambda *_: pytest.fail("fetched"))
    with only_what_is_here(), pytest.raises(NotHereError):
        resolve_weights(compose_train(f"model={model}").model, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_the_hub_is_not_asked_for_a_branch_that_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_cached", lambda *_: tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: pytest.fail("asked"))
    with only_what_is_here():
        assert hub.hub_snapshot("Org/Name", "main") == (tmp_path, tmp_path.name)
