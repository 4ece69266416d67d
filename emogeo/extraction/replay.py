"""The texts of another run, found by its key."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emogeo.errors import RecordError, StoreError
from emogeo.extraction.stories import Story
from emogeo.extraction.written import facts_in, stories_in
from emogeo.record.files import FACTS, RUN_FILE, STORIES
from emogeo.record.json import parse_record, row_of, written_of
from emogeo.record.origin import Generation, MadeWith, Written
from emogeo.record.reading import read_record
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.store.keys import Json
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.tracking.pull import artifact_files

_SHOWN = 5
WANDB = "wandb:"


@dataclass(frozen=True)
class Replayed:
    """Stories and where they come from."""

    key: str
    """The key of the generations record."""
    weights: dict[str, str]
    """The identity of the weights that wrote the texts."""
    written: Written
    """How the texts were written."""
    stories: list[Story]
    made_with: MadeWith | None = None
    """What the texts were made with; None where that was not recorded."""


def replayed(store: Store, source: str) -> Replayed:
    """Finds the texts of a generation run.

    Args:
        source: key of the run or of its texts, or its first digits; or `wandb:` and an artifact's path.

    Raises:
        StoreError: no such run, several, or one that has no written texts; says which there are.
    """
    if source.startswith(WANDB):
        return _fetched(store, source.removeprefix(WANDB))
    runs = [key for key in store.keys(RUNS) if key.startswith(source)]
    texts = [key for key in store.keys(GENERATIONS) if key.startswith(source)]
    if len(runs) + len(texts) != 1:
        raise StoreError(f"mode.source={source}: {_problem(store, runs + texts)}")
    if texts:
        return written(store, texts[0])
    generation = _generation(read_record(store, runs[0]))
    if generation is None:
        raise StoreError(f"mode.source={source}: that run has read passages. {_writers(store)}")
    return written(store, generation.key)


def _generation(record: AnyRecord) -> Generation | None:
    """The texts that a run has read, where a model wrote them."""
    return record.generation if isinstance(record, GeometryRecord) else None


def _fetched(store: Store, path: str) -> Replayed:
    """Downloads the texts of an artifact into the store, as if they had been written here."""
    files = artifact_files(path, GENERATIONS, [STORIES, FACTS])
    try:
        facts = facts_in(files, f"{WANDB}{path}")
        stories_in(files, f"{WANDB}{path}")
    except RecordError as error:
        raise StoreError(f"{WANDB}{path} holds no written texts ({error}).") from error
    key = facts["key"]
    if not re.fullmatch("[0-9a-f]{64}", key) or "written" not in facts:
        raise StoreError(f"{WANDB}{path} does not hold texts with their conditions and the key of their record.")
    if not store.has(GENERATIONS, key):
        store.write(GENERATIONS, key, files)
    elif store.read(GENERATIONS, key)[STORIES] != files[STORIES]:
        raise StoreError(
            f"{WANDB}{path} holds other texts than {store.folder(GENERATIONS, key)}, under one key (another device or "
            "batch size, say): use another store.path."
        )
    return written(store, key)


def written(store: Store, key: str) -> Replayed:
    """Reads the texts of a record.

    Raises:
        StoreError: no such record, a broken one, or one of an earlier version.
    """
    folder, files = store.folder(GENERATIONS, key), store.read(GENERATIONS, key)
    facts, where = facts_in(files, str(folder), key), f"{folder}/{FACTS}"
    if "written" not in facts:
        raise StoreError(f"{folder} is of an earlier version; write it again with force=true.")
    how = written_of(facts["written"], f"{where}: written")
    return Replayed(key, facts["weights"], how, stories_in(files, str(folder)), _made_with(facts, where))


def made_with_of(store: Store, key: str) -> MadeWith | None:
    """Gives what the texts of a record were made with; None where that was not recorded."""
    folder = str(store.folder(GENERATIONS, key))
    return _made_with(facts_in(store.read(GENERATIONS, key), folder, key), f"{folder}/{FACTS}")


def _made_with(facts: Json, where: str) -> MadeWith | None:
    found = facts.get("made_with")
    return None if found is None else row_of(MadeWith, found, f"{where}: made_with")


def _problem(store: Store, found: list[str]) -> str:
    if found:
        return f"{len(found)} records of {store.path} begin so: {', '.join(found[:_SHOWN])}."
    return f"no run of {store.path} begins so. {_writers(store)}"


def _writers(store: Store) -> str:
    listed = []
    for key in store.keys(RUNS):
        folder = store.folder(RUNS, key)
        try:  # only to be listed, so unverified
            record = parse_record((folder / RUN_FILE).read_bytes(), str(folder))
        except (OSError, RecordError):
            continue
        if _generation(record) is not None:
            listed.append(f"{key} ({record.title})")
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return f"Runs with written texts: {', '.join(listed[:_SHOWN]) or 'none; type mode=generation first'}{more}."
