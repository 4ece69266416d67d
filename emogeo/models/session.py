"""One loaded model for many runs: a run reads, writes and scores with it, and so does the next run of the process."""

from __future__ import annotations

import gc
import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emogeo.config.train import TrainConfig
from emogeo.machine import cores
from emogeo.models.ahead import read_ahead
from emogeo.models.precision import Precision
from emogeo.models.slots import on_slot
from emogeo.models.unloading import wait_for_holders
from emogeo.models.weights.resolve import Weights

if TYPE_CHECKING:  # imports torch, which planning does without
    from emogeo.models.loading import LoadedModel

log = logging.getLogger(__name__)
LOADED: OrderedDict[tuple[str, ...], LoadedModel] = OrderedDict()
"""The models of this process by weights (id, revision, title), precision and placement.

The least recently used goes when memory is short.
"""


@dataclass(frozen=True)
class Session:
    """Which model is loaded, where and how; it is loaded when it is first asked for."""

    weights: Weights
    precision: Precision
    device: str
    device_map: str | None
    """accelerate's placement for a model that does not fit on the device"""
    threads: int
    progress: bool

    @property
    def placed_on(self) -> str:
        """The device; where runs lease GPUs, it is the leased one."""
        return on_slot(self.device)

    @property
    def loaded(self) -> LoadedModel | None:
        """The model, if this process has loaded it."""
        return LOADED.get(self._name)

    @property
    def _name(self) -> tuple[str, ...]:
        own = self.weights
        return (own.id, own.revision, own.title, self.precision.label, self.placed_on, str(self.device_map))

    def model(self, head: bool = False) -> LoadedModel:
        """The model, loaded on first use; one that was loaded with its head also reads.

        Raises:
            WeightsError, PrecisionError: see `emogeo.models.loading.load_model`.
        """
        import torch

        from emogeo.models import loading

        loading.show_progress(self.progress)
        torch.set_num_threads(self.threads)
        device, name = self.placed_on, self._name
        if name in LOADED and head and LOADED[name].causal is None:
            del LOADED[name]
        if name not in LOADED:
            _make_room(loading.memory_needed(self.weights, self.precision, device), device)
            LOADED[name] = loading.load_model(self.weights, self.precision, device, self.device_map, head)
            gc.collect()  # errors that libraries met when they were imported, which hold what reads with the model
            read_ahead()
        LOADED.move_to_end(name)
        return LOADED[name]


def session_of(config: TrainConfig, weights: Weights, precision: Precision, device: str) -> Session:
    """The session that a configuration asks for: its own number of threads, or its slot's share of the cores."""
    runtime = config.runtime
    return Session(weights, precision, device, runtime.device_map, threads_of(config), runtime.progress)


def threads_of(config: TrainConfig) -> int:
    """Gives the CPU threads of a run: those that are asked for, or its slot's share of the cores."""
    return config.runtime.threads or max(1, cores() // (config.cluster.slots or 1))


def _make_room(needed: float, device: str) -> None:
    import torch

    from emogeo.models import loading

    while LOADED and loading.free_bytes(device) < needed:
        wait_for_holders()
        dropped, _ = LOADED.popitem(last=False)
        log.info("unloading %s at %s to make room", dropped[2], dropped[3])
        gc.collect()
        if device.startswith("cuda"):
            torch.cuda.empty_cache()
