"""What this machine has: memory of its device, room on its disks."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Disk:
    """A file system."""

    device: int
    free: float
    """Bytes"""


@dataclass(frozen=True)
class Room:
    """What there is for runs; None for what cannot be asked."""

    memory: float | None
    """All memory of the device, in bytes: of one GPU, or of the machine."""
    store: Disk | None
    """Where the store lies."""
    cache: Disk | None
    """Where weights are made that do not come from the hub."""
    hub: Disk | None
    """Where weights from the hub come to lie."""


@dataclass
class Needs:
    """What runs need on each disk, whichever store they go to."""

    _free: dict[int, float] = field(default_factory=dict)
    _needed: dict[int, dict[str, float]] = field(default_factory=dict)

    def add(self, disk: Disk | None, what: str, n_bytes: float) -> None:
        """Adds bytes that something needs there."""
        if disk is not None and n_bytes:
            self._free[disk.device] = disk.free
            own = self._needed.setdefault(disk.device, {})
            own[what] = own.get(what, 0.0) + n_bytes

    @property
    def too_much(self) -> list[tuple[str, float, float]]:
        """Lists the disks that have no room: what is to lie there, the bytes that it needs, and those that are free."""
        sums = [(device, " and ".join(own), sum(own.values())) for device, own in self._needed.items()]
        return [(what, needed, self._free[device]) for device, what, needed in sums if needed > self._free[device]]


def room(store: Path, cache: Path, hub: Path, on_gpu: bool) -> Room:
    """Asks the machine; nothing is created."""
    memory = _gpu_memory() if on_gpu else float(psutil.virtual_memory().total)
    return Room(memory, *map(_disk_of, (store, cache, hub)))


def _disk_of(folder: Path) -> Disk | None:
    """Finds where a folder lies or would lie."""
    there = next((own for own in (folder, *folder.absolute().parents) if own.is_dir()), None)
    try:
        return None if there is None else Disk(there.stat().st_dev, float(shutil.disk_usage(there).free))
    except OSError:
        return None


def _gpu_memory() -> float | None:
    """Gives the memory of the smallest GPU, as NVIDIA's tool says; None without it."""
    words = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        found = subprocess.run(words, capture_output=True, text=True, check=True, timeout=10).stdout.split()
        return min(float(own) for own in found) * 2**20
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
