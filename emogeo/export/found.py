"""Which runs are meant: a folder, a key, or how it begins."""

from __future__ import annotations

import re
from pathlib import Path

from emogeo.errors import StoreError
from emogeo.record.files import RUN_FILE
from emogeo.record.json import parse_record
from emogeo.record.reading import read_run
from emogeo.record.run import Run
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
    if path.parent.name == RUNS:
        store, word = Store(path.parents[1]), path.name
    elif not re.fullmatch("[0-9a-f]+", word):
        raise StoreError(f"{word}: no key of a run, and not in a folder `{RUNS}`. {_list_of(store)}")
    keys = [key for key in store.keys(RUNS) if key.startswith(word)]
    if len(keys) != 1:
        many = f"{len(keys)} runs have a key that begins so" if keys else "no run has a key that begins so"
        raise StoreError(f"{word}: {many}. {_list_of(store, keys)}")
    return store, keys[0]


def finished_run(store: Store, key: str) -> Run:
    """Reads a run, whose files must all be as they were written.

    Raises:
        StoreError: a broken record, a run that was refused, or a probe, which has no vectors of its own.
    """
    run = read_run(store, key)
    if not isinstance(run, Run):
        what = run.record.mode.value
        raise StoreError(f"{key[:12]} is a run of mode={what}, which has no vectors. {_list_of(store)}")
    if not run.finished:
        raise StoreError(f"{key[:12]} was refused, so that there is nothing to export: {run.record.reason}")
    return run


def _list_of(store: Store, keys: list[str] | None = None) -> str:
    """Says which runs there are, or which of some keys."""
    if not store.path.is_dir():
        return f"There is no store {store.path}: give its folder, by --store."
    shown = keys or list(store.keys(RUNS))
    lines = [f"  {key[:12]} {_title(store, key)}" for key in shown[:_SHOWN]]
    more = [f"  and {len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []
    return "\n".join([f"{store.path} has {len(shown)} runs{':' if shown else '.'}", *lines, *more])


def _title(store: Store, key: str) -> str:
    try:
        record = parse_record((store.folder(RUNS, key) / RUN_FILE).read_bytes(), key[:12])
    except (OSError, StoreError):
        return "(cannot be read)"
    return record.title if record.status == "finished" else f"{record.title} ({record.status})"
