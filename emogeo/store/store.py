"""The local store: one folder per record, written whole, read only when every checksum agrees."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from emogeo.errors import StoreError
from emogeo.locks import held
from emogeo.machine import naming
from emogeo.store.exchange import exchanged
from emogeo.store.kept import Kept, drop, drop_old
from emogeo.store.manifest import MANIFEST, checked, manifest_of, sizes_in

log = logging.getLogger(__name__)
RUNS = "runs"
ACTIVATIONS = "activations"
GENERATIONS = "generations"
KINDS = (RUNS, ACTIVATIONS, GENERATIONS)
KEY = re.compile(r"[0-9a-f]{64}")
"""The form of a key: hex digits of a sha256."""


class Store:
    """Records under `path/<kind>/<key>/`."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser()

    def folder(self, kind: str, key: str) -> Path:
        """Gives the folder where a record lies or would lie.

        Raises:
            StoreError: a kind that there is not, or a key that is not a sha256.
        """
        if kind not in KINDS:
            raise StoreError(f"{kind!r} is no kind of record ({', '.join(KINDS)}).")
        if not KEY.fullmatch(key):
            raise StoreError(f"{key!r} is not a key (64 hex digits).")
        return self.path / kind / key

    def has(self, kind: str, key: str) -> bool:
        """Says whether there is a record; one that may not be read counts as none."""
        with contextlib.suppress(OSError):
            return (self.folder(kind, key) / MANIFEST).is_file()
        return False

    def keys(self, kind: str) -> Iterator[str]:
        """Lists the keys of all records of a kind, sorted."""
        folder = self.path / kind
        if folder.is_dir():
            yield from sorted(p.name for p in folder.iterdir() if KEY.fullmatch(p.name))

    def write(self, kind: str, key: str, files: Mapping[str, bytes]) -> Path:
        """Writes a record whole: to a temporary folder on the same disk, synced, then renamed.

        A record that is there already is replaced, and what was kept of it while it was computed is dropped.
        """
        target = self.folder(kind, key)
        with naming(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting = self.path / ".tmp"
            waiting.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=waiting, prefix=f"{key[:12]}-") as scratch:
                whole = Path(scratch) / "record"
                whole.mkdir()
                for name, content in {**files, MANIFEST: manifest_of(files)}.items():
                    _write_synced(whole / name, content)
                _sync_folder(whole)
                with held(
                    self.path / ".lock", "another record is being written, waiting"
                ):  # one at a time: two renames
                    _swap(whole, target, Path(scratch) / "replaced")
            _sync_folder(target.parent)
        self.drop_kept(key)
        return target

    def kept(self, key: str, made: str) -> Kept:
        """Gives the finished batches of a record that is being computed; they are dropped when it is written.

        Args:
            made: see `Kept`.
        """
        return Kept(self._partial(key), made)

    def drop_kept(self, key: str) -> None:
        """Drops the finished batches of a record."""
        drop(self._partial(key))

    def _partial(self, key: str) -> Path:
        return self.path / "partial" / key

    @contextlib.contextmanager
    def lock(self, kind: str, key: str) -> Iterator[None]:
        """Holds a record that is about to be computed; whoever else wants it waits here until it is there.

        The lock is on a file: it is released at once when its holder ends, killed or not, and the next one takes over.
        """
        with held(self.lock_file(kind, key), f"{kind}/{key[:12]}: it is being computed, waiting"):
            yield

    def lock_file(self, kind: str, key: str) -> Path:
        """Gives the file whose lock stands for a record; its folder is made."""
        folder = self.path / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{kind}-{key}.lock"

    def check_writable(self) -> None:
        """Fails before anything slow if records cannot be written here; drops what killed processes left yesterday.

        Raises:
            StoreError: no folder, no right to write in it, or no room.
        """
        try:
            (self.path / ".tmp").mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path / ".tmp") as probe:
                probe.write(b"0" * _LEAST_BYTES)
                probe.flush()
                self._drop_leftovers()
                drop_old(self.path / "partial")
        except OSError as error:
            raise StoreError(
                f"The store {self.path} cannot be written: {error.strerror}. Give another folder."
            ) from error

    def _drop_leftovers(self) -> None:
        for scratch in (self.path / ".tmp").iterdir():
            with contextlib.suppress(FileNotFoundError):  # its own process may be just as quick
                if scratch.stat().st_mtime < time.time() - _LEFT_SECONDS:
                    shutil.rmtree(scratch, ignore_errors=True)

    def read(self, kind: str, key: str) -> dict[str, bytes]:
        """Reads every file of a record and compares each with the manifest.

        Raises:
            StoreError: no such record, or a file that is not what was written; names it.
        """
        try:
            return self._read(kind, key)
        except (StoreError, OSError):
            time.sleep(_SWAP_SECONDS)  # another process may just have been replacing it
        try:
            return self._read(kind, key)
        except FileNotFoundError as error:
            raise StoreError(f"{error.filename} is missing.") from error
        except OSError as error:
            raise StoreError(f"{error.filename or self.folder(kind, key)} cannot be read: {error.strerror}.") from error

    def whole(self, kind: str, key: str) -> dict[str, bytes] | None:
        """Reads the record if it is whole, else gives None; a warning says what is wrong with a broken one."""
        if not self.has(kind, key):
            return None
        try:
            return self.read(kind, key)
        except StoreError as error:
            log.warning("%s The record counts as missing and is computed again.", error)
            return None

    def adopt(self, kind: str, key: str, files: Mapping[str, bytes]) -> Path:
        """Writes a record that was made elsewhere, once every file agrees with the manifest among them.

        Raises:
            StoreError: a file that is missing, not named, or not what was written; names it.
        """
        return self.write(kind, key, checked(files, f"the record {key[:12]}"))

    def manifest(self, kind: str, key: str) -> bytes:
        """Reads a record's manifest, with which a copy of the record can be checked.

        Raises:
            StoreError: no such record.
        """
        file = self.folder(kind, key) / MANIFEST
        if not file.is_file():
            raise StoreError(f"{file.parent} is not a record: it has no {MANIFEST}.")
        if file.stat().st_size > _LARGEST_MANIFEST:
            raise StoreError(f"{file} is not what was written (size).")
        return file.read_bytes()

    def _read(self, kind: str, key: str) -> dict[str, bytes]:
        folder = self.folder(kind, key)
        sizes = sizes_in(self.manifest(kind, key), str(folder))
        contents = {file.name: _read_whole(file, sizes) for file in folder.iterdir()}
        return checked(contents, str(folder))


_SWAP_SECONDS = 0.05
_LARGEST_MANIFEST = 2**20
"""The most bytes of a manifest; one of five files has 600."""
_LEAST_BYTES = 1 << 16
"""The room that a store must have before anything is computed; every record is larger."""
_LEFT_SECONDS = 24 * 3600


def _swap(new: Path, target: Path, old: Path) -> None:
    """Replaces `target` by `new`: at once where the system can, else a signal in between leaves `target` as it was."""
    if target.exists() and exchanged(new, target):
        return
    try:
        if target.exists():
            target.replace(old)
        new.replace(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.replace(target)
        raise


def _read_whole(file: Path, sizes: Mapping[str, int]) -> bytes:
    """Reads a file of a record; nothing of one that is of another size than its manifest says.

    Raises:
        StoreError: a file that is larger than the memory that is free; names it.
    """
    if file.name == MANIFEST:
        return file.read_bytes()
    if not file.is_file() or file.stat().st_size != sizes.get(file.name):
        return b""
    size, free = sizes[file.name], psutil.virtual_memory().available
    if size > free:
        raise StoreError(f"{file} has {size / 2**30:,.1f} GiB, and {free / 2**30:,.1f} GiB of memory are free.")
    return file.read_bytes()


def _write_synced(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
