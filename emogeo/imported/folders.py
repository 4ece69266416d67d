"""A folder of files as one: a file a block, a file a label, or one file with what is said beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from emogeo.errors import ImportedError
from emogeo.imported.keys import places_of
from emogeo.imported.layout import is_flat
from emogeo.imported.nested import json_object
from emogeo.imported.sayings import said_in
from emogeo.imported.stored import Contents, Key, Stored
from emogeo.stimuli.files import shown

Read = Callable[[Path], Contents]
_MOST_FILES = 20_000
_PLAIN = {"arr_0", "data", "array", "vector", "vec", "values", "direction"}
"""Names of the one array of a file that say nothing."""
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
"""Tables of labels beside arrays."""
_T = TypeVar("_T")


def files_below(folder: Path) -> list[Path]:
    """Lists the files of a folder and of those within it, sorted; hidden ones and links to folders are left out.

    Raises:
        ImportedError: more than 20,000 files.
    """
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not Path(here, name).is_symlink())
        found += [Path(here, name) for name in sorted(names) if not name.startswith(".")]
        if len(found) > _MOST_FILES:
            raise ImportedError(f"{folder} has more than {_MOST_FILES:,} files; give the folder of the arrays.")
    return sorted(found)


def folder_contents(folder: Path, files: Sequence[Path], readers: Mapping[str, Read]) -> Contents:
    """Reads the arrays of all files that have some, under the names of their folders and files.

    Args:
        readers: what reads a file, by the suffix of its name.

    Raises:
        ImportedError: no file of arrays, or several that each hold all.
    """
    arrays = [
        path for path in files if path.suffix.lower() in readers and path.suffix.lower() not in (".json", *TABLES)
    ]
    if not arrays:
        arrays = [path for path in files if path.suffix.lower() in (".json", ".csv", ".tsv")]
    read = {path: readers[path.suffix.lower()](path) for path in arrays}
    holding = {path: own for path, own in read.items() if own.arrays}
    if not holding:
        there = ", ".join(shown(path.name) for path in files[:4]) or "nothing"
        raise ImportedError(f"{folder} has no file of arrays; it has {there}. What is read: {', '.join(readers)}.")
    _refuse_wholes(holding)
    about = [path for path in files if path.suffix.lower() == ".json" and path not in read]
    words, numbers, said = said_in({name: own for path in about for name, own in _object(path).items()})
    return Contents(
        _named(folder, holding),
        {**words, **_common([own.words for own in read.values()])},
        {**numbers, **_common([own.numbers for own in read.values()])},
        {**said, **_common([own.said for own in read.values()])},
        (*read, *about),
    )


def _object(path: Path) -> dict[str, object]:
    """Gives what a JSON file says; nothing where it is a list, or none."""
    try:
        return json_object(path)
    except ImportedError:
        return {}


def _common(each: Sequence[Mapping[str, _T]]) -> dict[str, _T]:
    """Gives what files say alike; what they say differently is of none of them."""
    names = dict.fromkeys(name for own in each for name in own)
    found = {name: [own[name] for own in each if name in own] for name in names}
    return {name: own[0] for name, own in found.items() if all(one == own[0] for one in own)}


def _named(folder: Path, holding: Mapping[Path, Contents]) -> dict[Key, Stored]:
    """Gives arrays under the names of their files; these are left out of one file, and where names within say all."""
    inner = [key for own in holding.values() for key in own.arrays]
    if len(holding) == 1 or (len(set(inner)) == len(inner) and _say_all(holding)):
        return {key: stored for own in holding.values() for key, stored in own.arrays.items()}
    named: dict[Key, Stored] = {}
    for path, own in holding.items():
        outer = (*path.relative_to(folder).parent.parts, path.stem)
        for key, stored in own.arrays.items():
            plain = len(own.arrays) == 1 and (key[-1].lower() in _PLAIN or key == (path.stem,))
            full = outer if plain else (*outer, *key)
            if full in named:
                raise ImportedError(
                    f"{folder} has several files called {shown(path.stem)}, with different endings. Give one of them: "
                    f"type imported.path={path}."
                )
            named[full] = stored
    return named


def _say_all(holding: Mapping[Path, Contents]) -> bool:
    """Says whether names within files have a label and a block each."""
    arrays = {key: stored for own in holding.values() for key, stored in own.arrays.items()}
    try:
        places = places_of(list(arrays), None, is_flat(arrays)).values()
    except ImportedError:
        return False
    return all(place.label is not None and place.block is not None for place in places)


def _refuse_wholes(holding: Mapping[Path, Contents]) -> None:
    """Refuses files of one folder that each hold vectors of all labels, where names of files say no block."""
    names = {tuple(own.arrays) for own in holding.values()}
    if len(holding) < 2 or len(names) > 1 or not is_flat(next(iter(holding.values())).arrays):
        return
    keys = names.pop()
    stems = {path: (path.stem,) for path in holding}
    try:
        inside = places_of(list(keys), None, True).values()
        outside = places_of(list(stems.values()), None, False).values()
    except ImportedError:
        return
    labelled = len({place.label for place in inside}) > 3
    if labelled and (all(p.block is not None for p in inside) or all(p.block is None for p in outside)):
        paths = list(holding)
        raise ImportedError(
            f"{', '.join(shown(path.name) for path in paths[:3])}{', …' if len(paths) > 3 else ''} each hold vectors "
            f"of the same labels: they are not one measurement. Give one: type imported.path={paths[0]}."
        )
