"""The parts of a section of the report, and tables as they are shown."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pandas as pd

from emogeo.analysis.charts.chart import WIDE
from emogeo.analysis.report.definitions import definition
from emogeo.analysis.report.numbers import ABSENT, intervals, number, with_interval
from emogeo.analysis.tables.frame import without_formulas

SHOWN_ROWS = 300
"""The most rows of a table on the page."""
_OPEN_ROWS = 12
"""The most rows of a table that is open from the start."""
_LARGEST_DOWNLOAD = 150_000
"""The largest table, in bytes, whose download is embedded in the page."""
_FIRST_ROWS = 1_000
"""Of a long table these alone are often too large, which is sooner found than by writing all of it."""


@dataclass(frozen=True)
class Text:
    """A sentence or two."""

    kind: ClassVar[str] = "text"
    said: str


@dataclass(frozen=True)
class Absent:
    """The reason why something is not there, and the command that adds it."""

    kind: ClassVar[str] = "absent"
    why: str
    command: str


@dataclass(frozen=True)
class Tiles:
    """A few large numbers side by side."""

    kind: ClassVar[str] = "tiles"
    numbers: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """Sentences one under the other."""

    kind: ClassVar[str] = "listing"
    title: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column as it is shown."""

    title: str
    cells: Callable[[pd.DataFrame], Sequence[str]]
    style: str = "number"
    """The style of the column: number, word, long or badge."""
    of: Sequence[str] = ()
    """The columns of the table that it shows; one of numbers is sorted by the first."""
    means: str = ""
    """A sentence that defines it; by default that of `definitions`, by the columns it shows."""


@dataclass(frozen=True)
class Sheet:
    """A table as it is shown, with the whole of it to download."""

    kind: ClassVar[str] = "sheet"
    title: str
    file: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    sorts: Sequence[Sequence[str]]
    """By row and column the number that a cell is sorted by; empty where its text says the same."""
    n_rows: int
    download: str | None
    """The table as a data link; None where it is too large for the page."""
    open: bool


@dataclass(frozen=True)
class Picture:
    """A figure, with the table that it shows."""

    kind: ClassVar[str] = "picture"
    title: str
    file: str
    source: str
    """The image as a data link."""
    sheet: Sheet | None


@dataclass(frozen=True)
class Chart:
    """A chart that answers to pointer and keyboard, with the table that it shows."""

    kind: ClassVar[str] = "chart"
    title: str
    spec: Mapping[str, Any]
    """The chart in Vega-Lite, as `emogeo.analysis.charts.chart.spec_of` gives it."""
    said: str
    """What the chart shows, for those who do not see it."""
    files: Sequence[str] = ()
    """Its files in the folder of figures."""
    sheet: Sheet | None = None

    @property
    def across(self) -> bool:
        """Whether it needs more room than half of a large page."""
        return bool(self.spec.get("usermeta", {}).get("room", 0) > WIDE)


@dataclass(frozen=True)
class Linked:
    """A figure that is not in the page, because of its size."""

    kind: ClassVar[str] = "linked"
    title: str
    files: Sequence[str]
    """Its files in the folder of figures."""


Part = Any
"""A part of a section: one of the above, or a heat map; the template has a macro for each kind."""


@dataclass(frozen=True)
class Section:
    """A section: its heading, its introduction, and its parts."""

    anchor: str
    title: str
    about: str
    parts: Sequence[Part]


def word(
    title: str, column: str, names: Mapping[str, str] | None = None, style: str = "word", means: str = ""
) -> Column:
    """Makes a column of text.

    Args:
        names: shown instead of the values, where they have one.
        means: its definition, where `definitions` has none for the table's column.
    """
    shown = names or {}
    return Column(
        title, lambda table: [_text(shown.get(value, value)) for value in table[column]], style, (column,), means
    )


def figure(title: str, column: str, digits: int = 2, means: str = "") -> Column:
    """Makes a column of numbers, with their intervals where the table has them."""

    def cells(table: pd.DataFrame) -> list[str]:
        if f"{column}_ci_low" in table:
            return with_interval(table, column, digits)
        return [number(value, digits) for value in table[column]]

    return Column(title, cells, of=(column,), means=means)


def interval(title: str, column: str) -> Column:
    """Makes a column of intervals whose number stands in another column; they are sorted by their lower ends."""
    return Column(title, lambda table: intervals(table, column), of=(f"{column}_ci_low",))


def beside(title: str, *columns: str, digits: int = 2) -> Column:
    """Joins several columns of numbers into one, `a / b`."""
    return Column(
        title,
        lambda table: [
            " / ".join(number(value, digits) for value in row) for row in table[list(columns)].itertuples(index=False)
        ],
        of=columns,
    )


def ranging(title: str, column: str, low: str, high: str, bound: float = 1.0) -> Column:
    """Makes a column of numbers with an interval whose columns have other names."""
    renamed = {column: "v", low: "v_ci_low", high: "v_ci_high"}

    def cells(table: pd.DataFrame) -> list[str]:
        return with_interval(table[list(renamed)].set_axis(list(renamed.values()), axis=1), "v", bound=bound)

    return Column(title, cells, of=(column,))


def sheet(table: pd.DataFrame, title: str, file: str, columns: Sequence[Column], open: bool | None = None) -> Sheet:
    """Makes a sheet of a table's first rows, with all of it to download.

    Args:
        file: name of the download, without its ending.
        open: whether it is open from the start; by default where it is short.
    """
    shown = table.head(SHOWN_ROWS)
    cells = [column.cells(shown) for column in columns]
    sorts = [_sorts(shown, column, own) for column, own in zip(columns, cells, strict=True)]
    rows, by_row = ([*zip(*each, strict=True)] for each in (cells, sorts))
    unfolded = len(table) <= _OPEN_ROWS if open is None else open
    defined = [replace(column, means=column.means or definition(file, column.of)) for column in columns]
    return Sheet(title, f"{file}.csv", defined, rows, by_row, len(table), _download(table), unfolded)


def definitions(parts: Sequence[Part]) -> list[str]:
    """Lists the definitions of the columns of all tables, those under figures included, each once."""
    sheets = [part if isinstance(part, Sheet) else getattr(part, "sheet", None) for part in parts]
    return list(dict.fromkeys(column.means for own in sheets if own for column in own.columns if column.means))


def data_link(content: bytes, mime: str) -> str:
    """Makes a data link, which contains its content."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def csv_link(table: pd.DataFrame, index: bool = False) -> str:
    """Makes a data link of a table as CSV."""
    return data_link(without_formulas(table).to_csv(index=index).encode(), "text/csv;charset=utf-8")


def _sorts(table: pd.DataFrame, column: Column, cells: Sequence[str]) -> list[str]:
    """Gives the table's own number for each cell of a column of numbers, none for one that is absent."""
    if column.style != "number" or not column.of:
        return [""] * len(cells)
    values = [
        "" if cell == ABSENT or pd.isna(value) else f"{value:.6g}"
        for value, cell in zip(table[column.of[0]], cells, strict=True)
    ]
    return ["" if value == cell else value for value, cell in zip(values, cells, strict=True)]


def _download(table: pd.DataFrame) -> str | None:
    if len(table) > _FIRST_ROWS and len(csv_link(table.head(_FIRST_ROWS))) > _LARGEST_DOWNLOAD:
        return None
    link = csv_link(table)
    return link if len(link) <= _LARGEST_DOWNLOAD else None


def _text(value: Any) -> str:
    if pd.isna(value):
        return ABSENT
    return str(value) or ABSENT
