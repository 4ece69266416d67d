"""Tables as text: columns between commas, semicolons, tabs or bars, with comment lines, with or without a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from emogeo.errors import StimuliError
from emogeo.stimuli.delimiters import delimiter_of, in_words, told
from emogeo.stimuli.files import shown
from emogeo.stimuli.json_tables import is_row
from emogeo.stimuli.records import Broken, Parsed, Record

COMMENTS = "comment lines (#) left out"
_LONGEST = 1_000_000
"""The most characters of a field: enough for a novel, and soon read in vain where a double quote is never closed."""
_QUOTES = {
    "unexpected end of data": "a double quote is opened and never closed where a field ends",
    "'": 'text goes on after a closing double quote; write a double quote within a quoted text twice: ""',
    "field larger": "a field of more than 1,000,000 characters; perhaps a double quote is never closed; "
    "a text that is so long can be given as JSON",
}
"""What is wrong, by how the message of the csv module begins."""


@dataclass(frozen=True)
class _Line:
    """A row as it was read: its cells, or why there are none."""

    number: int
    cells: list[str]
    lines: int
    """How many lines of the file it takes."""
    comment: bool
    why: str = ""


def parse_table(text: str, name: str, wanted: Sequence[str], columns: Sequence[str] | None) -> Parsed:
    """Reads a table.

    Args:
        name: the file, for messages.
        wanted: names of the fields that are looked for.
        columns: the names of the columns of a table without header; None: its first row has them.

    Raises:
        StimuliError: a header that names a column twice.
    """
    before = csv.field_size_limit(_LONGEST)
    try:
        return _table(text, name, wanted, columns)
    finally:
        csv.field_size_limit(before)


def _table(text: str, name: str, wanted: Sequence[str], columns: Sequence[str] | None) -> Parsed:
    lines = list(io.StringIO(text, newline=""))
    delimiter = told(lines) or delimiter_of(lines, wanted, columns)
    parsed = _parse(lines, name, wanted, columns, _Dialect(delimiter))
    usual = "\t" if ".tsv" in name.lower() else ","
    notes = [] if delimiter == usual else [f"read with {in_words(delimiter)} between columns"]
    if delimiter == "\t" and '"' in text:
        plain = _parse(lines, name, wanted, columns, _Dialect(delimiter, csv.QUOTE_NONE))
        if not plain.broken and (parsed.broken or len(plain.records) > len(parsed.records)):
            parsed, notes = plain, [*notes, "double quotes read as part of the text"]
    return Parsed(parsed.records, parsed.broken, (*notes, *parsed.notes), parsed.unnamed)


@dataclass(frozen=True)
class _Dialect:
    """How the cells of a row are told apart."""

    delimiter: str
    quoting: int = csv.QUOTE_MINIMAL
    spaced: bool = False
    """Whether blanks after a delimiter belong to no cell."""


def _parse(
    lines: Sequence[str], name: str, wanted: Sequence[str], columns: Sequence[str] | None, dialect: _Dialect
) -> Parsed:
    header = _header(lines, name, wanted, columns, dialect)
    dialect = replace(dialect, spaced=header.spaced)
    records, broken, kept, again = [], [], [], []
    comments = sum(line.startswith("#") for line in lines[: header.start])
    for line in _rows(lines, header.start, dialect, header.widths):
        where = f"{name} line {line.number}"
        if line.why:
            broken.append(Broken(where, line.why))
        elif not line.cells:
            comments += 1
        elif header.is_repeated(line.cells):
            again.append(line.number)
        else:
            kept += [line.number] if line.comment else []
            records.append(Record(where, dict(zip(header.names, line.cells, strict=True))))
    return Parsed(tuple(records), tuple(broken), tuple(_said(comments, kept, again)), header.unnamed)


def _said(comments: int, kept: Sequence[int], again: Sequence[int]) -> Iterator[str]:
    if comments:
        yield f"{COMMENTS}: {comments}"
    if again:
        yield f"rows that repeat the header left out: {len(again)}, the first in line {again[0]}"
    if kept:
        yield f"rows that begin with # and have every column, read as rows: {len(kept)}, the first in line {kept[0]}"


@dataclass(frozen=True)
class _Header:
    """What the columns are called, and the index of the first line with data."""

    names: list[str]
    start: int
    unnamed: bool = False
    spaced: bool = False
    bare: int = 0
    """How many columns at the end have no name."""

    @property
    def widths(self) -> tuple[int, int]:
        """The least cells of a row, which may lack those of columns without names at the end, and all."""
        return len(self.names) - self.bare, len(self.names)

    def is_repeated(self, cells: Sequence[str]) -> bool:
        """Says whether a row is the header once more, as where tables were put together."""
        named = [cell.strip() or f"column {at}" for at, cell in enumerate(cells, start=1)]
        return not self.unnamed and named == self.names


def _header(
    lines: Sequence[str], name: str, wanted: Sequence[str], columns: Sequence[str] | None, dialect: _Dialect
) -> _Header:
    start = 0
    while start < len(lines) and (not lines[start].strip() or lines[start].startswith("#")):
        start += 1
    if columns is not None and start == len(lines):
        return _Header(list(columns), 0)
    first = next(_rows(lines, start, dialect, None), None)
    if columns is not None:
        same = first is not None and [cell.strip() for cell in first.cells] == list(columns)
        return _Header(list(columns), start + (first.lines if same and first is not None else 0))
    if first is None:
        return _Header([], start)
    if first.why:
        raise StimuliError(f"{name} line {first.number}: {first.why}. The names of the columns are looked for there.")
    cells = [cell.strip() for cell in first.cells]
    if is_row(cells) and not set(cells) & set(wanted):
        return _Header([f"column {at}" for at in range(1, len(cells) + 1)], first.number - 1, unnamed=True)
    spaced = len(cells) > 1 and all(cell.startswith(" ") for cell in first.cells[1:])
    bare = sum(1 for _ in takewhile(lambda cell: not cell, reversed(cells)))
    return _Header(_names(cells, name), first.number - 1 + first.lines, spaced=spaced, bare=bare)


def _names(cells: Sequence[str], name: str) -> list[str]:
    twice = sorted({one for one in cells if one and cells.count(one) > 1})
    if twice:
        raise StimuliError(f"{name}: two columns are called {shown(twice[0])}; rename one.")
    return [one or f"column {at}" for at, one in enumerate(cells, start=1)]


def _rows(lines: Sequence[str], start: int, dialect: _Dialect, width: tuple[int, int] | None) -> Iterator[_Line]:
    """Gives rows; after one that cannot be read it goes on in the next line, so that a broken row costs only itself."""
    at = start
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        line = _row(lines, at, dialect, width)
        at += 1 if line.why else line.lines
        if line.why or line.comment or any(cell.strip() for cell in line.cells):
            yield line


def _row(lines: Sequence[str], at: int, dialect: _Dialect, width: tuple[int, int] | None) -> _Line:
    """Gives the row that begins in a line; a comment is a line with # in which there is no row of that width."""
    comment = lines[at].startswith("#")
    reader = csv.reader(
        _from(lines, at),
        delimiter=dialect.delimiter,
        quoting=dialect.quoting,  # type: ignore[arg-type]
        skipinitialspace=dialect.spaced,
        strict=True,
    )
    try:
        cells = next(reader)
    except csv.Error as error:
        why = _reason("unexpected end of data" if reader.line_num > 1 else str(error))
        return _Line(at + 1, [], 1, comment, "" if comment else f"not CSV: {why}")
    cells = cells if width is None else _fitted(cells, *width)
    if comment and (width is None or len(cells) != width[1]):
        return _Line(at + 1, [], 1, comment)
    wrong = "" if width is None or len(cells) == width[1] else _wrong_width(len(cells), width[1], dialect)
    return _Line(at + 1, cells, reader.line_num, comment, wrong)


def _fitted(cells: list[str], least: int, width: int) -> list[str]:
    """Gives cells without empty ones after the last column, and with empty ones in columns at the end without names."""
    if any(cell.strip() for cell in cells[width:]) or len(cells) < least:
        return cells
    return [*cells[:width], *[""] * (width - len(cells))]


def _from(lines: Sequence[str], at: int) -> Iterator[str]:
    for index in range(at, len(lines)):
        yield lines[index]


def _reason(message: str) -> str:
    return next((why for begins, why in _QUOTES.items() if message.startswith(begins)), message)


def _wrong_width(cells: int, width: int, dialect: _Dialect) -> str:
    if cells < width:
        return f"{cells} field(s) where there are {width} columns"
    put = f"put a text with {in_words(dialect.delimiter)} in double quotes"
    return f"{cells} fields where there are {width} columns: more fields than columns; {put}"
