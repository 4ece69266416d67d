"""Slots: one holder each, free when it is killed, the same GPU again for a process that had it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import os
import time
from pathlib import Path

import pytest

from emogeo.models import slots
from emogeo.models.slots import leased, on_slot


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(slots._Lease, "last", None)


def test_slots_are_leased_in_turn_and_the_last_one_again() -> None:
    with leased(2) as first, slots._free_slot(2) as second:
        assert {first, second} == {0, 1}
    with slots._free_slot(2) as other:
        assert other == first
        with leased(2) as left:
            assert left != first
    with leased(2) as again:
        assert again == left, "its model may still be loaded there"


def test_a_cell_that_runs_another_keeps_its_slot() -> None:
    with leased(1) as outer:
        with leased(1) as inner:
            assert inner == outer
        assert on_slot("cuda") == f"cuda:{outer}"


def test_only_a_gpu_without_a_number_is_placed() -> None:
    assert on_slot("cuda") == "cuda"
    with leased(1):
        assert [on_slot(device) for device in ("cuda", "cuda:3", "cpu")] == ["cuda:0", "cuda:3", "cpu"]
    with leased(None) as none:
        assert (none, on_slot("cuda")) == (None, "cuda")


def test_a_slot_is_named_by_its_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for visible in ("2,5", "", "GPU-abc"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        names.append([slots._lock_file(slot).stem for slot in (0, 1)])
    assert names == [["2", "5"], ["0", "1"], ["GPU-abc", "1"]]


def _hold(folder: str, ready: multiprocessing.synchronize.Event) -> None:
    os.environ["TMPDIR"] = folder
    with leased(1):
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
    with leased(1) as slot:
        assert slot == 0
    assert time.monotonic() - started < 5
