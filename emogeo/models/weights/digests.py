"""sha256 of large files, remembered by size and modification time."""

from __future__ import annotations

import hashlib
import json
import tempfile
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


def folder_digest(folder: Path, names: list[str], memory: Path) -> str:
    """One sha256 over the names and contents of files; unchanged files (size, mtime) are not read again.

    Args:
        memory: folder that remembers digests between calls.
    """
    stamp = [[name, (folder / name).stat().st_size, (folder / name).stat().st_mtime_ns] for name in names]
    known = memory / f"{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:32]}.json"
    remembered = _remembered(known)
    if remembered.get("stamp") == stamp:
        return str(remembered["sha256"])
    parts = [(name, sha256_of(folder / name)) for name in tqdm(names, desc=f"checksum of {folder.name}", unit="file")]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
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
