"""Files are written whole, and none is replaced unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emogeo.errors import StoreError
from emogeo.export.made import Made, json_file, write


def test_files_are_written_with_their_folders_and_nothing_else(tmp_path: Path) -> None:
    made = Made({"a.bin": b"1", "f/b.bin": b"2"})
    assert write(made, tmp_path / "new" / "out") == [tmp_path / "new/out/a.bin", tmp_path / "new/out/f/b.bin"]
    files = [file for file in (tmp_path / "new").rglob("*") if file.is_file()]
    assert {file.name: file.read_bytes() for file in files} == {"a.bin": b"1", "b.bin": b"2"}
    mask = os.umask(0)
    os.umask(mask)
    assert files[0].stat().st_mode & 0o777 == 0o666 & ~mask


def test_what_is_there_stays_and_nothing_is_written_beside_it(tmp_path: Path) -> None:
    (tmp_path / "b.bin").write_bytes(b"old")
    made = Made({"a.bin": b"1", "b.bin": b"new"})
    with pytest.raises(StoreError, match=r"b.bin: there already. Give another --output, or --overwrite"):
        write(made, tmp_path)
    assert not (tmp_path / "a.bin").exists()
    assert (tmp_path / "b.bin").read_bytes() == b"old"
    write(made, tmp_path, overwrite=True)
    assert (tmp_path / "b.bin").read_bytes() == b"new"


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        write(Made({"a.bin": b"new"}), tmp_path, overwrite=True)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[int, bool]] = []
    target = tmp_path / "a.bin"
    monkeypatch.setattr(os, "fsync", lambda number: synced.append((os.fstat(number).st_size, target.exists())))
    write(Made({"a.bin": b"123"}), tmp_path)
    assert synced == [(3, False)]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StoreError, match="out cannot be written"):
        write(Made({"a.bin": b"1"}), tmp_path / "out")


def test_json_is_in_letters_as_they_are() -> None:
    assert json_file({"a": "ça va"}).decode() == '{\n "a": "ça va"\n}\n'
