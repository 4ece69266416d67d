"""A task computes the record of one key: it is skipped where it is finished, else computed and recorded once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from emogeo.config.train import TrainConfig
from emogeo.errors import NonFiniteError, RecordError
from emogeo.machine import naming
from emogeo.models.precision import resolve_device
from emogeo.models.slots import leased
from emogeo.record.reading import record_in
from emogeo.record.types import AnyRecord
from emogeo.store.store import RUNS, Store
from emogeo.tracking.beside import check_tracking, track_run
from emogeo.tracking.mirror import tracked

log = logging.getLogger(__name__)
V = TypeVar("V", covariant=True)
Files = Mapping[str, bytes]
"""The files of a record, by name."""


@dataclass(frozen=True)
class Outcome:
    """The end of a task: its key, and whether it was computed."""

    key: str
    title: str
    computed: bool
    """Whether it was computed; False when it was finished before."""
    record: AnyRecord


@dataclass(frozen=True)
class Rest(Generic[V]):
    """What is left to do of a task once its texts are read; it needs no model."""

    do: Callable[[], V]
    """To be called once, by any thread."""
    title: str
    """The run, as people read of it."""
    size: int = 0
    """Bytes of states that it holds until then."""


@dataclass(frozen=True)
class Task:
    """A record that is wanted, by its key, and how to compute it."""

    key: str
    title: str
    config: TrainConfig
    compute: Callable[[Store], Files | Rest[Files]]
    """Computes the record's files, or all of it that needs the model."""


def run_task(task: Task) -> Outcome:
    """Computes and records, unless that was done before, and mirrors the record to W&B.

    Processes that are at the same task do it once: the others wait and find it done.

    Raises:
        NonFiniteError: the task was refused before.
        EmogeoError: whatever computing raises.
    """
    return begin_task(task).do()


def begin_task(task: Task) -> Rest[Outcome]:
    """Computes all that needs the model, and gives the rest; others wait for the record until that is done.

    Raises:
        NonFiniteError, EmogeoError: see `run_task`. What is left may raise an EmogeoError, too.
    """
    store = Store(task.config.store.path)
    known = None if task.config.force else _known(task.key, store)
    if known is not None:
        return _done(_answer_known(task, known, store))  # also from a store that cannot be written
    store.check_writable()
    with ExitStack() as locked, naming(store.path):
        locked.enter_context(store.lock(RUNS, task.key))
        known = None if task.config.force else _known(task.key, store)
        if known is not None:
            return _done(_answer_known(task, known, store))
        log.info("%s: %s", task.title, task.key[:12])
        check_tracking(task.config.tracking, store)
        with leased(task.config.cluster.slots, resolve_device(task.config.runtime.device)):
            computed = task.compute(store)
        rest = computed if isinstance(computed, Rest) else Rest(lambda: computed, task.title)
        return Rest(partial(_record, task, store, rest, locked.pop_all()), task.title, rest.size)


def _done(outcome: Outcome) -> Rest[Outcome]:
    return Rest(lambda: outcome, outcome.title)


def _record(task: Task, store: Store, rest: Rest[Files], locked: ExitStack) -> Outcome:
    with locked, naming(store.path):
        files = rest.do()
        folder = store.write(RUNS, task.key, files)
        log.info("finished %s: %s", task.title, folder)
        track_run(task.config.tracking, store, task.key)
        return Outcome(task.key, task.title, True, record_in(files, str(folder), task.key))


def _known(key: str, store: Store) -> AnyRecord | None:
    """Finds the record of an earlier run; None where there is none that is whole."""
    files = store.whole(RUNS, key)
    try:
        return None if files is None else record_in(files, str(store.folder(RUNS, key)), key)
    except RecordError as error:
        log.warning("%s. The record counts as missing and is computed again.", error)
        return None


def _answer_known(task: Task, record: AnyRecord, store: Store) -> Outcome:
    folder = store.folder(RUNS, task.key)
    of_a_sweep = "WANDB_SWEEP_ID" in os.environ  # it shows its record, old or new
    if of_a_sweep or not tracked(task.config.tracking, store, task.key):
        track_run(task.config.tracking, store, task.key, anew=of_a_sweep)
    if record.reason is not None:
        raise NonFiniteError(f"{record.reason} (refused before, {folder}; force=true tries again.)")
    store.drop_kept(task.key)  # where a process was killed between its record and its batches
    log.info("finished before, skipped: %s: %s", task.title, folder)
    return Outcome(task.key, task.title, False, record)
