"""What this machine has: memory of its device, room on its disks."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Room:
    """What there is for runs, in bytes; None for what cannot be asked."""

    memory: float | None
    """All memory of the device: of one GPU, or of the machine."""
    store: float | None
    """Free on the disk of the store."""
    cache: float | None
    """Free on the disk of weights."""


def room(store: Path, cache: Path, on_gpu: bool) -> Room:
    """Asks the machine; nothing is created."""
    memory = _gpu_memory() if on_gpu else float(psutil.virtual_memory().total)
    return Room(memory, _free(store), _free(cache))


def _free(folder: Path) -> float | None:
    """Gives what is free where a folder lies or would lie."""
    there = next((own for own in (folder, *folder.absolute().parents) if own.is_dir()), None)
    try:
        return None if there is None else float(shutil.disk_usage(there).free)
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
