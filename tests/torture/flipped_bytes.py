"""One byte of a store is changed: its record is refused by name, or the byte means nothing.

Files are records of every kind, partial files of writing that was killed, and what lies beside records. A record counts
as refused if reading it raises an error that names its folder; as harmless if what is read is what was written; else it
is wrongly believed. Of a partial file, lines that are whole must be read as they were written, and no others.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from emogeo.errors import StoreError
from emogeo.extraction.writing import _line, _resume
from emogeo.extraction.written import read_stories
from emogeo.store.kept import Kept
from emogeo.store.store import KINDS, Store
from tests.torture.trial import Found, Trial, main_of
from tests.torture.whole_records import TEXTS, whole_store


class Flipped:
    """A store with a record of every kind, and a partial file of its texts."""

    def __init__(self, folder: Path) -> None:
        logging.disable(logging.WARNING)
        self.store, whole = whole_store(folder)
        self.whole: Mapping[tuple[str, str], Mapping[str, bytes]] = {(own.kind, own.key): own.files for own in whole}
        self.stories = dict(enumerate(read_stories(self.store, TEXTS)))
        self.partial = self.store.path / "partial" / f"{TEXTS}.jsonl"
        self.partial.parent.mkdir(exist_ok=True)
        self.partial.write_bytes(b"".join(_line(row, story) for row, story in self.stories.items()))
        _kept_batches(self.store.path / "partial" / _KEY)
        self.files = [own for own in sorted(self.store.path.rglob("*")) if own.is_file() and own.stat().st_size]

    def case(self, number: int, folder: Path) -> Found:
        """Changes one byte of a copy in a store of its own, and reads what it belongs to."""
        draw = random.Random(number)
        file = draw.choice(self.files)
        content = bytearray(file.read_bytes())
        at = draw.randrange(len(content))
        content[at] ^= draw.randrange(1, 256)
        where = file.relative_to(self.store.path)
        kind = where.parts[0]
        if kind in KINDS:
            return self._of_record(Store(folder), where, bytes(content), at)
        if where.parts[:2] == ("partial", _KEY):
            return self._of_kept(folder, where.name, bytes(content))
        if where == self.partial.relative_to(self.store.path):
            return self._of_partial(folder, bytes(content))
        return Found(f"{kind}: nothing is read from it", note=str(where))

    def _of_record(self, store: Store, where: Path, content: bytes, at: int) -> Found:
        kind, key, name = where.parts
        target = store.folder(kind, key)
        target.mkdir(parents=True)
        for own in self.store.folder(kind, key).iterdir():
            (target / own.name).write_bytes(content if own.name == name else own.read_bytes())
        part = f"a record of {kind}"
        try:
            found = store.read(kind, key)
        except StoreError as error:
            named = str(error).startswith(str(target))
            return Found(part, left_out=1, broken=int(not named), note=str(error))
        same = found == dict(self.whole[kind, key])
        return Found(part, believed=int(not same), note=f"{where} at {at} is not noticed")

    def _of_kept(self, folder: Path, name: str, content: bytes) -> Found:
        (folder / _KEY).mkdir()
        (folder / _KEY / name).write_bytes(content)
        kept = _kept_in(folder / _KEY)
        found = {own: kept.found(own) for own in _ARRAYS}
        wrong = sum(own is not None and not np.array_equal(own["states"], _ARRAYS[at]) for at, own in found.items())
        return Found("kept batches", believed=wrong, left_out=int(not any(found.values())))

    def _of_partial(self, folder: Path, content: bytes) -> Found:
        partial = folder / self.partial.name
        partial.write_bytes(content)
        found = _resume(partial, len(self.stories))
        wrong = sum(self.stories[row] != story for row, story in found.items())
        lost = max(0, len(self.stories) - 1 - len(found))  # a line end that is changed joins two lines
        joined = content.count(b"\n") != len(self.stories)
        return Found("a partial file of texts", believed=wrong, lost=max(0, lost - joined), left_out=1)


_KEY = "f" * 64
_ARRAYS = {f"{number:064x}": np.full((2, 3), number, np.float32) for number in range(3)}
"""What three batches gave, by their names."""


def _kept_batches(folder: Path) -> None:
    """Keeps finished batches, as a process does that is killed then."""
    kept = _kept_in(folder)
    for name, array in _ARRAYS.items():
        kept.keep(name, {"states": array})
    kept.save()


def _kept_in(folder: Path) -> Kept:
    return Kept(folder, "as usual")


TRIAL = Trial("flipped_bytes", "a byte is changed in", 1_000, lambda folder: Flipped(folder).case, batches=None)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
