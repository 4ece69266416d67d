"""sha256 of large files, remembered by what a file system says of them and by a sample of their content.

Copies that keep a file's size and time (rsync -t, tar, cp -p, image layers) cannot keep its inode and the time of its
last change; a sample of the content is compared on every use beside them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from emogeo.machine import write_whole

log = logging.getLogger(__name__)
_BLOCK = 1 << 22
_PIECES, _PIECE = 32, 1 << 14
"""How many pieces of how many bytes a sample has, evenly spaced from the first byte to the last: half a MiB."""

_Stamp = list[list[str | int]]


def sha256_of(file: Path) -> str:
    """Hex sha256 of a file, read in blocks of 4 MiB."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def file_digest(file: Path, memory: Path) -> str:
    """The sha256 of one file's content, whatever it is called; an unchanged file is not read again as a whole.

    Args:
        memory: folder that remembers digests between calls.
    """
    return _remembering(file, [_stamp(file, file.name)], memory, lambda: sha256_of(file))


def folder_digest(folder: Path, names: list[str], memory: Path) -> str:
    """One sha256 over the names and contents of files; unchanged files are not read again as a whole.

    Args:
        memory: folder that remembers digests between calls.
    """
    stamp = [_stamp(folder / name, name) for name in names]
    return _remembering(folder, stamp, memory, lambda: _digest_of(folder, names))


def _stamp(file: Path, name: str) -> list[str | int]:
    """Gives what other content cannot have: size, times, inode, and the sha256 of a sample."""
    found = file.stat()
    return [name, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, _sample(file, found.st_size)]


def _sample(file: Path, size: int) -> str:
    """Gives the sha256 of pieces of a file, evenly spaced, the first and the last among them."""
    digest = hashlib.sha256()
    last = max(0, size - _PIECE)
    with file.open("rb") as stream:
        for start in dict.fromkeys(last * piece // (_PIECES - 1) for piece in range(_PIECES)):
            stream.seek(start)
            digest.update(stream.read(_PIECE))
    return digest.hexdigest()


def _digest_of(folder: Path, names: list[str]) -> str:
    parts = [(name, sha256_of(folder / name)) for name in tqdm(names, desc=f"checksum of {folder.name}", unit="file")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _remembering(of: Path, stamp: _Stamp, memory: Path, digest_of: Callable[[], str]) -> str:
    """Gives a digest from memory, or computes and remembers it, if its stamp has changed."""
    known = memory / f"{hashlib.sha256(str(of.resolve()).encode()).hexdigest()[:32]}.json"
    remembered = _remembered(known)
    if remembered.get("stamp") == stamp:
        return str(remembered["sha256"])
    digest = digest_of()
    try:
        memory.mkdir(parents=True, exist_ok=True)
        write_whole(known, json.dumps({"stamp": stamp, "sha256": digest}).encode())
    except OSError as error:
        log.warning("%s: %s. The checksum of %s is computed again next time.", error.filename, error.strerror, of.name)
    return digest


def _remembered(known: Path) -> dict[str, Any]:
    try:
        content = json.loads(known.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
