"""Finished batches of work that is not finished: whoever does the same work again goes on from there."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from emogeo.machine import naming
from emogeo.store.tensors import pack

log = logging.getLogger(__name__)
_EVERY_SECONDS = 2.0
"""Between two files of finished batches; a killed process loses the batches of so much time, or the one it was at."""
_SHARE = 0.03
"""The share of the time that saving may take; where a GPU is faster than a disk, some batches are let go."""
_LEFT_SECONDS = 7 * 24 * 3600
_FILE = re.compile("([0-9a-f]{12})-([0-9a-f]{64})")
"""A digest of what the arrays were made with, and the sha256 of the file."""


class Kept:
    """Arrays of finished batches by name, in the files of one folder."""

    def __init__(self, folder: Path, made: str) -> None:
        """Finds what an earlier process has left; files that are damaged are dropped, and that is said.

        Args:
            folder: of this work alone; its lock is held.
            made: names what the arrays are made with (device, libraries); those made with anything else are left aside.
        """
        self._folder, self._made = folder, digest_of(made)
        self._waiting: dict[str, np.ndarray[Any, Any]] = {}
        self._began = self._saved = time.monotonic()
        self._spent, self._reserved, self._full = 0.0, 0, False
        self._places = self._indexed()

    def __contains__(self, name: str) -> bool:
        """Says whether an earlier process has finished a batch."""
        return name in self._places

    def found(self, name: str) -> dict[str, np.ndarray[Any, Any]] | None:
        """Gives the arrays of a batch that an earlier process has finished, else None."""
        if name not in self._places:
            return None
        try:
            with safe_open(self._places[name], "numpy") as file:
                own = [key for key in file.keys() if key.startswith(f"{name}/")]  # noqa: SIM118, no dictionary
                return {key.removeprefix(f"{name}/"): file.get_tensor(key) for key in own}
        except OSError:  # where files cannot be locked, another process may have finished the work
            return None

    def keep(self, name: str, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Keeps the arrays of a finished batch, on disk every few seconds; `save` writes them at once.

        Those of seconds for which saving would take too much of the time are let go.

        Args:
            name: hex digits.
        """
        if self._full:
            return
        self._waiting.update({f"{name}/{own}": array for own, array in arrays.items()})
        now = time.monotonic()
        if now - self._saved >= _EVERY_SECONDS:
            if self._spent <= _SHARE * (now - self._began):
                self.save()
            self._waiting, self._saved = {}, now

    def reserve(self, size: int) -> None:
        """Leaves so many bytes free on the disk, for the record that is written when all is finished."""
        self._reserved = size

    def save(self) -> None:
        """Writes what is not yet on disk; where it finds no room, a warning says so, and the work goes on."""
        if not self._waiting:
            return
        started = time.monotonic()
        try:
            self._write(pack(self._waiting))
        except OSError as error:
            self._full = True
            log.warning("finished batches are not kept from here on: %s: %s", error.filename, error.strerror)
        self._waiting = {}
        self._spent += time.monotonic() - started

    def _write(self, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < self._reserved + len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))
        part = self._folder / f".part-{os.getpid()}"
        with naming(part):
            try:
                part.write_bytes(content)
                part.replace(self._folder / f"{self._made}-{hashlib.sha256(content).hexdigest()}")
            finally:
                part.unlink(missing_ok=True)

    def _indexed(self) -> dict[str, Path]:
        """Finds the file of each batch, once its checksum agrees."""
        places: dict[str, Path] = {}
        others = 0
        for file in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            named = _FILE.fullmatch(file.name)
            if named is not None and (named[1] != self._made or not os.access(file, os.R_OK)):
                others += 1
            elif named is not None and _checksum(file) == named[2]:
                with safe_open(file, "numpy") as part:
                    places.update({key.partition("/")[0]: file for key in part.keys()})  # noqa: SIM118
            else:
                _drop_damaged(file, named is not None)
        if others:
            log.warning(
                "%s: %d files of finished batches are of another user, device or set of libraries, and are left aside",
                self._folder,
                others,
            )
        return places


def digest_of(made: str) -> str:
    """Gives twelve hex digits that stand in names of files for what their content was made with."""
    return hashlib.sha256(made.encode()).hexdigest()[:12]


def drop(folder: Path) -> None:
    """Drops the batches of finished work."""
    shutil.rmtree(folder, ignore_errors=True)


def drop_old(folder: Path) -> None:
    """Drops the batches, in the folders of a folder, of work that nobody has gone on with for a week."""
    for own in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # another process may be just as quick
            if own.is_dir() and own.stat().st_mtime < time.time() - _LEFT_SECONDS:
                log.info("%s: finished batches of a week ago are dropped", own)
                drop(own)


def _drop_damaged(file: Path, said: bool) -> None:
    if said:
        log.warning("%s is damaged (checksum): its batches are computed again", file)
    with suppress(OSError):
        file.unlink()


def _checksum(file: Path) -> str | None:
    """Gives the sha256 of a file; None for one that cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
