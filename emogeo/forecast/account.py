"""The account of many runs, in the order in which they would be done: what one has read, none reads again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from emogeo.forecast.network import PROCESS
from emogeo.forecast.speeds import CPU_WRITING, GPU_WRITING, Seen, Speed, is_refused, speed_of
from emogeo.forecast.work import Model, Planned, Reads, Writes
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store

LOADING, LOADING_BYTES = 5.0, 1e9
"""Seconds that a model takes to be loaded, and bytes a second of its weights: assumed."""
MEASURING = 5.0
"""Seconds of measuring and recording a run: assumed."""


@dataclass
class Sum:
    """What the runs of one model would do."""

    name: str
    runs: int = 0
    finished: int = 0
    refused: int = 0
    """Finished with the record of a refusal."""
    repeated: int = 0
    """The same as a run before."""
    passed_over: int = 0
    passes: int = 0
    texts_written: int = 0
    tokens_read: float = 0.0
    tokens_written: float = 0.0
    seconds: float = 0.0
    memory: float = 0.0
    """The most bytes at once, of the device's memory."""
    disk: float = 0.0
    loads: set[tuple[str, str, str]] = field(default_factory=set)
    speeds: set[str] = field(default_factory=set)
    """Where the speeds come from."""
    fetched: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Weights that are not here: bytes, about, and where they come from."""
    sizeless: set[str] = field(default_factory=set)
    """Of these, the ones of which nobody says how large they are."""
    on_gpu: bool = False


class Account:
    """Adds runs up in the order in which they would be done."""

    def __init__(self, store: Store, seen: list[Seen], cores: int) -> None:
        self.store, self.sums, self.writes = store, dict[str, Sum](), set[str]()
        """`writes`: keys of the texts that the runs so far would write."""
        self._seen, self._cores, self._runs, self._passes = seen, cores, set[str](), set[str]()

    def add(self, run: Planned) -> None:
        """Adds a run: nothing but its number where it is finished, or the same as one before it."""
        own = self.sums.setdefault(run.model, Sum(run.model))
        own.runs += 1
        if run.passed_over is not None:
            own.passed_over += 1
        elif run.key in self._runs and not run.force:
            own.repeated += 1
        elif run.key is not None and not run.force and self.store.has(RUNS, run.key):
            own.finished += 1
            own.refused += is_refused(self.store, run.key)
        else:
            self._do(own, run)

    def _do(self, own: Sum, run: Planned) -> None:
        self._runs |= {run.key} - {None}  # type: ignore[arg-type]
        own.seconds += MEASURING
        own.disk += run.bytes
        if run.absent is not None:
            model = run.absent.model
            own.fetched[model.name] = (2.0 * model.network.params, run.absent.where)
            own.sizeless |= set() if run.absent.sized else {model.name}
        for writes in run.writes:
            self._write(own, writes, run.force)
        for reads in run.reads:
            self._read(own, reads, run.force)

    def _write(self, own: Sum, writes: Writes, force: bool) -> None:
        if writes.key is not None and not force and self._is_there(GENERATIONS, writes.key, self.writes):
            return
        self.writes |= {writes.key} - {None}  # type: ignore[arg-type]
        model, speed = writes.model, self._load(own, writes.model)
        slower = GPU_WRITING if own.on_gpu else CPU_WRITING
        own.texts_written += round(writes.texts * writes.share)
        own.tokens_written += writes.new_tokens * writes.share
        own.seconds += writes.share * (writes.before + slower * writes.new_tokens) / speed.tokens_per_s
        needed = model.network.writing(model.precision, writes.at_once, writes.longest)
        own.memory = max(own.memory, needed + PROCESS)

    def _read(self, own: Sum, reads: Reads, force: bool) -> None:
        if reads.key is not None and not force and self._is_there(ACTIVATIONS, reads.key, self._passes):
            return
        keys = [key for key in (reads.key, *reads.also) if key is not None]
        own.disk += reads.bytes * sum(not self._is_there(ACTIVATIONS, key, self._passes) for key in keys)
        self._passes |= set(keys)
        model, speed = reads.model, self._load(own, reads.model)
        own.passes += 1
        own.tokens_read += reads.tokens
        own.seconds += reads.tokens / speed.tokens_per_s * reads.n_blocks / model.network.n_layers
        needed = model.network.reading(model.precision, reads.token_budget, reads.texts)
        own.memory = max(own.memory, needed + PROCESS)

    def _is_there(self, kind: str, key: str, planned: set[str]) -> bool:
        return key in planned or self.store.has(kind, key)

    def _load(self, own: Sum, model: Model) -> Speed:
        """Loads a model once, and gives its speed."""
        speed = speed_of(model, self._seen, self._cores)
        own.speeds.add(speed.origin)
        own.on_gpu = own.on_gpu or model.device.startswith("cuda")
        if model.load not in own.loads:
            own.loads.add(model.load)
            own.seconds += LOADING + 2.0 * model.network.params / LOADING_BYTES
            needed = model.network.loading(model.precision, model.trained, model.device)
            own.memory = max(own.memory, needed + PROCESS)
        return speed


def total(sums: Iterable[Sum]) -> Sum:
    """Adds the models up; of memory the most is taken, since models take turns."""
    found = Sum("all")
    for own in sums:
        for name in ("runs", "finished", "refused", "repeated", "passed_over", "passes", "texts_written"):
            setattr(found, name, getattr(found, name) + getattr(own, name))
        for name in ("tokens_read", "tokens_written", "seconds", "disk"):
            setattr(found, name, getattr(found, name) + getattr(own, name))
        found.memory, found.on_gpu = max(found.memory, own.memory), found.on_gpu or own.on_gpu
        found.loads |= own.loads
        found.speeds |= own.speeds
        found.fetched |= own.fetched
        found.sizeless |= own.sizeless
    return found
