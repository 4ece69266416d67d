"""NumPy's files: npy, and npz, which is a zip archive of such. Nothing of them is ever unpickled."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from emogeo.errors import ImportedError
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents, Key, Raw, Stored
from emogeo.stimuli.files import safe, shown

_ABOUT = {"meta", "metadata", "config", "info", "args", "params", "provenance", "settings"}
"""Names of members that are about the file, and are left unread where they hold objects."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
_WORDS = 64 * 2**20
"""The most bytes of an array of words."""
_PACKED = 200
"""By what factor numbers can be packed; zeros alone are packed further."""


def npy_contents(path: Path) -> Contents:
    """Reads the header of an npy file.

    Raises:
        ImportedError: it holds objects (a pickle), or is no npy file.
    """
    arrays: dict[Key, Stored] = {}
    loose: dict[str, Any] = {}
    with path.open("rb") as stream:
        _sort(path.stem, stream, path.stat().st_size, path.name, lambda: path.open("rb"), 0, arrays, loose)
    words, numbers, said = said_in(loose)
    return Contents(arrays, words, numbers, said, (path,))


def npz_contents(path: Path) -> Contents:
    """Reads the headers of an npz file's members.

    Raises:
        ImportedError: a member that holds objects (a pickle), or that unpacks to far more than it is; no zip archive.
    """
    arrays: dict[Key, Stored] = {}
    loose: dict[str, Any] = {}
    packed = _Archive(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if not member.is_dir():
                    _refuse_bomb(path, member)
                    opened, offset = _opener(path, member, packed)
                    with archive.open(member) as stream:
                        _sort(name, stream, member.file_size, f"{path.name}: {name}", opened, offset, arrays, loose)
    except _BROKEN as error:
        raise ImportedError(f"{path.name} is no npz file, or broken: {safe(str(error)[:120])}.") from error
    words, numbers, said = said_in(loose)
    return Contents(arrays, words, numbers, said, (path,))


def _refuse_bomb(path: Path, member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise ImportedError(f"{path.name}: {shown(member.filename)} is encrypted. Save it without a password.")
    if member.file_size > 2**30 and member.file_size > _PACKED * max(member.compress_size, 1):
        raise ImportedError(
            f"{path.name}: {shown(member.filename)} would unpack from {member.compress_size:,} to "
            f"{member.file_size:,} bytes, which no array of measured numbers does. It is not read."
        )


def _opener(path: Path, member: zipfile.ZipInfo, packed: _Archive) -> tuple[Callable[[], IO[bytes]], int]:
    """Says how a member is opened, and where it begins: one that is not packed is read from the file itself."""
    if member.compress_type == zipfile.ZIP_STORED:
        with path.open("rb") as stream:
            stream.seek(member.header_offset)
            header = stream.read(30)
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        return (lambda: path.open("rb")), member.header_offset + 30 + lengths
    return (lambda: packed.member(member.filename)), 0


class _Archive:
    """An archive that is opened once, when the first of its packed members is read: its list may be long."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _opened(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self._path)

    def member(self, name: str) -> IO[bytes]:
        return self._opened.open(name)


def _sort(
    name: str,
    stream: IO[bytes],
    size: int,
    where: str,
    opened: Callable[[], IO[bytes]],
    offset: int,
    arrays: dict[Key, Stored],
    loose: dict[str, Any],
) -> None:
    """Adds one array to those that are read later, or, where it is short and no numbers, to what is said."""
    shape, reversed_, dtype = _header(stream, where)
    if dtype.hasobject:
        if name.rpartition("/")[2].lower() in _ABOUT:
            return
        raise ImportedError(
            f"{where} holds Python objects, a pickle: refused, since reading it would run code. Save plain arrays: "
            "np.savez(FILE, **{label: vector}), and words as np.array(labels, dtype=str)."
        )
    start = stream.tell()
    if start + math.prod(shape) * dtype.itemsize > size:
        raise ImportedError(
            f"{where} says it has the shape {list(shape)}, {math.prod(shape) * dtype.itemsize:,} bytes of {dtype}, and "
            f"is {size:,} bytes long: it is broken, or was not copied whole."
        )
    if dtype.kind in "SU" or not shape or (dtype.kind in "iub" and len(shape) < 2):
        if math.prod(shape) * dtype.itemsize > _WORDS:
            raise ImportedError(f"{where} is a list of {math.prod(shape):,} words or whole numbers: more than 64 MB.")
        loose[name] = _plain(_values(stream, shape, reversed_, dtype))
        return
    key = tuple(part for part in name.split("/") if part not in ("", ".", "..")) or (name,)
    raw = Raw(opened, offset + start, shape, dtype, reversed_)
    arrays[key] = Stored(shape, dtype, raw.read)


def _header(stream: IO[bytes], where: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, reversed_, dtype = read(stream)
    except (*_BROKEN, SyntaxError, TypeError, KeyError, OverflowError, MemoryError, TokenError) as error:
        raise ImportedError(f"{where} is no array of NumPy, or broken: {safe(str(error)[:120])}.") from error
    if any(size < 0 for size in shape):
        raise ImportedError(f"{where} says it has the shape {list(shape)}: it is broken.")
    return tuple(int(size) for size in shape), bool(reversed_), dtype


def _values(stream: IO[bytes], shape: tuple[int, ...], reversed_: bool, dtype: np.dtype[Any]) -> Any:
    data = stream.read(math.prod(shape) * dtype.itemsize)
    if not dtype.itemsize:
        return np.zeros(shape, dtype)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if reversed_ else "C")


def _plain(values: Any) -> Any:
    """Gives words and whole numbers as Python has them."""
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    return values.tolist()
