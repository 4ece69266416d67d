"""Tables as text: square ones of dissimilarities, and vectors with a row each."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emogeo.errors import ImportedError, StimuliError
from emogeo.imported.stored import Contents, Key, Stored, stored_whole
from emogeo.spreadsheets import unguarded
from emogeo.stimuli.files import find, shown
from emogeo.stimuli.guesses import usual_name
from emogeo.stimuli.unpacking import content, decoded

_LAYERS = ("layer", "layers", "block", "layer_idx", "layer_index")
_LARGEST = 2**29
"""The most bytes of a table."""


def table_contents(path: Path) -> Contents:
    """Reads a table of numbers: square, with labels in its header and first column, or a vector a row.

    Raises:
        ImportedError: rows of unequal length, cells that are no numbers, labels that differ between rows and columns.
    """
    if path.stat().st_size > _LARGEST:
        raise ImportedError(f"{path.name} is larger than 512 MB; save it as npy or npz.")
    rows = _rows(path)
    if len(rows) < 2:
        raise ImportedError(f"{path.name} has {len(rows)} row(s): no table of numbers.")
    header, body = rows[0], rows[1:]
    if all(_is_number(cell) for cell in header):
        key = "rdm" if len(rows) == len(header) else path.stem
        return Contents({(key,): _stored(path, rows, 0, 1)}, files=(path,))
    first = [row[0] for row in body]
    if len(header) in (len(body), len(body) + 1) and set(header[-len(body) :]) & set(first):
        return _square(path, header[-len(body) :], first, body)
    return _vectors(path, header, body)


def _rows(path: Path) -> list[list[str]]:
    try:
        text = decoded(content(find(str(path)).files[0])[0], path.name)[0]
    except StimuliError as error:
        raise ImportedError(str(error)) from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    first = lines[0] if lines else ""
    delimiter = max(",;\t|", key=first.count)
    rows = [[unguarded(cell.strip()) for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    widths = {len(row) for row in rows[1:]}
    if len(widths) > 1:
        raise ImportedError(
            f"{path.name} has rows of {', '.join(map(str, sorted(widths)))} cells; expected one length."
        )
    return rows


def _square(path: Path, columns: Sequence[str], first: Sequence[str], body: Sequence[Sequence[str]]) -> Contents:
    if list(columns) != list(first):
        place = next(at for at, pair in enumerate(zip(columns, first, strict=True)) if pair[0] != pair[1])
        raise ImportedError(
            f"{path.name}: the labels of columns and rows differ: {shown(columns[place])} is column {place + 1} and "
            f"{shown(first[place])} is row {place + 1}. Give both in one order."
        )
    return Contents({("rdm",): _stored(path, body, 1, 2, columns)}, {"labels": tuple(columns)}, files=(path,))


def _vectors(path: Path, header: Sequence[str], body: Sequence[Sequence[str]]) -> Contents:
    label = usual_name(header, "emotion") or (header[0] if not _is_number(body[0][0]) else None)
    if label is None or len(header) != len(body[0]):
        raise ImportedError(
            f"{path.name}: no column of labels among {', '.join(map(shown, header[:4]))}. What is read is a square "
            "table with labels in its header and first column, or a table with a column of labels and one for each "
            "dimension."
        )
    layer = next((name for name in header if name.lower() in _LAYERS), None)
    apart = {header.index(name) for name in (label, layer) if name is not None}
    places = [at for at in range(len(header)) if at not in apart]
    arrays: dict[Key, Stored] = {}
    for number, row in enumerate(body, start=2):
        cells = [row[at] for at in places]
        if not any(map(_is_number, cells)):
            raise ImportedError(
                f"{path.name} line {number} has no numbers. If it is the table of labels of some states, give the file "
                "of the states, and type imported.labels=TABLE where that has another name."
            )
        own = row[header.index(label)]
        key = (own,) if layer is None else (own, f"layer_{row[header.index(layer)]}")
        if key in arrays:
            raise ImportedError(f"{path.name} line {number}: {shown('/'.join(key))} is there twice; expected once.")
        arrays[key] = _stored(path, [cells], 0, number)
    return Contents(arrays, files=(path,))


def _stored(
    path: Path, rows: Sequence[Sequence[str]], start: int, line: int, columns: Sequence[str] | None = None
) -> Stored:
    values = np.empty((len(rows), len(rows[0]) - start))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row[start:]):
            if not _is_number(cell):
                where = f"row {at + line}" if columns is None else f"{shown(row[0])}, {shown(columns[column])}"
                raise ImportedError(
                    f"{path.name}: {where} has {shown(cell) if cell else 'an empty cell'} where a number is expected."
                )
            values[at, column] = float(cell)
    return stored_whole(values)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
