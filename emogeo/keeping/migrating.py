"""Records of earlier versions written as the present one writes them, where nothing needs computing.

A record keeps its key, its arrays and its texts; fields that it did not have get the values that it is read with.
States of passes are left as they are: they read the same, and writing them anew would copy all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from emogeo.config.train import TrainConfig
from emogeo.errors import EmogeoError, RecordError, StoreError
from emogeo.installation import command
from emogeo.keeping.again import words_again
from emogeo.keeping.verifying import Facts, check_texts
from emogeo.locks import held_if_free
from emogeo.record.decoded import decoded
from emogeo.record.files import FACTS, RUN_FILE
from emogeo.record.json import parse_record, plain, record_json, row_of
from emogeo.record.reading import read_run
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.store.keys import Json, canonical_json
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.terminal import one_line

_PLAIN = re.compile(r"[\w.()+-]{1,80}")


class Outcome(Enum):
    """What became of one record."""

    migrated = "migrated"
    present = "present"
    """It was as the present version writes it."""
    lacking = "lacking"
    """The same, but for a part that only computing gives."""
    left = "left"
    """It cannot be migrated, or another process was at it."""


@dataclass(frozen=True)
class Migrated:
    """One record, and what became of it."""

    kind: str
    key: str
    outcome: Outcome
    reason: str = ""
    """Why it was left."""
    words: tuple[str, ...] = ()
    """What to type to have it by computing."""


def migrated(store: Store) -> Iterator[Migrated]:
    """Migrates one record after another; a process that is killed in between leaves every record whole."""
    for key in store.keys(RUNS):
        yield _run(store, key)
    for key in store.keys(GENERATIONS):
        yield _texts(store, key)


def _run(store: Store, key: str) -> Migrated:
    try:
        with held_if_free(store.lock_file(RUNS, key)) as held:
            if not held:
                return Migrated(RUNS, key, Outcome.left, "another process is at it")
            run = read_run(store, key)
            content = record_json(run.record)
            if content == run.files[RUN_FILE]:
                return Migrated(RUNS, key, Outcome.lacking if _lacks(run.record) else Outcome.present)
            if parse_record(content, key) != run.record:
                raise RecordError(f"{store.folder(RUNS, key)}: what would be written reads otherwise")
            store.write(RUNS, key, {**run.files, RUN_FILE: content})
            return Migrated(RUNS, key, Outcome.migrated)
    except StoreError as error:
        return Migrated(RUNS, key, Outcome.left, one_line(str(error)), tuple(words_of(store, key)))


def _texts(store: Store, key: str) -> Migrated:
    folder = str(store.folder(GENERATIONS, key))
    try:
        with held_if_free(store.lock_file(GENERATIONS, key)) as held:
            if not held:
                return Migrated(GENERATIONS, key, Outcome.left, "another process is at it")
            files = store.read(GENERATIONS, key)
            content = _facts_json(found := check_texts(files, folder, key))
            if content == files[FACTS]:
                return Migrated(GENERATIONS, key, Outcome.present)
            if not _same(check_texts({**files, FACTS: content}, folder, key), found):
                raise RecordError(f"{folder}: what would be written reads otherwise")
            store.write(GENERATIONS, key, {**files, FACTS: content})
            return Migrated(GENERATIONS, key, Outcome.migrated)
    except StoreError as error:
        return Migrated(GENERATIONS, key, Outcome.left, one_line(str(error)))


def _facts_json(facts: Facts) -> bytes:
    """Writes counts and origin with all of their fields, and everything else as it is."""
    parts = {"counts": facts.counts, "written": facts.written, "made_with": facts.made_with}
    return canonical_json({**facts.found, **{name: part and plain(part) for name, part in parts.items()}})


def _same(a: Facts, b: Facts) -> bool:
    return (a.counts, a.written, a.made_with) == (b.counts, b.written, b.made_with)


def _lacks(record: AnyRecord) -> bool:
    """Whether a record lacks the tokens that its vectors promote, which only the model gives."""
    if not isinstance(record, GeometryRecord) or record.imported is not None:
        return False
    return record.result is not None and record.result.lens is None


def words_of(store: Store, key: str) -> list[str]:
    """Gives the command that computes a run whose record cannot be read, as far as its configuration can be."""
    file = store.folder(RUNS, key) / RUN_FILE
    try:
        found = decoded(file.read_bytes(), str(file))
        config = found.get("config") if isinstance(found, dict) else None
        return [] if config is None else _of_config(config, store)
    except (OSError, StoreError):
        return []


def _of_config(config: Json, store: Store) -> list[str]:
    try:
        return words_again(row_of(TrainConfig, config, "config"), str(store.path))
    except (EmogeoError, AttributeError, TypeError, ValueError):
        named = {part: _name(config, part) for part in ("model", "precision", "mode", "prompt_template")}
        return [*command("train").split(), *(f"{part}={name}" for part, name in named.items() if name)]


def _name(config: Json, part: str) -> str | None:
    """Gives the name of an option, where it is a plain word."""
    option = config.get(part) if isinstance(config, dict) else None
    name = option.get("name") if isinstance(option, dict) else None
    return name if isinstance(name, str) and _PLAIN.fullmatch(name) else None
