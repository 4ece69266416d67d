"""Rows of tables that are kept in the store, by what they were computed from, so that only new ones are computed.

`STORE/analysis/TABLE.jsonl` begins with a digest of the code, and has a line for each comparison, run or figure: a
digest of what it was computed from (records and names of runs, options), a checksum, and the rows. What cannot be read
or is not what was written is computed again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.geometry.branches import Tree, members_of
from emogeo.geometry.dependence import Dependence
from emogeo.installation import code_digest
from emogeo.store.later import FilesOnDisk

log = logging.getLogger(__name__)
FOLDER = "analysis"
_LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib", "altair", "vl-convert-python")
"""Those that compute rows and draw figures."""
_OTHERS = 5_000
"""How many comparisons of other analyses a file keeps, unless it is said."""


class Kept:
    """The rows of one table (or the like) that were computed before, and those that are now."""

    def __init__(self, store: Path | None, table: str, others: int = _OTHERS) -> None:
        """Takes the folder of the store; None keeps nothing.

        Args:
            table: names the file.
            others: how much of other analyses it keeps.
        """
        self._others = others
        self._file = None if store is None else store / FOLDER / f"{table}.jsonl"
        self._lines: dict[str, str] = {} if self._file is None else _read(self._file)
        self._used: dict[str, str] = {}

    @property
    def keeps(self) -> bool:
        """Whether there is a store that rows are kept in."""
        return self._file is not None

    @property
    def n_used(self) -> int:
        """Counts what this analysis has used or put in."""
        return len(self._used)

    def get(self, of: Mapping[str, Any]) -> list[Row] | None:
        """Gives the rows that were computed from this; None where they have to be."""
        digest = _digest(of) if self._lines else ""
        if digest not in self._lines:
            return None
        self._used[digest] = self._lines[digest]
        return _decoded(self._lines[digest])

    def put(self, of: Mapping[str, Any], rows: Sequence[Row]) -> list[Row]:
        """Keeps rows, and gives them as they will be read."""
        if self._file is None:
            return list(rows)
        line = json.dumps([_plain(row) for row in rows])
        self._used[_digest(of)] = line
        return _decoded(line)

    def write(self, midway: bool = False) -> None:
        """Writes the rows of this analysis, and those of others that have read the same code's.

        Args:
            midway: whether this analysis will ask for more, so that nothing is left out yet.
        """
        if self._file is None or self._used.keys() <= self._lines.keys():
            return
        others = [of for of in self._lines if of not in self._used]
        others = others if midway else others[-self._others :]
        lines = {**{of: self._lines[of] for of in others}, **self._used}
        waiting = self._file.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with waiting.open("w", encoding="utf-8") as stream:
                stream.write(f"{code()}\n")
                stream.writelines(f"{of} {_checksum(line)} {line}\n" for of, line in lines.items())
            waiting.replace(self._file)
        except OSError as error:
            with suppress(OSError):
                waiting.unlink(missing_ok=True)
            log.info("%s is not kept for the next analysis: %s", self._file, error.strerror)


NOTHING = Kept(None, "nothing")
"""Keeps nothing for the next analysis."""


def pair_key(a: PreparedRun, b: PreparedRun, **options: Any) -> dict[str, Any]:
    """Gives what the comparison of two runs is computed from, beside the code: both records, their names, options."""
    return {"a": run_key(a), "b": run_key(b), **options}


def run_key(each: PreparedRun) -> list[Any]:
    """Gives what tells a run's content from any other, and its name."""
    return [*content_key(each), each.name]


def content_key(each: PreparedRun) -> list[Any]:
    """Gives a run's key, its manifest's checksum, the seed and the view."""
    files, view = each.run.files, each.view
    digest = files.digest if isinstance(files, FilesOnDisk) else None
    return [each.run.key, digest, each.seed, view.conditions, view.recentre]


def prepare(each: PreparedRun, kept: Kept) -> None:
    """Computes what every comparison of a run takes. A run that an earlier analysis has prepared gets its reliability
    from there, and the rest is computed when it is compared.

    Raises:
        GeometryError: see `Halves.prepare`.
    """
    key = {"reliability of": content_key(each)}
    known = kept.get(key)
    if known is not None:
        each.halves.know([row["reliability"] for row in known])
    else:
        each.halves.prepare()
        kept.put(key, [{"reliability": value} for value in each.halves.reliabilities])


def tree_of_run(kept: Kept, seed: int, each: PreparedRun, make: Callable[[], Tree]) -> Tree:
    """Gives the tree of a run, with the support of its branches, which takes a while.

    Args:
        seed: that of the resamples.
    """
    key = {"tree of": content_key(each), "seed": seed}
    known = kept.get(key) or kept.put(key, _of_tree(make()))
    linkage = np.array([[row[name] for name in _MERGE] for row in known])
    return Tree(linkage, members_of(linkage), np.array([row["support"] for row in known]))


_MERGE = ("left", "right", "height", "size")


def _of_tree(tree: Tree) -> list[Row]:
    assert tree.support is not None
    return [
        {**dict(zip(_MERGE, merge.tolist(), strict=True)), "support": float(own)}
        for merge, own in zip(tree.linkage, tree.support, strict=True)
    ]


def dependence_of_run(kept: Kept, each: PreparedRun, make: Callable[[], Dependence | None]) -> Dependence | None:
    """Gives the dependence between the units of a run; None where it has none."""
    key = {"dependence of": content_key(each)}
    first, *closest = kept.get(key) or kept.put(key, _of_dependence(make()))
    if not first:
        return None
    return Dependence(**first, closest=tuple((row["one"], row["other"], row["cosine"]) for row in closest))


def _of_dependence(own: Dependence | None) -> list[Row]:
    if own is None:
        return [{}]
    closest = [{"one": one, "other": other, "cosine": cosine} for one, other, cosine in own.closest]
    return [{name: getattr(own, name) for name in ("value", "chance", "p", "n_effective")}, *closest]


def kept_row(kept: Kept, key: Row) -> Row | None:
    """Gives the one row that was computed from this; None where it has to be."""
    found = kept.get(key)
    return None if found is None else found[0]


def content(value: Any) -> Any:
    """Gives what something is computed from as JSON: the same for the same content, arrays by their checksums.

    Raises:
        TypeError: a value of another kind.
    """
    match value:
        case None | str() | bool() | int() | float():
            return value
        case np.generic():
            return value.item()
        case np.ndarray() if value.dtype != object:
            return [str(value.dtype), value.shape, hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
        case pd.DataFrame():
            kinds = [[str(name), str(kind)] for name, kind in value.dtypes.items()]
            return [kinds, _checksum(value.to_csv(index=False, na_rep="\0"))]
        case Mapping():
            return [[content(name), content(own)] for name, own in value.items()]
        case list() | tuple() | np.ndarray():
            return [content(own) for own in value]
        case _ if is_dataclass(value):
            return [type(value).__qualname__, *(content(getattr(value, own.name)) for own in fields(value))]
    raise TypeError(f"What is computed from {type(value).__name__} cannot be kept.")


def _read(file: Path) -> dict[str, str]:
    """Reads the lines of a file that are what was written; none where the code has changed."""
    try:
        first, *lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    if first != code():
        return {}
    parts = [line.split(" ", 2) for line in lines]
    whole = {own[0]: own[2] for own in parts if len(own) == 3 and _checksum(own[2]) == own[1]}
    if len(whole) < len(parts):
        log.warning("%s: %d rows are not what was written, and are computed again.", file, len(parts) - len(whole))
    return whole


def code() -> str:
    """Gives a digest of what rows are computed by: the code, its data, the configuration, the libraries' versions."""
    return _checksum(" ".join([code_digest(), *map(version, _LIBRARIES)]))


def _digest(of: Mapping[str, Any]) -> str:
    return _checksum(json.dumps(of, sort_keys=True))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _plain(row: Row) -> dict[str, Any]:
    return {name: _plain_cell(cell) for name, cell in row.items()}


def _plain_cell(cell: Any) -> Any:
    if isinstance(cell, list):
        return [[note.text, note.kind.value] for note in cell]
    return cell.item() if isinstance(cell, np.generic) else cell


def _decoded(line: str) -> list[Row]:
    rows: list[Row] = json.loads(line)
    return [{name: _cell(cell) for name, cell in row.items()} for row in rows]


def _cell(cell: Any) -> Any:
    return [Note(text, NoteKind(kind)) for text, kind in cell] if isinstance(cell, list) else cell
