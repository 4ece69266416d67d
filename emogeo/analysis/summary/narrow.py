"""Tables that fit into a number of columns: what all rows share goes into the title, what has no room is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emogeo.terminal import aligned, cells, paragraph

_INDENT, _GAP = "  ", 2


@dataclass(frozen=True)
class Column:
    """A column of text; the first of a table are the most important ones."""

    title: str
    cells: Sequence[str]
    right: bool = True


def narrow(title: str, columns: Sequence[Column], file: str, width: int) -> list[str]:
    """Writes a table in as many of its columns as fit into `width`, from the first on.

    Args:
        title: the heading; a figure that all of several rows share is said in it once.
        file: where all columns are.
    """
    shared = [column for column in columns[1:] if len(column.cells) > 1 and len(set(column.cells)) == 1]
    own = [column for column in columns if column not in shared]
    kept = own[: _fitting(own, width)] if len(own) > 1 else []
    rows = zip(*(_lines(column) for column in kept), strict=True)
    said = [f"{column.title}: {column.cells[0]}" for column in shared if column.cells[0].strip("– /")]
    heading = paragraph(f"{title} ({'; '.join([*said, f'all of it: {file}'])})", width, rest=_INDENT)
    return [*heading, *(f"{_INDENT}{(' ' * _GAP).join(row)}".rstrip() for row in rows)]


def _lines(column: Column) -> list[str]:
    width = _width(column)
    return [aligned(cell, width, column.right) for cell in (column.title, *column.cells)]


def _width(column: Column) -> int:
    return max(cells(cell) for cell in (column.title, *column.cells))


def _fitting(columns: Sequence[Column], width: int) -> int:
    """Counts the first columns that fit."""
    taken = len(_INDENT) - _GAP
    for n, column in enumerate(columns):
        taken += _GAP + _width(column)
        if taken > width:
            return n
    return len(columns)
