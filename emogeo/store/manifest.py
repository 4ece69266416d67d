"""The manifest of a record: the size and checksum of every file when the record was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emogeo.errors import StoreError
from emogeo.store.keys import canonical_json

MANIFEST = "manifest.json"
_LONGEST = 255
"""The most bytes of a file's name, as file systems have it."""


def entry_of(content: bytes) -> dict[str, Any]:
    """Gives the manifest's entry for one file."""
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """Makes the manifest: size and sha256 of every file, and a checksum of that list."""
    body = {name: entry_of(content) for name, content in files.items()}
    return canonical_json({"checksum": entry_of(canonical_json(body))["sha256"], "files": body})


def checked(files: Mapping[str, bytes], where: str) -> dict[str, bytes]:
    """Gives a record's files without the manifest among them, once all agree with it.

    Args:
        where: for messages.

    Raises:
        StoreError: a file that is missing, not named, or not what was written; names it.
    """
    if MANIFEST not in files:
        raise StoreError(f"{where} is not a record: it has no {MANIFEST}.")
    expected = _parsed(files[MANIFEST], where)
    for name, entry in expected.items():
        if name not in files:
            raise StoreError(f"{where}/{name} is missing.")
        if entry_of(files[name]) != entry:
            raise StoreError(f"{where}/{name} is not what was written (checksum).")
    extra = set(files) - {*expected, MANIFEST}
    if extra:
        raise StoreError(f"{where} holds {', '.join(sorted(extra))}, which its manifest does not name.")
    return {name: files[name] for name in expected}


def sizes_in(manifest: bytes, where: str) -> dict[str, int]:
    """Gives the size in bytes of every file that a manifest names.

    Raises:
        StoreError: a manifest that is not what was written.
    """
    return {name: entry["size"] for name, entry in _parsed(manifest, where).items()}


def _parsed(content: bytes, where: str) -> dict[str, dict[str, Any]]:
    try:
        parsed = json.loads(content)
        whole = canonical_json(parsed) == content
        body: dict[str, dict[str, Any]] = parsed["files"]
        whole = whole and parsed["checksum"] == entry_of(canonical_json(body))["sha256"]
        whole = whole and isinstance(body, dict) and all(map(_is_entry, body, body.values()))
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, RecursionError):
        whole = False
    if not whole:
        raise StoreError(f"{where}/{MANIFEST} is not what was written (checksum).")
    return body


def _is_entry(name: str, entry: object) -> bool:
    named = Path(name).name == name and name != MANIFEST and len(name.encode(errors="surrogatepass")) <= _LONGEST
    return named and isinstance(entry, dict) and set(entry) == {"size", "sha256"} and type(entry["size"]) is int
