"""Slots: one holder each, free when it is killed, the same GPU again for a process that had it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import os
import time
from pathlib import Path

import pytest

from emogeo.errors import ConfigError
from emogeo.models import slots
from emogeo.models.slots import leased, on_slot


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(slots._Lease, "last", None)


def test_slots_are_leased_in_turn_and_the_last_one_again() -> None:
    names = ["cpu-0", "cpu-1"]
    with leased(2, "cpu") as first, slots._free_slot(names) as second:
        assert {first, second} == {0, 1}
    with slots._free_slot(names) as other:
        assert other == first
        with leased(2, "cpu") as left:
            assert left != first
    with leased(2, "cpu") as again:
        assert again == left, "its model may still be loaded there"


def test_a_run_that_runs_another_keeps_its_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    with leased(1, "cuda") as outer:
        with leased(1, "cuda") as inner:
            assert inner == outer
        assert on_slot("cuda") == f"cuda:{outer}"


def test_only_a_gpu_without_a_number_is_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    assert on_slot("cuda") == "cuda"
    with leased(1, "cuda"):
        assert [on_slot(device) for device in ("cuda", "cuda:3", "cpu")] == ["cuda:0", "cuda:3", "cpu"]
    with leased(None, "cuda") as none:
        assert (none, on_slot("cuda")) == (None, "cuda")


def test_a_slot_is_named_by_its_gpu_or_as_a_share_of_the_cpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, GPU-abc")
    for device, names in (("cuda", {"2.lock", "GPU-abc.lock"}), ("cpu", {"cpu-0.lock", "cpu-1.lock"})):
        before = {file.name for file in slots._folder().iterdir()}
        with leased(2, device), slots._free_slot(slots._names(2, device, slots.visible_gpus())):
            assert {file.name for file in slots._folder().iterdir()} - before == names


def test_more_slots_than_gpus_are_refused_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    with pytest.raises(ConfigError, match=r"cluster.slots=3: 2 GPUs are visible"), leased(3, "cuda"):
        pass


def _hold(folder: str, ready: multiprocessing.synchronize.Event) -> None:
    os.environ["TMPDIR"] = folder
    with leased(1, "cpu"):
        ready.set()
        time.sleep(60)


def test_a_slot_is_free_when_its_holder_is_killed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ready = multiprocessing.get_context("spawn").Event()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(str(tmp_path), ready))
    holder.start()
    assert ready.wait(30)
    started = time.monotonic()
    holder.kill()
    with leased(1, "cpu") as slot:
        assert slot == 0
    assert time.monotonic() - started < 5
