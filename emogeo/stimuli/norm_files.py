"""Norms of the user's own: lists of rated words, and labelled RDMs."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emogeo.arrays import Array
from emogeo.config.analyze import NormsConfig
from emogeo.errors import GeometryError, StimuliError
from emogeo.geometry.rdm import check_rdm
from emogeo.stimuli.norms import LabelledRdm, Norm, Ratings, folded

MOST_ALONE = 12
"""The most dimensions of which each is a norm of its own, too: a list of more (word vectors, say) is one geometry."""
VAD = ("valence", "arousal", "dominance")
_WORD = ("word", "term")
_WARRINER = ("v.mean.sum", "a.mean.sum", "d.mean.sum")
_DELIMITERS = ("\t", ";", ",", "|")
_MISSING = {"", "na", "n/a", "nan", "null", "none", ".", "-"}
_NUMERIC = 0.5
"""The share of entries that are numbers above which a column is meant as numbers."""


@dataclass(frozen=True)
class _Sheet:
    """A file's cells, and how its errors begin."""

    given: str
    cells: pd.DataFrame
    """Text without surrounding blanks, columns by their names."""
    delimiter: str
    named: bool
    """Whether the file has a header."""

    @property
    def there(self) -> str:
        return ", ".join(name or "(no name)" for name in self.cells.columns)


def read_norms(config: NormsConfig) -> list[Norm]:
    """Reads the norms that an analysis is given: the list with all its dimensions, each of these alone, and the RDM.

    Raises:
        StimuliError: a file that is no such norm; says what is there and what to type.
    """
    found: list[Norm] = []
    if config.path is not None:
        ratings = read_ratings(Path(config.path).expanduser(), config.word, config.columns)
        alone = ratings.dimensions if 1 < len(ratings.dimensions) <= MOST_ALONE else ()
        found += [ratings, *(ratings.only(dimension) for dimension in alone)]
    if config.rdm is not None:
        found.append(read_rdm(Path(config.rdm).expanduser()))
    return found


def read_ratings(path: Path, word: str | None = None, columns: Sequence[str] | None = None) -> Ratings:
    """Reads a list of rated words.

    Without `word` and `columns`, the layouts of NRC-VAD and of Warriner et al. (2013) are known by their columns; of any
    other list the first column of text is the word, and every column of numbers is a dimension, but one that has no name or
    counts the rows. Decimal commas are read where no comma separates columns.

    Raises:
        StimuliError: columns that are not there or hold no numbers, or a dimension on which all words are equal.
    """
    sheet = _with_names(path, "norms.path")
    known = _known(sheet) if word is None and columns is None else None
    if known is None:
        numbers = _dimensions(sheet, word, columns)
        word = word or _first_text(sheet, numbers)
    else:
        word, sources = known
        numbers = {name: _numbers_of(sheet, own) for name, own in zip(VAD, sources, strict=True)}
    rated = _column(sheet, word).to_numpy() != ""
    values = np.column_stack(list(numbers.values()))[rated]
    _refuse_constant(sheet, tuple(numbers), values)
    return Ratings(f"norms {path.stem}", tuple(numbers), tuple(_column(sheet, word)[rated]), values)


def read_rdm(path: Path) -> LabelledRdm:
    """Reads a square table of dissimilarities whose header and first column are the labels, in any order.

    Raises:
        StimuliError: a label twice, labels that are not the same both ways, an entry that is no number, no symmetry, or a
            diagonal that is not zero, as similarities have.
    """
    given = f"norms.rdm={path}"
    cells, delimiter = _cells(path, "norms.rdm")
    columns, rows = [str(own) for own in cells.iloc[0, 1:]], [str(own) for own in cells.iloc[1:, 0]]
    for labels, where in ((columns, "the header"), (rows, "the first column")):
        if twice := [label for label, n in Counter(map(folded, labels)).items() if n > 1]:
            raise StimuliError(f"{given}: {where} has {twice[0]!r} more than once; case and blanks make no difference.")
    if set(columns) != set(rows) or not rows:
        alone = ", ".join(map(repr, sorted(set(columns) ^ set(rows))[:5])) or "no label at all"
        raise StimuliError(f"{given}: header and first column are not the same labels; only one has {alone}.")
    body = cells.iloc[1:, 1:].itertuples(index=False)
    values = np.array([_finite(given, list(row), columns, delimiter) for row in body])
    values = values[:, [columns.index(label) for label in rows]]
    _refuse_no_rdm(given, rows, values)
    return LabelledRdm(f"rdm {path.stem}", tuple(rows), values)


def _finite(given: str, row: Sequence[str], columns: Sequence[str], delimiter: str) -> Array:
    numbers = _parsed(row, delimiter)
    if not np.isfinite(numbers).all():
        at = int(np.argmin(np.isfinite(numbers)))
        raise StimuliError(f"{given}: {row[at]!r} in column {columns[at]!r} is no finite number; give both triangles.")
    return numbers


def _refuse_no_rdm(given: str, labels: Sequence[str], values: Array) -> None:
    diagonal = np.diag(values)
    if (diagonal > 0).all() and np.allclose(diagonal, diagonal[0]):
        raise StimuliError(
            f"{given} holds similarities: its diagonal is {diagonal[0]:g}. Give dissimilarities with a diagonal of 0, such as "
            f"{diagonal[0]:g} - similarity."
        )
    try:
        check_rdm(values, given)
    except GeometryError as error:
        apart = np.abs(values - values.T)
        at = [labels[i] for i in np.unravel_index(np.argmax(apart), apart.shape)]
        where = f" Of {at[0]!r} and {at[1]!r} it holds two values." if apart.max() > 0 else ""
        raise StimuliError(f"{error}{where}") from error


def _with_names(path: Path, option: str) -> _Sheet:
    """Reads a list; its first row is a header where it holds no number, or begins with "word", "term" or a blank."""
    cells, delimiter = _cells(path, option)
    first = [str(own) for own in cells.iloc[0]]
    named = folded(first[0]) in ("", *_WORD) or not np.isfinite(_parsed(first, delimiter)).any()
    width = range(1, cells.shape[1] + 1)
    body = cells.iloc[1:] if named else cells
    body = body.set_axis(first if named else [f"column {n}" for n in width], axis=1).reset_index(drop=True)
    if body.empty:
        raise StimuliError(f"{option}={path} has a header and no words.")
    return _Sheet(f"{option}={path}", body, delimiter, named)


def _cells(path: Path, option: str) -> tuple[pd.DataFrame, str]:
    """Reads cells as text, without surrounding blanks, and finds the delimiter: the one that stands in every line."""
    text = _decoded(path, option)
    lines = [line for line in text.splitlines() if line.strip()]
    while lines and lines[0].startswith("#"):
        lines = lines[1:]
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
    return cells.map(str.strip), delimiter


def _decoded(path: Path, option: str) -> str:
    content = path.read_bytes()
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise StimuliError(f"{option}={path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error


def _known(sheet: _Sheet) -> tuple[str, tuple[str, ...]] | None:
    """Finds the columns of the word, valence, arousal and dominance in a published layout."""
    names = {str(name).casefold(): str(name) for name in sheet.cells.columns}
    words = [names[own] for own in _WORD if own in names]
    if not sheet.named:
        return _headerless(sheet)
    if len(words) != 1:
        return None
    if set(VAD) <= set(names) and len(sheet.cells.columns) == len(VAD) + 1:
        return words[0], tuple(names[own] for own in VAD)
    return (words[0], tuple(names[own] for own in _WARRINER)) if set(_WARRINER) <= set(names) else None


def _headerless(sheet: _Sheet) -> tuple[str, tuple[str, ...]] | None:
    """Knows NRC-VAD without its header: between tabs, a term and three numbers between -1 and 1."""
    first, *rest = sheet.cells.columns
    if sheet.delimiter != "\t" or len(rest) != len(VAD) or _numbers(list(sheet.cells[first]), "\t") is not None:
        return None
    numbers = [_numbers(list(sheet.cells[own]), "\t") for own in rest]
    bounded = all(own is not None and np.nanmax(np.abs(own)) <= 1 for own in numbers)
    return (first, tuple(rest)) if bounded else None


def _dimensions(sheet: _Sheet, word: str | None, columns: Sequence[str] | None) -> dict[str, Array]:
    if word is not None:
        _column(sheet, word)
    if columns is not None:
        return {name: _numbers_of(sheet, name) for name in columns}
    found: dict[str, Array] = {}
    for name in [own for own in sheet.cells.columns if own and own != word]:
        values = list(_column(sheet, name))
        numbers = _numbers(values, sheet.delimiter)
        if numbers is None:
            _refuse_nearly(sheet, name, values)
        elif not _counts_rows(numbers):
            found[name] = numbers
    if not found:
        raise StimuliError(f"{sheet.given} has no column of numbers. Its columns are {sheet.there}.")
    return found


def _first_text(sheet: _Sheet, numbers: dict[str, Array]) -> str:
    for name in sheet.cells.columns:
        if name and name not in numbers and _numbers(list(_column(sheet, name)), sheet.delimiter) is None:
            return str(name)
    raise StimuliError(f"{sheet.given} has no column of words. Its columns are {sheet.there}: type norms.word=COLUMN.")


def _column(sheet: _Sheet, name: str) -> pd.Series:
    n = list(sheet.cells.columns).count(name)
    if n != 1:
        why = "has no column" if n == 0 else f"has {n} columns"
        raise StimuliError(f"{sheet.given} {why} {name!r}. Its columns are {sheet.there}.")
    return sheet.cells[name]


def _numbers_of(sheet: _Sheet, name: str) -> Array:
    values = list(_column(sheet, name))
    numbers = _numbers(values, sheet.delimiter)
    if numbers is None:
        what = f"holds {_no_number(values, sheet.delimiter)!r}, no number" if _given(values) else "is empty"
        raise StimuliError(f"{sheet.given}: column {name!r} {what}. Its columns are {sheet.there}.")
    return numbers


def _parsed(values: Sequence[str], delimiter: str) -> Array:
    """Reads numbers [entry], NaN where there is none."""
    comma = delimiter != ","
    series = pd.Series([value.replace(",", ".") if comma else value for value in values], dtype=object)
    return np.asarray(pd.to_numeric(series, errors="coerce"), dtype=float)


def _numbers(values: Sequence[str], delimiter: str) -> Array | None:
    """Reads a column of numbers; None where an entry is neither a number nor missing, or all are missing."""
    return None if _no_number(values, delimiter) is not None or not _given(values) else _parsed(values, delimiter)


def _given(values: Sequence[str]) -> list[str]:
    return [value for value in values if value.casefold() not in _MISSING]


def _no_number(values: Sequence[str], delimiter: str) -> str | None:
    """Finds the first entry that is neither a number nor missing."""
    given = _given(values)
    wrong = np.flatnonzero(np.isnan(_parsed(given, delimiter)))
    return given[wrong[0]] if len(wrong) else None


def _refuse_nearly(sheet: _Sheet, name: str, values: Sequence[str]) -> None:
    """Refuses a column of numbers with something else in it, which would silently be no dimension."""
    given = _given(values)
    if given and np.isfinite(_parsed(given, sheet.delimiter)).mean() > _NUMERIC:
        raise StimuliError(
            f"{sheet.given}: column {name!r} holds numbers, and {_no_number(values, sheet.delimiter)!r}. Mend it, or "
            "name the columns that count: norms.word=COLUMN norms.columns=[COLUMN,...]."
        )


def _counts_rows(numbers: Array) -> bool:
    """Says whether a column numbers the rows, from 0 or 1."""
    return any(np.array_equal(numbers, np.arange(start, start + len(numbers))) for start in (0, 1))


def _refuse_constant(sheet: _Sheet, names: Sequence[str], values: Array) -> None:
    for name, own in zip(names, values.T, strict=True):
        finite = own[np.isfinite(own)]
        if not len(finite) or np.ptp(finite) == 0:
            raise StimuliError(
                f"{sheet.given}: column {name!r} has one value for all words. Name the others: norms.columns=[...]; its "
                f"columns are {sheet.there}."
            )
