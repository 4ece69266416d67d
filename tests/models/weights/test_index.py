"""Weights of the package index: converted once, safe when interrupted or shared, checked when they are loaded."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from emogeo.config.model import ModelConfig, Source
from emogeo.errors import WeightsError
from emogeo.models.weights import index as cache
from emogeo.models.weights.index import MANIFEST, index_weights, made_in_cache, verify, weights_folder
from tests.models.weights.fake_wheels import SHA256, WHEELS, WHOLE


def model(sha256: str = SHA256) -> ModelConfig:
    return ModelConfig(
        name="fake", family="x", variant="base", params_b=None, source=Source.index, id="x/fake", sha256=sha256,
        chat_template=False, wheels=WHEELS,
    )  # fmt: skip


def fake_convert(gguf: Path, target: Path) -> None:
    """Stands in for the conversion, which the default model's tests run for real."""
    time.sleep(0.5)
    target.mkdir()
    (target / "model.safetensors").write_bytes(gguf.read_bytes())
    with (gguf.parents[1] / "conversions.log").open("a") as log:
        log.write("converted\n")


def prepare(folder: str) -> None:
    cache.convert = fake_convert
    index_weights(model(), Path(folder), progress=False)


@pytest.mark.usefixtures("index")
def test_two_processes_prepare_once(tmp_path: Path) -> None:
    home = tmp_path / "cache"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=prepare, args=(str(home),)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (home / "conversions.log").read_text() == "converted\n"


@pytest.mark.usefixtures("index")
def test_an_interrupted_conversion_leaves_nothing_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_gguf: Path, target: Path) -> None:
        target.mkdir()
        (target / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "convert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        index_weights(model(), tmp_path / "cache", progress=False)
    assert not list((tmp_path / "cache").rglob("model.safetensors"))
    monkeypatch.setattr(cache, "convert", fake_convert)
    folder = index_weights(model(), tmp_path / "cache", progress=False)
    assert (folder / "model.safetensors").read_bytes() == WHOLE


@pytest.mark.usefixtures("index")
def test_a_flipped_bit_in_cached_weights_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "convert", fake_convert)
    folder = index_weights(model(), tmp_path / "cache", progress=False)
    verify(folder)
    assert (folder / MANIFEST).is_file()
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[3] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors is not what was written.*remove"):
        verify(folder)


def test_what_killed_conversions_left_is_dropped_by_the_next(tmp_path: Path) -> None:
    folder, other = tmp_path / "tiny-0123", tmp_path / "else-4567"
    (own := tmp_path / f"{folder.name}.part-abc").mkdir()
    (young := tmp_path / f"{other.name}.part-abc").mkdir()
    (old := tmp_path / f"{other.name}.part-def").mkdir()
    os.utime(old, (0, 0))
    made_in_cache(folder, "sha", lambda to: (to / "x").touch())
    assert [part.exists() for part in (own, young, old)] == [False, True, False]


def test_a_long_name_makes_a_folder_that_can_be(tmp_path: Path) -> None:
    name = weights_folder(tmp_path, "é" * 200, "0123456789abcdef0").name
    assert name == f"{'é' * 50}-0123456789abcdef"
    assert weights_folder(tmp_path, "short", "0123456789abcdef0").name == "short-0123456789abcdef"
