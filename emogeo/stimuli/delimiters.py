"""What stands between the columns of a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_TOLD = re.compile(r"\"?sep=([^\w\"\s]|\t)\"?\s*", re.IGNORECASE)
_LOOKED_AT = 200
"""How many lines tell the delimiter."""


def in_words(delimiter: str) -> str:
    """Gives the name of a delimiter, in the plural."""
    return DELIMITERS.get(delimiter, repr(delimiter))


def told(lines: list[str]) -> str | None:
    """Gives the delimiter that a first line `sep=;` tells, as Excel has it, and empties that line; None without one."""
    found = _TOLD.fullmatch(lines[0]) if lines else None
    if found is None:
        return None
    lines[0] = "\n"
    return found[1]


def delimiter_of(lines: Sequence[str], wanted: Sequence[str], columns: Sequence[str] | None) -> str:
    """Gives the delimiter by which the first lines are most of all a table.

    It finds the most of the names that are looked for; then the width of the first row, times the share of rows of that
    width, is largest; then it comes first. A table whose columns are named is split by what comes first in it, if that
    makes as many columns: a delimiter from within the texts could do so, too.
    """
    data = [line for line in lines if line.strip() and not line.startswith("#")][:_LOOKED_AT]
    data = data or [line for line in lines if line.strip()][:_LOOKED_AT]
    first = data[0] if data else ""
    order = sorted(DELIMITERS, key=(first + "".join(DELIMITERS)).index)
    rows = {one: [_loosely(line, one) for line in data] for one in order}
    if columns is not None and _share(rows[order[0]], len(columns)) > 0.5:
        return order[0]
    return max(order, key=lambda one: _fit(rows[one], wanted if columns is None else ()))


def _fit(rows: Sequence[Sequence[str]], wanted: Sequence[str]) -> tuple[int, float]:
    first = rows[0] if rows else []
    found = len(set(wanted) & {cell.strip() for cell in first})
    return found, _share(rows, len(first)) * len(first) if len(first) > 1 else 0.0


def _share(rows: Sequence[Sequence[str]], width: int) -> float:
    return sum(len(row) == width for row in rows) / len(rows) if rows else 0.0


def _loosely(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
