"""The cells of a file of norms: text, numbers and what is missing."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path

import numpy as np
import pandas as pd

from emogeo.arrays import Array
from emogeo.errors import StimuliError
from emogeo.stimuli.norms import folded
from emogeo.stimuli.unpacking import decoded

WORD = ("word", "term")
"""What published lists call the column of words."""
_DELIMITERS = ("\t", ";", ",", "|")
_MISSING = {"", "na", "n/a", "nan", "null", "none", ".", "-"}


@dataclass(frozen=True)
class Sheet:
    """A file's cells, and how its errors begin."""

    given: str
    cells: pd.DataFrame
    """Text without surrounding blanks, columns by their names."""
    delimiter: str
    named: bool
    """Whether the file has a header."""

    @property
    def there(self) -> str:
        """The names of the columns, for errors."""
        return ", ".join(name or "(no name)" for name in self.cells.columns)


def read_sheet(path: Path, option: str) -> Sheet:
    """Reads a list; its first row is a header where it holds no number, or begins with "word", "term" or an empty cell.

    Raises:
        StimuliError: see `read_cells`; a header alone.
    """
    cells, delimiter = read_cells(path, option)
    first = [str(own) for own in cells.iloc[0]]
    named = folded(first[0]) in ("", *WORD) or not np.isfinite(parsed(first, delimiter)).any()
    width = range(1, cells.shape[1] + 1)
    body = cells.iloc[1:] if named else cells
    body = body.set_axis(first if named else [f"column {n}" for n in width], axis=1).reset_index(drop=True)
    if body.empty:
        raise StimuliError(f"{option}={path} has a header and no words.")
    return Sheet(f"{option}={path}", body, delimiter, named)


def read_cells(path: Path, option: str) -> tuple[pd.DataFrame, str]:
    """Reads cells as text, without surrounding blanks, and finds the delimiter: the one that stands in every line.

    Lines of comment (#) before the table, and empty lines, are left out.

    Raises:
        StimuliError: another encoding than UTF-8 or UTF-16, no delimiter, or a line with more columns than the first.
    """
    content, _ = decoded(path.read_bytes(), f"{option}={path}")
    lines = [line for line in re.split("\r\n|\r|\n", content) if line.strip()]
    lines = list(dropwhile(lambda line: line.startswith("#"), lines))
    least = [min((line.count(delimiter) for line in lines[:20]), default=0) for delimiter in _DELIMITERS]
    delimiter = _DELIMITERS[int(np.argmax(least))]
    if not max(least):
        shown = "\n  ".join(lines[:3]) or "(nothing)"
        raise StimuliError(f"{option}={path} has no columns between tabs, semicolons, commas or |:\n  {shown}")
    try:
        cells = pd.read_csv(
            io.StringIO("\n".join(lines)), sep=delimiter, header=None, dtype=str, keep_default_na=False
        ).fillna("")
    except pd.errors.ParserError as error:
        raise StimuliError(f"{option}={path}: not the same columns in every line: {str(error).strip()}") from error
    if cells.map(lambda cell: "\n" in cell).any(axis=None):
        raise StimuliError(f"{option}={path} has a quotation mark that opens a cell over several lines: take it out.")
    return cells.map(str.strip), delimiter


def column_of(sheet: Sheet, name: str) -> pd.Series:
    """Gives the text of one column.

    Raises:
        StimuliError: no column of that name, or several.
    """
    n = list(sheet.cells.columns).count(name)
    if n != 1:
        why = "has no column" if n == 0 else f"has {n} columns"
        raise StimuliError(f"{sheet.given} {why} {name!r}. Its columns are {sheet.there}.")
    return sheet.cells[name]


def numbers_of(sheet: Sheet, name: str) -> Array:
    """Gives the numbers of one column, NaN where one is missing.

    Raises:
        StimuliError: an entry that is neither a number nor missing, or no number at all.
    """
    values = list(column_of(sheet, name))
    numbers = numbers_in(values, sheet.delimiter)
    if numbers is None:
        what = f"holds {no_number(values, sheet.delimiter)!r}, no number" if given_in(values) else "is empty"
        raise StimuliError(f"{sheet.given}: column {name!r} {what}. Its columns are {sheet.there}.")
    return numbers


def parsed(values: Sequence[str], delimiter: str) -> Array:
    """Reads numbers [entry], NaN where there is none."""
    comma = delimiter != ","
    series = pd.Series([value.replace(",", ".") if comma else value for value in values], dtype=object)
    return np.asarray(pd.to_numeric(series, errors="coerce"), dtype=float)


def numbers_in(values: Sequence[str], delimiter: str) -> Array | None:
    """Reads a column of numbers; None where an entry is neither a number nor missing, or all are missing."""
    return None if no_number(values, delimiter) is not None or not given_in(values) else parsed(values, delimiter)


def given_in(values: Sequence[str]) -> list[str]:
    """Gives the entries that are not missing."""
    return [value for value in values if value.casefold() not in _MISSING]


def no_number(values: Sequence[str], delimiter: str) -> str | None:
    """Finds the first entry that is neither a number nor missing."""
    given = given_in(values)
    wrong = np.flatnonzero(np.isnan(parsed(given, delimiter)))
    return given[wrong[0]] if len(wrong) else None
