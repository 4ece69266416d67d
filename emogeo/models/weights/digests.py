"""sha256 of large files, remembered by size and modification time."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

_BLOCK = 1 << 22


def sha256_of(file: Path) -> str:
    """Hex sha256 of a file, read in blocks of 4 MiB."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def file_digest(file: Path, memory: Path) -> str:
    """The sha256 of one file's content, whatever it is called; an unchanged file (size, mtime) is not read again.

    Args:
        memory: folder that remembers digests between calls.
    """
    stamp: list[list[str | int]] = [[file.name, file.stat().st_size, file.stat().st_mtime_ns]]
    return _remembering(file, stamp, memory, lambda: sha256_of(file))


def folder_digest(folder: Path, names: list[str], memory: Path) -> str:
    """One sha256 over the names and contents of files; unchanged files (size, mtime) are not read again.

    Args:
        memory: folder that remembers digests between calls.
    """
    stamp: list[list[str | int]] = [
        [name, (folder / name).stat().st_size, (folder / name).stat().st_mtime_ns] for name in names
    ]
    return _remembering(folder, stamp, memory, lambda: _digest_of(folder, names))


def _digest_of(folder: Path, names: list[str]) -> str:
    parts = [(name, sha256_of(folder / name)) for name in tqdm(names, desc=f"checksum of {folder.name}", unit="file")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _remembering(of: Path, stamp: list[list[str | int]], memory: Path, digest_of: Callable[[], str]) -> str:
    """Gives a digest from memory, or computes and remembers it, if its stamp has changed."""
    known = memory / f"{hashlib.sha256(str(of.resolve()).encode()).hexdigest()[:32]}.json"
    remembered = _remembered(known)
    if remembered.get("stamp") == stamp:
        return str(remembered["sha256"])
    digest = digest_of()
    memory.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=memory, delete=False) as stream:
        json.dump({"stamp": stamp, "sha256": digest}, stream)
    Path(stream.name).replace(known)
    return digest


def _remembered(known: Path) -> dict[str, Any]:
    try:
        content = json.loads(known.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
