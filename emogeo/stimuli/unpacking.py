"""What is in a file of texts: its bytes, unpacked, and its text, UTF-8 or UTF-16."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Protocol

from emogeo.errors import StimuliError
from emogeo.stimuli.files import KINDS, PACKED, TextFile, safe, shown


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes: ...


LARGEST = 2 * 2**30
"""The largest content of one file, unpacked, in bytes."""
_OPEN: dict[str, Callable[[IO[bytes]], Readable]] = {
    ".gz": lambda stream: gzip.GzipFile(fileobj=stream),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError)
_OTHERS = {
    b"version https://git-lfs": "a pointer of Git LFS, not the file itself (type git lfs pull)",
    b"<!DOCTYPE html": "a web page, not the file itself",
    b"<!doctype html": "a web page, not the file itself",
    b"<html": "a web page, not the file itself",
}
"""How files begin that stand in the place of the one that was meant."""
_BINARY = {
    b"PK\x03\x04": "a zip archive or a workbook (packed tables are named .csv.zip; save workbooks as CSV)",
    b"\x1f\x8b": "packed by gzip (name it .gz)",
    b"BZh": "packed by bzip2 (name it .bz2)",
    b"\xfd7zXZ": "packed by xz (name it .xz)",
    b"PAR1": "Parquet (name it .parquet)",
    b"%PDF": "a PDF",
}
"""How files begin that are no text."""


def content(file: TextFile) -> tuple[bytes, str]:
    """Reads a file, unpacked.

    Returns:
        Its bytes and its kind.

    Raises:
        StimuliError: it cannot be read or unpacked, is larger than 2 GiB, or is not what its name says.
    """
    suffix = file.path.suffix.lower()
    try:
        with file.path.open("rb") as stream:
            if suffix == ".zip":
                data, kind = _member(stream, file)
            else:
                data, kind = _bounded(_OPEN[suffix](stream) if suffix in _OPEN else stream, file), file.kind
    except _BROKEN as error:
        what = getattr(error, "strerror", None) or str(error) or type(error).__name__
        packed = f"is not {suffix[1:]}, or broken" if suffix in PACKED else "cannot be read"
        raise StimuliError(f"{file.shown} {packed}: {safe(what)}.") from error
    _refuse(data, file.shown, _OTHERS)
    return data, kind


def decoded(data: bytes, name: str) -> tuple[str, str | None]:
    """Gives text from UTF-8, or from UTF-16 with its byte order mark.

    Args:
        name: the file, for messages.

    Returns:
        The text and, where it was not UTF-8, its encoding.

    Raises:
        StimuliError: another encoding (with the first byte that does not fit), or no text at all.
    """
    encoding = _encoding(data, name)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        _refuse(data, name, _BINARY)
        raise StimuliError(_not_text(name, encoding, error)) from error
    if "\0" in text:
        _refuse(data, name, _BINARY)
        raise StimuliError(
            f"{name} has a zero at character {text.index(chr(0))}: it is no text, or UTF-16 without a byte order mark. "
            "Save it as UTF-8."
        )
    return text, "UTF-16" if encoding == "utf-16" else None


def _refuse(data: bytes, name: str, beginnings: Mapping[bytes, str]) -> None:
    for beginning, what in beginnings.items():
        if data.startswith(beginning):
            raise StimuliError(f"{name} is not what its name says: it is {what}.")


def _encoding(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise StimuliError(f"{name} is not UTF-8 text: by its byte order mark it is UTF-32. Save it as UTF-8.")
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _not_text(name: str, encoding: str, error: UnicodeDecodeError) -> str:
    known = "UTF-16, which its byte order mark promises" if encoding == "utf-16" else "UTF-8 text"
    byte = error.object[error.start]
    return (
        f"{name} is not {known} ({error.reason} at byte {error.start}, which is 0x{byte:02x}). Save it as UTF-8: where "
        f"it is Latin-1 or Windows-1252, say, type iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW."
    )


def _bounded(stream: Readable, file: TextFile) -> bytes:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise StimuliError(f"{file.shown} has more than {LARGEST:,} bytes, unpacked; split it into several files.")
    return data


def _member(stream: IO[bytes], file: TextFile) -> tuple[bytes, str]:
    with zipfile.ZipFile(stream) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            raise StimuliError(
                f"{file.shown} holds {len(members)} files, and of an archive one is read: unpack it, and give the "
                "folder."
            )
        kind = file.kind or KINDS.get(Path(members[0].filename).suffix.lower(), "")
        if not kind:
            raise StimuliError(f"{file.shown} holds {shown(members[0].filename)}; what is read: {', '.join(KINDS)}.")
        with archive.open(members[0]) as member:
            return _bounded(member, file), kind
