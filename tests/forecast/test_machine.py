"""What the machine has."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil
import pytest

from emogeo.forecast.machine import room


def test_room_is_asked_where_folders_would_lie_and_makes_none(tmp_path: Path) -> None:
    found = room(tmp_path / "store" / "deep", tmp_path / "cache", tmp_path, on_gpu=False)
    assert found.memory == psutil.virtual_memory().total
    assert found.store is not None and found.cache is not None
    assert found.store.free > 0 and found.store.device == found.cache.device == tmp_path.stat().st_dev
    assert not list(tmp_path.iterdir())


def test_the_smallest_gpu_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.CompletedProcess([], 0, "81559\n40960\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    assert room(tmp_path, tmp_path, tmp_path, on_gpu=True).memory == 40960 * 2**20


def test_without_the_tool_a_gpu_has_no_known_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert room(tmp_path, tmp_path, tmp_path, on_gpu=True).memory is None
