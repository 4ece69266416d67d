"""What is in a file: packed, of another encoding, or something else than its name says."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli import unpacking
from emogeo.stimuli.files import find
from emogeo.stimuli.unpacking import content, decoded

PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def read(path: Path) -> tuple[bytes, str]:
    return content(find(str(path)).files[0])


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("suffix", PACKERS)
def test_packed_files_are_unpacked(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(PACKERS[suffix](b"emotion,text\n"))
    assert read(path) == (b"emotion,text\n", "csv")
    path.write_bytes(b"emotion,text\n")
    with pytest.raises(StimuliError, match=rf"a\.csv\{suffix} is not {suffix[1:]}, or broken"):
        read(path)
    path.write_bytes(PACKERS[suffix](b"emotion,text\n" * 1000)[:-10])
    with pytest.raises(StimuliError, match="or broken"):
        read(path)


def test_an_archive_has_one_member_whose_path_is_not_used(tmp_path: Path) -> None:
    assert read(zipped(tmp_path / "a.zip", {"../../evil/b.jsonl": b"{}", "__MACOSX/._b": b""})) == (b"{}", "jsonl")
    assert read(zipped(tmp_path / "b.csv.zip", {"data": b"x"})) == (b"x", "csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.csv.zip"]
    with pytest.raises(StimuliError, match="holds 2 files.*unpack it"):
        read(zipped(tmp_path / "c.zip", {"a.csv": b"", "b.csv": b""}))
    with pytest.raises(StimuliError, match=r"holds 'a\.exe'; what is read: \.csv"):
        read(zipped(tmp_path / "d.zip", {"a.exe": b""}))
    (tmp_path / "e.zip").write_bytes(b"no archive")
    with pytest.raises(StimuliError, match="is not zip, or broken"):
        read(tmp_path / "e.zip")


@pytest.mark.parametrize("suffix", ["", *PACKERS, ".zip"])
def test_the_unpacked_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(unpacking, "LARGEST", 1000)
    path, data = tmp_path / f"a.csv{suffix}", b"x" * 1001
    if suffix == ".zip":
        zipped(path, {"a.csv": data})
    else:
        path.write_bytes(PACKERS.get(suffix, bytes)(data))
    with pytest.raises(StimuliError, match="more than 1,000 bytes, unpacked"):
        read(path)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("x")
    file = find(str(tmp_path / "a.csv")).files[0]
    (tmp_path / "a.csv").unlink()
    with pytest.raises(StimuliError, match=r"a\.csv cannot be read: No such file"):
        content(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_utf8_and_utf16_are_read(encoding: str) -> None:
    text = "joie é 火车 🙂"
    data = ("\ufeff" + text).encode(encoding[:9]) if encoding.endswith("bom") else text.encode(encoding)
    assert decoded(data, "a.csv") == (text, "UTF-16" if "16" in encoding else None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"emotion,text\nsad,caf\xe9 is", ["not UTF-8 text", "at byte 20", "0xe9", "iconv", "Save it as UTF-8"]),
        ("emotion".encode("utf-16-le"), ["zero at character 1", "UTF-16 without a byte order mark"]),
        ("emotion".encode("utf-32"), ["UTF-32"]),
        (b"\xff\xfea", ["not UTF-16, which its byte order mark promises"]),
        (gzip.compress(b"emotion", mtime=0), ["packed by gzip (name it .gz)"]),
        (b"PK\x03\x04\xff", ["zip archive or a workbook"]),
        (b"PAR1\x00", ["Parquet"]),
    ],
)
def test_anything_else_is_named(data: bytes, words: list[str]) -> None:
    with pytest.raises(StimuliError) as error:
        decoded(data, "a.csv")
    assert all(word in str(error.value) for word in ["a.csv", *words]), error.value


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"), (b"<!DOCTYPE html><html>", "a web page")],
)
def test_what_stands_in_the_place_of_a_file_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(StimuliError, match=words):
        read(tmp_path / "a.parquet")
