"""Runs that the program wrote: those of a store, or a single one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

from emogeo.analysis.comparing.floors import floors
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import twins_of
from emogeo.analysis.records.catalogue import Catalogue, read_catalogue
from emogeo.analysis.records.names import short_names
from emogeo.analysis.tables.runs import runs_table
from emogeo.config.model import Init
from emogeo.errors import StoreError
from emogeo.installation import command
from emogeo.library.compare import PERMUTATIONS, compare
from emogeo.library.comparison import Comparison
from emogeo.record.reading import read_run
from emogeo.record.run import AnyRun, Run
from emogeo.store.store import Store


class OpenStore:
    """The runs of a store, verified as they are read."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser()

    def runs(self, model: str | None = None) -> list[Run]:
        """Reads the finished runs, without rereads, in a fixed order.

        Args:
            model: only runs of the model of this name.

        Raises:
            StoreError: no run of that model; lists the models that there are.
        """
        own = [run for run in self._catalogue.finished if run.reread_of is None]
        names = sorted({run.model for run in own})
        if model is not None and model not in names:
            raise StoreError(f"{self.path} has no run of {model}; it has runs of {', '.join(names) or 'no model'}.")
        return [run for run in own if model is None or run.model == model]

    @property
    def left_out(self) -> list[str]:
        """Lists the records that cannot be used, and why."""
        return list(self._catalogue.left_out)

    def compare(self, a: Run, b: Run, permutations: int = PERMUTATIONS, seed: int = 0) -> Comparison:
        """Compares two runs, with their untrained twins, and the floor where the store has rereads of both models.

        Raises:
            GeometryError: fewer than four shared conditions.
        """
        if not (isinstance(a, Run) and isinstance(b, Run)):
            raise StoreError("OpenStore.compare takes two runs; emogeo.compare takes geometries and RDMs, too.")
        known = [self._floors.get(run.weights_at_precision) for run in (a, b)]
        measured = [floor for floor in known if floor is not None]
        floor = max(measured) if len(measured) == len(known) else None
        first, second = (self._twins(run) for run in (a, b))
        twins = (first, second) if first or second else None
        return compare(a, b, twins=twins, floor=floor, permutations=permutations, seed=seed)

    def _twins(self, run: Run) -> list[Run]:
        found = twins_of(run, self._catalogue.finished)
        return [twin for twin in found if twin.record.model.init is Init.random]

    def table(self) -> pd.DataFrame:
        """Makes the `runs` table: a row for each run, refused ones and rereads included."""
        finished = self._catalogue.finished
        prepared = [PreparedRun(run, name, 0) for run, name in zip(finished, short_names(finished), strict=True)]
        return runs_table(self._catalogue.runs, prepared).frame

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs())

    def __len__(self) -> int:
        return len(self.runs())

    def __repr__(self) -> str:
        names = short_names(self.runs())
        return "\n".join([f"{self.path}: {len(names)} runs", *names])

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{escape(name)}</li>" for name in short_names(self.runs()))
        return f"<p>{escape(str(self.path))}</p><ul>{rows}</ul>"

    @cached_property
    def _catalogue(self) -> Catalogue:
        return read_catalogue(Store(self.path))

    @cached_property
    def _floors(self) -> dict[tuple[str, ...], float]:
        return dict(floors(self._catalogue.finished))


def open_store(path: str | Path = "store") -> OpenStore:
    """Opens the store in a folder.

    Example:
        >>> store = emogeo.open_store("store")
        >>> len(store.runs())
        5
        >>> a, b = store.runs("smollm2-135m-instruct")[0], store.runs("gemma-3-270m")[0]
        >>> store.compare(a, b).floor is not None
        True

    Raises:
        StoreError: no folder, or none with a whole run; says what to run.
    """
    if not isinstance(path, str | Path):
        raise StoreError(f"{path!r} is no folder.")
    if not Path(path).expanduser().is_dir():
        raise StoreError(f"There is no folder {path}: run `{command('train')}` first, or give the store's path.")
    store = OpenStore(path)
    store.runs()
    return store


def load_run(folder: str | Path) -> AnyRun:
    """Reads one run by its folder, `STORE/runs/KEY` or the first digits of the key, and verifies it.

    Example:
        >>> run = emogeo.load_run(f"store/runs/{key}")
        >>> run.geometry.conditions[:3]
        ('afraid', 'angry', 'anxious')

    Raises:
        StoreError: no such record, or a broken one; names the file.
        RecordError: a record whose content does not fit together; names the file and the field.
    """
    if not isinstance(folder, str | Path):
        raise StoreError(f"{folder!r} is no folder.")
    path = Path(folder).expanduser().resolve()
    if path.parent.name != "runs":
        raise StoreError(f"{folder} is not in a folder `runs`; give STORE/runs/KEY, as `{command('train')}` prints it.")
    found = [own for own in path.parent.glob(f"{path.name}*") if own.is_dir()]
    if len(found) != 1:
        raise StoreError(
            f"{folder}: {len(found)} runs have that folder; give STORE/runs/KEY, as `{command('train')}` prints it, or "
            "the first digits of the key."
        )
    return read_run(Store(path.parents[1]), found[0].name)
