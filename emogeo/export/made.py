"""Files that are ready to be written, and how they are written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emogeo.errors import StoreError


@dataclass(frozen=True)
class Made:
    """The files of an export, and what is to be said of them."""

    files: Mapping[str, bytes]
    """By their path in the folder of the export."""
    notes: tuple[str, ...] = ()


def json_file(content: Mapping[str, object]) -> bytes:
    """Gives a JSON object as people read it, in UTF-8."""
    return json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"


def write(made: Made, folder: Path, overwrite: bool = False) -> list[Path]:
    """Writes the files, each whole: under another name, then renamed.

    Args:
        overwrite: replaces files that are there already.

    Raises:
        StoreError: files that are there already, before any is written; or a folder that cannot be written.
    """
    targets = {folder / name: content for name, content in made.files.items()}
    there = [target for target in targets if target.exists()]
    if there and not overwrite:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise StoreError(f"{there[0]}{more}: there already. Give another --output, or --overwrite to replace.")
    try:
        for target, content in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(target, content)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror}. Give another --output.") from error
    return list(targets)


def _write_whole(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
