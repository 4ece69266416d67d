"""Digests of files, and what is remembered of them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from emogeo.models.weights import digests
from emogeo.models.weights.digests import folder_digest, sha256_of

FILES = {"a.json": b"{}", "b.safetensors": b"\x00" * 10}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "weights"
    own.mkdir()
    for name, content in FILES.items():
        (own / name).write_bytes(content)
    return own


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of files as they are read."""
    names: list[str] = []

    def counted(file: Path) -> str:
        names.append(file.name)
        return sha256_of(file)

    monkeypatch.setattr(digests, "sha256_of", counted)
    return names


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9])
def test_a_file_is_read_block_by_block(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_BLOCK", 4)
    (tmp_path / "file").write_bytes(bytes(range(size)))
    assert sha256_of(tmp_path / "file") == hashlib.sha256(bytes(range(size))).hexdigest()


def test_a_folders_digest_is_of_names_and_contents(folder: Path, tmp_path: Path) -> None:
    parts = [[name, hashlib.sha256(content).hexdigest()] for name, content in FILES.items()]
    assert folder_digest(folder, list(FILES), tmp_path / "m") == hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def test_unchanged_files_are_not_read_again(folder: Path, tmp_path: Path, read: list[str]) -> None:
    first = folder_digest(folder, list(FILES), tmp_path / "memory")
    assert folder_digest(folder, list(FILES), tmp_path / "memory") == first
    assert read == list(FILES)
    (folder / "a.json").write_bytes(b"[]")
    os.utime(folder / "a.json", ns=(1, 1))  # of the same size
    assert folder_digest(folder, list(FILES), tmp_path / "memory") != first
    assert read == [*FILES, *FILES]


def test_other_content_of_the_same_size_and_time_is_told(folder: Path, tmp_path: Path) -> None:
    """As `rsync -t`, `tar` and `cp -p` leave it: the name, the size and the time are those of the file before."""
    file = folder / "b.safetensors"
    before = file.stat()
    first = folder_digest(folder, list(FILES), tmp_path / "memory")
    file.write_bytes(b"\x01" * before.st_size)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert folder_digest(folder, list(FILES), tmp_path / "memory") != first


@pytest.mark.parametrize("place", [0, 999, 5_000, 9_999])
def test_a_sample_sees_the_ends_and_what_lies_between(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a file system keeps every number of a file."""
    monkeypatch.setattr(digests, "_PIECE", 400)
    file = tmp_path / "weights"
    content = bytearray(10_000)
    file.write_bytes(content)
    first = digests._sample(file, len(content))
    content[place] = 1
    file.write_bytes(content)
    assert digests._sample(file, len(content)) != first


@pytest.mark.parametrize("size", [0, 1, digests._PIECE, digests._PIECE + 1])
def test_small_files_are_sampled_whole(size: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a" * size)
    assert len(digests._sample(tmp_path / "file", size)) == 64


@pytest.mark.parametrize("content", ["", "[]", "{", '{"stamp": 1}', "null"])
def test_a_broken_memory_is_made_anew(content: str, folder: Path, tmp_path: Path, read: list[str]) -> None:
    first = folder_digest(folder, list(FILES), tmp_path / "memory")
    (remembered,) = (tmp_path / "memory").iterdir()
    remembered.write_text(content)
    for _ in range(2):
        assert folder_digest(folder, list(FILES), tmp_path / "memory") == first
    assert len(read) == 2 * len(FILES)
    assert list((tmp_path / "memory").iterdir()) == [remembered]
