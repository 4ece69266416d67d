"""Tables in JSON: rows as lists, or a list for each column, as pandas and others write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any


def rows_of_table(value: Any, text_field: str) -> list[dict[str, Any]] | None:
    """Gives the rows of a table as objects; None for what is no table.

    Rows are lists of like length, the first of which may have the names of the columns; or they stand beside these
    names (`{"columns": [...], "data": [...]}`). Columns are lists, or objects, of like length under their names, among
    which is the field with the text, or texts of unlike length: those of like length may be labels.
    """
    if isinstance(value, list):
        return _rows(value, None, text_field)
    if not isinstance(value, dict):
        return None
    names = value.get("columns")
    if isinstance(names, list) and isinstance(value.get("data"), list):
        return _rows(value["data"], [str(name) for name in names], text_field)
    return _turned(value, text_field)


def alike(lengths: Sequence[float]) -> bool:
    """Says whether there are several lengths, and none is above three times another."""
    return len(lengths) > 1 and min(lengths) * 3 > max(lengths)


def length_of_texts(value: object) -> float:
    """Gives the mean length of the texts in a value, however deep; 0 where there are none."""
    if isinstance(value, str):
        return float(len(value))
    inner = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []
    lengths = [length for length in map(length_of_texts, inner) if length]
    return mean(lengths) if lengths else 0.0


def is_row(cells: Sequence[str]) -> bool:
    """Says whether what stands where a header would be is a row: it has a cell of five words or more, or long."""
    return any(len(cell.split()) >= 5 or len(cell) > 40 for cell in cells)


def _rows(rows: Sequence[Any], names: list[str] | None, text_field: str) -> list[dict[str, Any]] | None:
    if len(rows) < 2 or not all(isinstance(row, list) and len(row) == len(rows[0]) > 1 for row in rows):
        return None
    if names is None:
        first = [str(cell) for cell in rows[0]]
        named = text_field in first or (len(set(first)) == len(first) and not is_row(first))
        names, rows = (first, rows[1:]) if named else ([f"column {at}" for at in range(1, len(first) + 1)], rows)
    return [dict(zip(names, row, strict=True)) for row in rows] if len(names) == len(rows[0]) else None


def _turned(value: Mapping[str, Any], text_field: str) -> list[dict[str, Any]] | None:
    columns = list(value.values())
    if len(columns) < 2 or (text_field not in value and alike([length_of_texts(column) for column in columns])):
        return None
    if all(isinstance(column, Mapping) and column.keys() == columns[0].keys() for column in columns):
        columns = [list(column.values()) for column in columns]
    if not all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        return None
    if any(isinstance(cell, Mapping) for column in columns for cell in column):
        return None
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
