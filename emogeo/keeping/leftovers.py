"""What nobody needs in a store: states of no run, and what killed processes have left."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from emogeo.amounts import counted
from emogeo.errors import StoreError
from emogeo.keeping.contents import size_of
from emogeo.keeping.listing import SHORT
from emogeo.keeping.removing import Doomed, Removal
from emogeo.keeping.runs_removed import states_doomed
from emogeo.keeping.uses import ForwardPass, Uses
from emogeo.locks import held_if_free, lockable
from emogeo.store.store import ACTIVATIONS, GENERATIONS, KEY, KINDS, RUNS, Store
from emogeo.tracking.session import offline_runs, written

_WRITING, _RUNNING = 3600, 24 * 3600
"""Seconds after which nothing is being written any more; and after which a run that has read has its record."""
_TEXTS = re.compile(f"({KEY.pattern})(-[0-9a-f]{{12}})?[.]jsonl")
"""Texts that are being written: their key, and a digest of what they are written with."""


def leftovers(uses: Uses, spares: bool = False) -> Removal:
    """Gives what nobody needs.

    Args:
        spares: also states in poolings that no run has used, of passes that runs have used.
    """
    store, busy = uses.contents.store, in_use(uses.contents.store)
    known = all(run.record is not None for run in uses.contents.runs)
    of_no_run = [own for own in uses.passes if not own.users and known]
    young = [own for own in of_no_run if busy and _age(_folders(store, own)) < _RUNNING]
    doomed = [states_doomed(uses, own) for own in of_no_run if own not in young]
    if spares:
        doomed += [_spares(uses, own) for own in uses.passes if own.users and own.spare]
    doomed += [*_temporary(store), *_partial(store), *_broken_mirrors(store)]
    return Removal(tuple(doomed), tuple(_notes(uses, len(young))))


def in_use(store: Store) -> bool:
    """Whether a run or a pass of the store is being computed; also where locks cannot tell it."""
    folder = store.path / ".locks"
    if not folder.is_dir():
        return False
    return not lockable(folder) or any(_is_held(file) for file in folder.glob("*.lock") if not file.is_symlink())


def _is_held(file: Path) -> bool:
    with held_if_free(file) as held:
        return not held


def _spares(uses: Uses, own: ForwardPass) -> Doomed:
    """The poolings of a pass that no run has used; reading them again is reading the pass again."""
    spare = replace(own, poolings=own.spare)
    doomed = states_doomed(uses, spare)
    return replace(
        doomed,
        name=f"{counted(len(own.spare), 'pooling')} that no run used, beside {own.keys[0][:SHORT]}",
        locks=tuple((ACTIVATIONS, key) for key in own.keys),
    )


def _folders(store: Store, own: ForwardPass) -> list[Path]:
    return [store.folder(ACTIVATIONS, key) for key in own.keys]


def _temporary(store: Store) -> Iterator[Doomed]:
    """What killed processes were writing, or removing."""
    for path in _within(store.path / ".tmp"):
        if _age([path]) > _WRITING:
            yield Doomed("files", f".tmp/{path.name}", size_of(path), (path,))


def _partial(store: Store) -> Iterator[Doomed]:
    """Unfinished texts and batches whose record is there, and what was left when they were written anew.

    A pass that is read again may be locked by another of its poolings, so batches are left for an hour, too.
    """
    for path in _within(store.path / "partial"):
        texts, old = _TEXTS.fullmatch(path.name), _age([path]) > _WRITING
        kinds = [GENERATIONS] if texts else list(KINDS) if path.is_dir() and KEY.fullmatch(path.name) and old else []
        key = texts[1] if texts else path.name
        kind = next((kind for kind in kinds if _is_whole(store, kind, key)), None)
        if kind is not None:
            name = f"partial/{key[:SHORT]}, whose record is finished"
            yield Doomed("files", name, size_of(path), (path,), ((kind, key),))
        elif path.name.startswith(".part-") and old:
            yield Doomed("files", f"partial/{path.name}", size_of(path), (path,))


def _is_whole(store: Store, kind: str, key: str) -> bool:
    if not store.has(kind, key):
        return False
    try:
        store.read(kind, key)
    except StoreError:
        return False
    return True


def _broken_mirrors(store: Store) -> Iterator[Doomed]:
    """Offline runs of W&B that were cut off; a rerun, which is skipped, makes them again."""
    for folder in _within(store.path / "wandb"):
        if KEY.fullmatch(folder.name) and folder.is_dir() and not written(folder) and _age([folder]) > _WRITING:
            broken = tuple(path for path in offline_runs(folder) if not path.is_symlink())
            if broken:
                name = f"{folder.name[:SHORT]}: an offline run of W&B that was cut off"
                yield Doomed("W&B", name, sum(map(size_of, broken)), broken, ((RUNS, folder.name),))


def _within(folder: Path) -> list[Path]:
    """Lists a folder of the store; nothing where it is a link, which leads elsewhere."""
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _age(paths: list[Path]) -> float:
    """Gives the seconds since anything was last changed in some files or folders."""
    return time.time() - max((changed for path in paths for changed in _changes(path)), default=0.0)


def _changes(path: Path) -> Iterator[float]:
    walked = () if path.is_symlink() else os.walk(path)  # goes into no link, and passes over what is gone since
    within = (Path(where) / name for where, folders, names in walked for name in (*folders, *names))
    for each in (path, *within):
        try:
            yield each.lstat().st_mtime
        except OSError:  # gone since
            continue


def _notes(uses: Uses, young: int) -> Iterator[str]:
    if young:
        what = counted(young, "pass", "passes")
        yield f"Kept, since runs are being computed here: {what} of no run, read less than a day ago."
    broken = sum(run.record is None for run in uses.contents.runs)
    if broken:
        yield f"{counted(broken, 'run')} cannot be read and may have used them: states of no run stay."
