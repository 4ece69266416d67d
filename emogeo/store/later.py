"""Files of a record that are read when they are needed, and checked against the manifest each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from emogeo.errors import StoreError
from emogeo.store.store import Store


class FilesOnDisk(Mapping[str, bytes]):
    """The files of a record, of which some are held in memory and the others stay on the disk."""

    def __init__(
        self, store: Store, kind: str, key: str, names: Mapping[str, bytes], held: Mapping[str, bytes]
    ) -> None:
        """Takes the names of all files, and the contents of those that are held."""
        self._store, self._kind, self._key = store, kind, key
        self._names, self._held = tuple(names), dict(held)
        self.digest = self._digest_now()
        """The checksum of the record's manifest, and so of all of its files."""

    def _digest_now(self) -> str:
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
        files = self._store.read(self._kind, self._key)
        if self._digest_now() != self.digest:
            raise StoreError(f"{self._store.folder(self._kind, self._key)} was written anew while it was analysed.")
        return files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
