"""Files of a record that are read when they are needed, and checked against the manifest each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property

from emogeo.store.store import Store


class FilesOnDisk(Mapping[str, bytes]):
    """The files of a record, of which some are held in memory and the others stay on the disk."""

    def __init__(
        self, store: Store, kind: str, key: str, names: Mapping[str, bytes], held: Mapping[str, bytes]
    ) -> None:
        """Takes the names of all files, and the contents of those that are held."""
        self._store, self._kind, self._key = store, kind, key
        self._names, self._held = tuple(names), dict(held)

    @cached_property
    def digest(self) -> str:
        """The checksum of the record's manifest, and so of all of its files."""
        return hashlib.sha256(self._store.manifest(self._kind, self._key)).hexdigest()

    def __getitem__(self, name: str) -> bytes:
        """Gives a file's content.

        Raises:
            KeyError: no file of this name.
            StoreError: a record that is not whole any more.
        """
        if name in self._held:
            return self._held[name]
        if name not in self._names:
            raise KeyError(name)
        return self._store.read(self._kind, self._key)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
