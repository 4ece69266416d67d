"""Hooks in a child: something happens at its n-th write, and each batch that it begins is listed."""

from __future__ import annotations

import hashlib
import importlib
import math
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink"}
_BATCHES = {"activations": "_read_batch", "generation": "_write_batch", "scoring": "_logprobs"}
"""What of `emogeo.models` takes one batch."""


def at_write(folder: Path, number: int, happens: Callable[[], None]) -> None:
    """Has something happen before the process changes the folder for the n-th time.

    A change opens a file to be written, makes, renames or removes a file or a folder, or waits until the disk has it.
    """
    left, inside, real = [number], str(folder), os.fsync

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            happens()

    def hook(event: str, told: tuple[Any, ...]) -> None:
        if left[0] > 0 and changes(event, told, inside):
            count()

    def synced(descriptor: Any) -> None:
        if left[0] > 0:
            count()
        real(descriptor)

    os.fsync = synced
    sys.addaudithook(hook)


def changes(event: str, told: tuple[Any, ...], inside: str) -> bool:
    """Whether an audit event changes a folder."""
    if event == "open":
        path, _, flags = told
        return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) and _is_inside(path, inside)
    return event in _CHANGES and _is_inside(told[0], inside)


def _is_inside(path: Any, inside: str) -> bool:
    return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(inside)


def counted_writes(folder: Path, into: Path) -> None:
    """Counts the changes of a folder, one byte in a file each."""
    stream, real = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_APPEND), os.fsync

    def hook(event: str, told: tuple[Any, ...]) -> None:
        if changes(event, told, str(folder)):
            os.write(stream, b".")

    def synced(descriptor: Any) -> None:
        os.write(stream, b".")
        real(descriptor)

    os.fsync = synced
    sys.addaudithook(hook)


def die() -> None:
    """Ends this process as a crash does."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(seconds: float) -> None:
    """Ends this process as a crash does, whatever it is doing then."""

    def later() -> None:
        time.sleep(seconds)
        die()

    threading.Thread(target=later, daemon=True).start()


def list_batches(into: Path) -> None:
    """Adds a line to a file for each batch that a model reads, writes or scores, when it is begun."""
    stream = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    _keep_each_batch()
    for room, name in _BATCHES.items():
        module = importlib.import_module(f"emogeo.models.{room}")
        setattr(module, name, _listing(getattr(module, name), room, stream))


def _keep_each_batch() -> None:
    """Has every batch kept at once: those of a tiny model take so little time that they would be kept together."""
    module = importlib.import_module("emogeo.store.kept")
    for name, value in (("_EVERY_SECONDS", 0.0), ("_SHARE", math.inf)):
        if not hasattr(module, name):
            raise AttributeError(f"emogeo.store.kept.{name}")
        setattr(module, name, value)


def _listing(original: Callable[..., Any], room: str, stream: int) -> Callable[..., Any]:
    def listed(model: Any, *told: Any, **named: Any) -> Any:
        what = repr([part for part in told if isinstance(part, list | tuple | int)])
        if room == "activations":  # a reread, and another pooling, read the same texts again
            plan = next(part for part in told if type(part).__name__ == "PassPlan")
            what += repr((plan.pooling, plan.reread, plan.n_blocks))
        os.write(stream, f"{room} {hashlib.sha256(what.encode()).hexdigest()}\n".encode())
        return original(model, *told, **named)

    return listed


def batches_in(file: Path) -> Counter[str]:
    """Counts the batches that were begun, by what they are."""
    return Counter(file.read_text().splitlines() if file.exists() else [])
