"""The records of a store with their sizes, read without their arrays."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from emogeo.errors import StoreError
from emogeo.record.chosen import Facts, facts_of
from emogeo.record.decoded import decoded
from emogeo.record.files import FACTS, PASS_FILE, RUN_FILE
from emogeo.record.json import parse_record, pass_of
from emogeo.record.origin import PassRecord
from emogeo.record.types import AnyRecord
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import ACTIVATIONS, GENERATIONS, KINDS, RUNS, Store
from emogeo.terminal import one_line

BROKEN = "broken"
"""The status of a run whose record cannot be read."""


WANDB, PARTIAL, ANALYSIS, SCRATCH, LOCKS, SWAP = "wandb", "partial", "analysis", ".tmp", ".locks", ".lock"
"""What lies in a store beside its records."""
_FOLDERS = (*KINDS, PARTIAL, WANDB, LOCKS, SCRATCH)
"""The folders of which a store has one at least; a run that was killed before its record has left the last ones."""


@dataclass(frozen=True)
class StoredRun:
    """A run without its arrays."""

    key: str
    size: int
    """Bytes of its files."""
    record: AnyRecord | None
    """None where it cannot be read."""
    reason: str = ""
    """Why it cannot be read."""

    @property
    def status(self) -> str:
        return BROKEN if self.record is None else self.record.status

    @property
    def title(self) -> str:
        return f"({BROKEN})" if self.record is None else one_line(self.record.title)

    @cached_property
    def facts(self) -> Facts | None:
        """What filters ask of it; None where it cannot be read."""
        return None if self.record is None else facts_of(self.record)


@dataclass(frozen=True)
class StoredPass:
    """The states of one pass in one pooling, unread."""

    key: str
    size: int
    made: PassRecord | None
    """How it was computed; None where that cannot be read."""
    digest: str
    """Equal for the poolings of one forward pass, which share how it was computed."""


@dataclass(frozen=True)
class StoredTexts:
    """Texts that a model wrote, unread."""

    key: str
    size: int
    tokens: int | None
    """How many tokens were written; None where that cannot be read."""


@dataclass(frozen=True)
class Contents:
    """What a store holds."""

    store: Store
    runs: tuple[StoredRun, ...]
    passes: tuple[StoredPass, ...]
    texts: tuple[StoredTexts, ...]


def opened(path: str) -> Store:
    """Gives the store in a folder.

    Raises:
        StoreError: no such folder, or one that has none of a store's folders.
    """
    store = Store(path)
    if not store.path.is_dir():
        raise StoreError(f"There is no store {store.path}: give its folder, by --store.")
    if not any((store.path / name).is_dir() for name in _FOLDERS):
        raise StoreError(f"{store.path} is no store: it has no folder {', '.join(_FOLDERS)}. Give another by --store.")
    return store


def contents_of(store: Store) -> Contents:
    """Reads what a store holds: records without arrays, and without comparing checksums."""
    return Contents(
        store,
        tuple(stored_run(store, key) for key in store.keys(RUNS)),
        tuple(_stored_pass(store, key) for key in store.keys(ACTIVATIONS)),
        tuple(_stored_texts(store, key) for key in store.keys(GENERATIONS)),
    )


def stored_run(store: Store, key: str) -> StoredRun:
    """Reads the record of a run alone."""
    folder = store.folder(RUNS, key)
    size = size_of(folder)
    try:
        record = parse_record((folder / RUN_FILE).read_bytes(), str(folder))
    except OSError as error:
        return StoredRun(key, size, None, one_line(f"{folder / RUN_FILE}: {error.strerror}"))
    except StoreError as error:
        return StoredRun(key, size, None, one_line(str(error)))
    if record.key != key:
        return StoredRun(key, size, None, one_line(f"{folder}: the folder is that of another run"))
    return StoredRun(key, size, record)


def files_of(folder: Path) -> dict[str, int]:
    """Gives the bytes of each file below a folder, by its path; links are not followed."""
    return {str(file.relative_to(folder)): size for file, size in sorted(_files(folder))}


def size_of(path: Path) -> int:
    """Gives the bytes of a file, or of all files below a folder; links are not followed."""
    if path.is_symlink() or not path.is_dir():
        return _size(path)
    return sum(size for _, size in _files(path))


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    if folder.is_symlink():
        return
    for where, _, names in os.walk(folder):  # goes into no link
        for name in names:
            file = Path(where) / name
            yield file, _size(file)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:  # gone since
        return 0


def _stored_pass(store: Store, key: str) -> StoredPass:
    folder = store.folder(ACTIVATIONS, key)
    try:
        file = folder / PASS_FILE
        made = pass_of(decoded(file.read_bytes(), str(file)), str(file))
        digest = json.loads((folder / MANIFEST).read_bytes())["files"][PASS_FILE]["sha256"]
    except (OSError, StoreError, ValueError, KeyError, TypeError):
        return StoredPass(key, size_of(folder), None, key)
    return StoredPass(key, size_of(folder), made, str(digest))


def _stored_texts(store: Store, key: str) -> StoredTexts:
    folder = store.folder(GENERATIONS, key)
    return StoredTexts(key, size_of(folder), _tokens(_facts(folder / FACTS)))


def _facts(file: Path) -> Any:
    try:
        return decoded(file.read_bytes(), str(file))
    except (OSError, StoreError):
        return None


def _tokens(facts: Any) -> int | None:
    counts = facts.get("counts") if isinstance(facts, dict) else None
    found = counts.get("new_tokens") if isinstance(counts, dict) else None
    return found if isinstance(found, int) else None
