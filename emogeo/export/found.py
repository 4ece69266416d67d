"""Which runs are meant: a folder, a key, or how it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from emogeo.errors import StoreError
from emogeo.export.metadata import Measured
from emogeo.record.files import RUN_FILE
from emogeo.record.json import parse_record
from emogeo.record.reading import read_run
from emogeo.record.run import BareRun, Run, SteeringRun
from emogeo.record.types import AnyRecord, BareRecord, GeometryRecord
from emogeo.store.store import RUNS, Store

_SHOWN = 12


def found_run(word: str, store: Store) -> tuple[Store, str]:
    """Gives the store and the key of a run.

    Args:
        word: STORE/runs/KEY, a key of `store`, or how either begins.

    Raises:
        StoreError: no such run, or several; lists what there is.
    """
    path = Path(word).expanduser().resolve()
    if path.parent.name == RUNS and ("/" in word or path.is_dir()):
        store, word = Store(path.parents[1]), path.name
    elif not re.fullmatch("[0-9a-f]+", word):
        raise StoreError(f"{word}: no key of a run, and not in a folder `{RUNS}`. {_list_of(store)}")
    keys = [key for key in store.keys(RUNS) if key.startswith(word)]
    if len(keys) > 1:
        titles = [_title(_record(store, key)) for key in keys]
        raise StoreError(f"{word}: {len(keys)} runs have a key that begins so:{_lines(keys, titles)}")
    if not keys:
        raise StoreError(f"{word}: no run has a key that begins so. {_list_of(store)}")
    return store, keys[0]


def finished_run(store: Store, key: str) -> Measured:
    """Reads a run, whose files must all be as they were written.

    Raises:
        StoreError: a broken record, a run that was refused, or a probe, which has no vectors of its own.
    """
    run = read_run(store, key)
    if not isinstance(run, Run | BareRun):
        added = f" of its own; it added those of {run.record.vectors[:12]}" if isinstance(run, SteeringRun) else ""
        raise StoreError(
            f"{key[:12]} is a run of mode={run.record.mode.value}, which has no vectors{added}. {_list_of(store)}"
        )
    if not run.finished:
        raise StoreError(f"{key[:12]} was refused, so that there is nothing to export: {run.record.reason}")
    return run


def _list_of(store: Store) -> str:
    """Says which runs can be exported, and how many cannot."""
    if not store.path.is_dir():
        return f"There is no store {store.path}: give its folder, by --store."
    records = {key: _record(store, key) for key in store.keys(RUNS)}
    fit = {
        key: own.title
        for key, own in records.items()
        if isinstance(own, GeometryRecord | BareRecord) and own.result is not None
    }
    others = (
        f"; {len(records) - len(fit)} others were refused, are probes, or cannot be read"
        if len(fit) < len(records)
        else ""
    )
    return f"{store.path} has {len(fit)} runs with vectors{others}{':' if fit else '.'}{_lines(fit, fit.values())}"


def _lines(keys: Iterable[str], titles: Iterable[str]) -> str:
    lines = [f"\n  {key[:12]} {title}" for key, title in zip(keys, titles, strict=True)]
    more = f"\n  and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "".join(lines[:_SHOWN]) + more


def _record(store: Store, key: str) -> AnyRecord | None:
    """Reads a record without the rest of its run; None for one that cannot be read."""
    try:
        return parse_record((store.folder(RUNS, key) / RUN_FILE).read_bytes(), key[:12])
    except (OSError, StoreError):
        return None


def _title(record: AnyRecord | None) -> str:
    if record is None:
        return "(cannot be read)"
    return record.title if record.status == "finished" else f"{record.title} ({record.status})"
