"""One job per GPU: jobs of a sweep lease a slot each, through a lock file that is free again when its holder ends."""

from __future__ import annotations

import contextlib
import getpass
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)
_POLL_SECONDS = 0.1


class _Lease:
    """This process's slot: held now, and held last (whose GPU may still have a model loaded)."""

    held: int | None = None
    last: int | None = None


@contextlib.contextmanager
def leased(slots: int | None) -> Iterator[int | None]:
    """Waits for a free slot and holds it; without slots, nothing; within a lease, the slot that is held.

    Slots are numbered as torch numbers the visible GPUs; every sweep of the user on this machine leases from the same.
    """
    if slots is None or _Lease.held is not None:
        yield _Lease.held
        return
    with _free_slot(slots) as slot:
        _Lease.held = _Lease.last = slot
        try:
            yield slot
        finally:
            _Lease.held = None


def on_slot(device: str) -> str:
    """The device, on a GPU the leased one."""
    return f"cuda:{_Lease.held}" if device == "cuda" and _Lease.held is not None else device


@contextlib.contextmanager
def _free_slot(slots: int) -> Iterator[int]:
    told = False
    while True:
        for slot in sorted(range(slots), key=lambda slot: slot != _Lease.last):
            lock = FileLock(_lock_file(slot))
            with contextlib.suppress(Timeout):
                lock.acquire(blocking=False)
            if lock.is_locked:
                try:
                    yield slot
                finally:
                    lock.release()
                return
        if not told:
            log.info("all %d slots are taken, waiting", slots)
            told = True
        time.sleep(_POLL_SECONDS)


def _lock_file(slot: int) -> Path:
    """Named by the GPU, not by its number among the visible ones."""
    visible = [name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    name = visible[slot] if slot < len(visible) else str(slot)
    folder = Path(tempfile.gettempdir()) / f"emogeo-slots-{getpass.getuser()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{name}.lock"
