"""Every record read whole: its checksums, and whether its content is what a record holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from emogeo.errors import StoreError
from emogeo.extraction.written import facts_in, stories_in
from emogeo.keeping.contents import size_of
from emogeo.record.files import FACTS
from emogeo.record.fit import require
from emogeo.record.json import row_of, written_of
from emogeo.record.origin import MadeWith, TextCounts, Written
from emogeo.record.passes import activations_in
from emogeo.record.reading import read_run
from emogeo.store.keys import Json
from emogeo.store.store import ACTIVATIONS, KINDS, RUNS, Store
from emogeo.terminal import one_line


@dataclass(frozen=True)
class Checked:
    """One record that was read."""

    kind: str
    key: str
    size: int
    """Bytes."""
    fault: str | None
    """What is wrong with it; None for one that is whole."""


@dataclass(frozen=True)
class Facts:
    """How texts were written, as their record says."""

    found: Json
    """The file as it is."""
    counts: TextCounts | None
    written: Written
    made_with: MadeWith | None


def verified(store: Store, kinds: Sequence[str] = KINDS) -> Iterator[Checked]:
    """Reads every record of some kinds, one after another; the memory is that of the largest."""
    for kind in kinds:
        for key in store.keys(kind):
            yield Checked(kind, key, size_of(store.folder(kind, key)), fault_of(store, kind, key))


def fault_of(store: Store, kind: str, key: str) -> str | None:
    """Says in one line what is wrong with a record; None where nothing is."""
    try:
        if kind == RUNS:
            read_run(store, key)
        elif kind == ACTIVATIONS:
            activations_in(store.read(kind, key), str(store.folder(kind, key)))
        else:
            check_texts(store.read(kind, key), str(store.folder(kind, key)), key)
    except StoreError as error:
        return one_line(str(error))
    return None


def check_texts(files: Mapping[str, bytes], folder: str, key: str) -> Facts:
    """Reads the files of written texts, and gives how they were written.

    Raises:
        RecordError: a file or a field that is missing or wrong, or the key of other texts; names it.
    """
    found, where = facts_in(files, folder, key), f"{folder}/{FACTS}"
    stories_in(files, folder)
    require("written" in found, f"{folder} is of an earlier version; write the texts again")
    counts, made = found.get("counts"), found.get("made_with")
    return Facts(
        found,
        None if counts is None else row_of(TextCounts, counts, f"{where}: counts"),
        written_of(found["written"], f"{where}: written"),
        None if made is None else row_of(MadeWith, made, f"{where}: made_with"),
    )
