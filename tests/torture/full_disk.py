"""The disk is full from the n-th change of the store on: a sentence names the path, and the same command goes on later.

As root, the store lies on a tmpfs of its own, which is filled up at that moment. Without the right to mount one, the
change fails with ENOSPC, and so does every later one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import random
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from emogeo.store.store import RUNS, Store
from tests.torture.kills import Undisturbed, lost_and_wrong, sums_up, undisturbed
from tests.torture.sweeps import make, records
from tests.torture.trial import Found, NoSuchCaseError, Trial, main_of
from tests.torture.warm import run
from tests.torture.watched import at_write, changes, list_batches

KINDS = ("generation", "imports", "behaviour")
_MEBIBYTES = 8
_NEW_MOUNTS = 0x20000
"""CLONE_NEWNS of Linux: mounts that only this process and its children see."""


class FullDisk:
    """Single runs of three kinds, and a case for each change that they make."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, make(folder)
        self.whole = {kind: undisturbed(self.made, kind, folder / kind, one=True) for kind in KINDS}
        self.cases = [(kind, at) for kind in KINDS for at in range(1, self.whole[kind].writes + 1)]
        random.Random(0).shuffle(self.cases)
        self.real = can_mount()

    def case(self, number: int, folder: Path) -> Found:
        """Fills the disk at one change, then makes room and gives the command again."""
        if number >= len(self.cases):
            raise NoSuchCaseError
        kind, at = self.cases[number]
        own, disk = self.whole[kind], folder / "disk"
        disk.mkdir()
        if self.real:
            mount(disk)
        try:
            return self._tried(kind, own, at, folder)
        finally:
            if self.real:
                subprocess.run(["umount", "-l", disk], check=True)

    def _tried(self, kind: str, own: Undisturbed, at: int, folder: Path) -> Found:
        store, log = folder / "disk" / "store", folder / "log"
        words = [
            word.replace(str(store.parent / "jobs"), str(folder / "jobs"))
            for word in self.made.words(kind, store, True)
        ]
        happens = partial(fill, folder / "disk" / "ballast") if self.real else partial(refuse_from_now_on, store)

        def watched() -> None:
            list_batches(folder / "batches")
            at_write(store, at, happens)

        code = run(words, log, watched)
        said = log.read_text()
        named = code == 0 or (os.strerror(errno.ENOSPC) in said and str(store) in said)
        between = lost_and_wrong(own, Store(store), said)
        whole = {key for where, key in records(Store(store)) if where == RUNS} == own.runs
        (folder / "disk" / "ballast").unlink(missing_ok=True)
        ended = run(words, log)
        part = f"{kind}, {'a tmpfs is filled up' if self.real else 'ENOSPC from the n-th change on'}"
        as_promised = named and (code != 0 or whole) and code in {0, 1} and ended == 0
        return sums_up(part, own, Store(store), log, between, as_promised, f"change {at}: exit codes {code}, {ended}")


def can_mount() -> bool:
    """Whether this process may mount file systems: it has done so where nobody else sees them."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    if ctypes.CDLL(None).unshare(_NEW_MOUNTS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True).returncode == 0


def mount(folder: Path) -> None:
    """Mounts a small disk."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_MEBIBYTES}m", "none", folder], check=True)


def fill(ballast: Path) -> None:
    """Leaves no room on the disk where a file lies."""
    stream = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    size = 1 << 20
    while size:
        try:
            os.write(stream, b"\0" * size)
        except OSError:
            size //= 2
    os.close(stream)


def refuse_from_now_on(folder: Path) -> None:
    """Has this change of a folder, and every later one, fail for want of room."""

    def hook(event: str, told: tuple[Any, ...]) -> None:
        if changes(event, told, str(folder)) and event not in {"os.remove", "os.rmdir"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fsdecode(told[0]))

    sys.addaudithook(hook)


TRIAL = Trial("full_disk", "the disk is full", 150, lambda folder: FullDisk(folder).case, batches=None)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
