"""The device of each agent: a GPU of its own, or a share of the cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from emogeo.models.slots import visible_gpus


class DevicesError(Exception):
    """Devices that do not exist, or are no devices."""


@dataclass(frozen=True)
class Device:
    """A GPU by its number, or some cores of the CPU."""

    name: str
    visible: str
    """The value of CUDA_VISIBLE_DEVICES."""
    cores: tuple[int, ...] = ()
    """Cores of the CPU; empty for all."""

    @contextmanager
    def cores_taken(self) -> Iterator[None]:
        """Restricts what is started within to these cores, from its first instruction on."""
        if not (self.cores and hasattr(os, "sched_setaffinity")):
            yield
            return
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.cores)
        try:
            yield
        finally:
            os.sched_setaffinity(0, before)


def parse_devices(typed: str) -> list[Device]:
    """Reads devices: `0,1,2,3` are GPUs, counted among the visible ones; `cpu:2` are two halves of the cores.

    Raises:
        DevicesError: anything else, a GPU twice, or one that this machine does not have.
    """
    kind, _, number = typed.partition(":")
    if kind == "cpu" and number.isdigit() and int(number) > 0:
        return _shares(int(number))
    names = typed.split(",")
    if not all(name.isdigit() for name in names):
        raise DevicesError(
            f"--gpus {typed}: give numbers of GPUs (--gpus 0,1,2,3), or --gpus cpu:2 for agents on CPUs."
        )
    if len(set(names)) < len(names):
        raise DevicesError(f"--gpus {typed}: a GPU is named twice.")
    visible = visible_gpus()
    if visible is not None and any(int(name) >= len(visible) for name in names):
        raise DevicesError(
            f"--gpus {typed}: {len(visible)} GPUs are visible here, counted from 0. On CPUs: --gpus cpu:2."
        )
    return [Device(f"gpu-{name}", visible[int(name)] if visible else name) for name in names]


def _shares(number: int) -> list[Device]:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    if number > len(cores):
        raise DevicesError(f"--gpus cpu:{number}: there are {len(cores)} cores.")
    return [Device(f"cpu-{index}", "", tuple(cores[index::number])) for index in range(number)]
