"""One job per GPU: jobs of a sweep lease a slot each, through a lock file that is free again when its holder ends."""

from __future__ import annotations

import contextlib
import getpass
import itertools
import logging
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from emogeo.errors import ConfigError

log = logging.getLogger(__name__)
_POLL_SECONDS = 0.1


class _Lease:
    """This process's slot: held now, and held last (whose GPU may still have a model loaded)."""

    held: int | None = None
    last: int | None = None


@contextlib.contextmanager
def leased(slots: int | None, device: str) -> Iterator[int | None]:
    """Waits for a free slot and holds it; without slots, nothing; within a lease, the slot that is held.

    Slots are numbered as torch numbers the visible GPUs; every sweep of the user on this machine leases from the same.
    On a CPU they are shares of the cores.

    Args:
        device: cuda or cpu.

    Raises:
        ConfigError: more slots than GPUs.
    """
    if slots is None or _Lease.held is not None:
        yield _Lease.held
        return
    visible = visible_gpus()
    if device == "cuda" and visible is not None and slots > len(visible):
        raise ConfigError(f"cluster.slots={slots}: {len(visible)} GPUs are visible here, and each job leases one.")
    names = _names(slots, device, visible)
    with _free_slot(names) as slot:
        _Lease.held = _Lease.last = slot
        try:
            yield slot
        finally:
            _Lease.held = None


def on_slot(device: str) -> str:
    """The device, on a GPU the leased one."""
    return f"cuda:{_Lease.held}" if device == "cuda" and _Lease.held is not None else device


@contextlib.contextmanager
def _free_slot(names: Sequence[str]) -> Iterator[int]:
    announced = False
    while True:
        for slot in sorted(range(len(names)), key=lambda slot: slot != _Lease.last):
            lock = FileLock(_folder() / f"{names[slot]}.lock")
            with contextlib.suppress(Timeout):
                lock.acquire(blocking=False)
            if lock.is_locked:
                try:
                    yield slot
                finally:
                    lock.release()
                return
        if not announced:
            log.info("all %d slots are taken, waiting", len(names))
            announced = True
        time.sleep(_POLL_SECONDS)


def visible_gpus() -> list[str] | None:
    """Names of the GPUs as CUDA_VISIBLE_DEVICES has them, else numbers; None where they cannot be counted."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        names = [name.strip() for name in named.split(",")]
        return list(itertools.takewhile(lambda name: name not in {"", "-1"}, names))
    if Path("/dev/kfd").exists() or Path("/dev/dxg").exists():
        return None
    return [str(number) for number in range(len(list(Path("/dev").glob("nvidia[0-9]*"))))]


def _names(slots: int, device: str, visible: Sequence[str] | None) -> list[str]:
    """A GPU's own name, not its number among the visible ones."""
    if device == "cpu":
        return [f"cpu-{slot}" for slot in range(slots)]
    return list(visible[:slots]) if visible else [str(slot) for slot in range(slots)]


def _folder() -> Path:
    """Gives the folder of lock files, which lies on this machine and not on a shared disk.

    Raises:
        ConfigError: a folder that belongs to another user.
    """
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in containers
        user = str(os.getuid())
    folder = Path(tempfile.gettempdir()) / f"emogeo-slots-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise ConfigError(f"{folder} belongs to another user: set TMPDIR to a folder of your own.")
    return folder
