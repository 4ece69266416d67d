"""A model is loaded once per process, and goes when memory is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.extraction.run import run_extraction
from emogeo.models import loading, session
from tests.conftest import Composer


def test_a_sweep_loads_each_model_at_a_precision_once(
    tiny_run: Composer, tiny_overflowing: Path, tiny_llama: Path, loads: list[str]
) -> None:
    for template in ("raw", "question"):
        for weights in (tiny_llama, tiny_overflowing):
            run_extraction(tiny_run(f"prompt_template={template}", weights=weights))
    assert loads == ["tiny-llama fp32", "tiny-gemma fp32"]


def test_a_short_memory_drops_the_oldest_model(
    tiny_run: Composer, tiny_overflowing: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda _device: 0.0)
    run_extraction(tiny_run())
    run_extraction(tiny_run(weights=tiny_overflowing))
    assert [name[0] for name in session.LOADED] == ["tiny-gemma"]
