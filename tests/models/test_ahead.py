"""The next model's weights are read while this one is at work, and nothing about them is said or fetched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from emogeo.config.model import Init, ModelConfig
from emogeo.extraction.run import run_extraction
from emogeo.models import ahead
from emogeo.models.ahead import followed_by, read_ahead
from emogeo.models.weights.index import weights_folder
from tests.conftest import ROOT, Composer
from tests.planted_records import usual_config
from tests.tiny import write_model


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many bytes of each file the system is told of, one piece after the other."""
    told: dict[str, int] = {}

    def tell(descriptor: int, start: int, length: int, advice: int) -> None:
        file = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        assert (start, advice) == (told.get(file, 0), os.POSIX_FADV_WILLNEED)
        told[file] = start + length

    monkeypatch.setattr(os, "posix_fadvise", tell)
    return told


def only(folder: Path) -> dict[str, int]:
    """All of a folder's weights, to the end of the last piece."""
    file = folder / "model.safetensors"
    return {str(file): -(-file.stat().st_size // ahead._AT_ONCE) * ahead._AT_ONCE}


def begun(model: ModelConfig, cache: Path = Path("nowhere")) -> None:
    with followed_by(model, cache):
        reading = read_ahead()
        assert reading is not None and read_ahead() is None, "once"
        reading.join()
    assert read_ahead() is None


def test_the_files_that_will_be_loaded_are_read(read: dict[str, int], tiny_llama: Path, tiny_run: Composer) -> None:
    begun(tiny_run(f"model.weights={tiny_llama}").model)
    assert read == only(tiny_llama)


def test_weights_from_the_package_index_lie_in_the_cache(
    read: dict[str, int], tiny_llama: Path, tmp_path: Path
) -> None:
    model = usual_config().model
    folder = weights_folder(tmp_path, model.name, str(model.sha256))
    begun(model, tmp_path)
    assert read == {}, "they are not there"
    folder.symlink_to(tiny_llama)
    begun(model, tmp_path)
    assert read == only(tiny_llama)


def test_what_is_not_here_is_not_fetched(read: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.HfApi.model_info", lambda *_, **__: fetched.append("asked"))
    monkeypatch.setattr("emogeo.models.weights.hub._download", lambda *_: fetched.append("fetched"))
    model = usual_config().model
    begun(replace(model, weights="Nobody/has-this-one"))
    begun(replace(model, weights="/no/folder"))
    assert (read, fetched) == ({}, [])


def test_what_an_adapter_is_merged_into_is_not_read(tiny_llama: Path, tiny_run: Composer) -> None:
    with followed_by(replace(tiny_run(f"model.weights={tiny_llama}").model, adapter="an/adapter"), Path()):
        assert read_ahead() is None


def test_what_memory_has_no_room_for_is_left_on_the_disk(
    read: dict[str, int], tiny_llama: Path, tiny_run: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (tiny_llama / "model.safetensors").stat().st_size
    there = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: there._replace(available=2 * size - 1))
    begun(tiny_run(f"model.weights={tiny_llama}").model)
    assert read == {}


def test_a_twin_that_is_drawn_has_nothing_to_read(tiny_llama: Path, tiny_run: Composer) -> None:
    with followed_by(replace(tiny_run(f"model.weights={tiny_llama}").model, init=Init.random), Path()):
        assert read_ahead() is None


def test_it_begins_when_a_model_was_loaded(
    read: dict[str, int], tiny_run: Composer, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = ahead.read_ahead
    monkeypatch.setattr("emogeo.models.session.read_ahead", lambda: started().join())  # type: ignore[union-attr]
    monkeypatch.setattr("emogeo.models.session.LOADED", OrderedDict())
    config = tiny_run("layer_selection=middle")
    with followed_by(tiny_run(f"model.weights={tiny_llama}").model, Path()):
        run_extraction(config)
    assert read == only(tiny_llama)


_STARTED = """
import json, os, sys, threading
told = {}
os.posix_fadvise = lambda file, *_: told.setdefault(os.readlink(f"/proc/self/fd/{file}"))
from emogeo.programs.train import start
start()
[own.join() for own in threading.enumerate() if own.name == "weights ahead"]
print(json.dumps(list(told)))
"""


def test_a_sweep_reads_each_next_model(tiny_llama: Path, tmp_path: Path) -> None:
    """Runs of one model share what is loaded, so that the next model is the next run's that has another."""
    other = write_model(tmp_path / "other", "qwen2.5")
    words = ["-m", f"model.weights={tiny_llama},{other}", "norm=none,unit", "stimuli=passages6", "tracking=disabled"]
    words += ["layer_selection=middle", "precision=fp32", f"store.path={tmp_path / 'store'}", "runtime.device=cpu"]
    words += ["runtime.threads=1", f"hydra.sweep.dir={tmp_path / 'jobs'}", "runtime.progress=false"]
    done = subprocess.run(
        [sys.executable, "-c", _STARTED, *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [str(other / "model.safetensors")]


def test_a_coming_run_that_is_faulty_does_not_end_this_one(tiny_llama: Path, tmp_path: Path) -> None:
    words = ["-m", f"model.weights={tiny_llama},${{oc.env:NOT_THERE}}", "stimuli=passages6", "tracking=disabled"]
    words += ["layer_selection=middle", "precision=fp32", f"store.path={tmp_path / 'store'}", "runtime.device=cpu"]
    words += ["runtime.threads=1", f"hydra.sweep.dir={tmp_path / 'jobs'}", "runtime.progress=false"]
    done = subprocess.run(
        [sys.executable, "train.py", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1 and "NOT_THERE" in done.stdout + done.stderr
    assert "INFO finished tiny-llama" in (tmp_path / "jobs" / "0" / "train.log").read_text()
