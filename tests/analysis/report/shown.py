"""What a section of the report shows, by title."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.analysis.report.parts import Absent, Chart, Part, Picture, Section, Sheet

Cells = list[dict[str, str]]


def sheets(section: Section) -> dict[str, Sheet]:
    """Every table of a section, with those that lie under a figure."""
    own = [part.sheet if isinstance(part, Picture) else part for part in section.parts]
    return {part.title: part for part in own if isinstance(part, Sheet)}


def cells(sheet: Sheet) -> Cells:
    """Each row of a table by the titles of its columns."""
    titles = [column.title for column in sheet.columns]
    return [dict(zip(titles, row, strict=True)) for row in sheet.rows]


def pictures(section: Section) -> list[str]:
    """The files of the figures, in their order."""
    return [part.file for part in section.parts if isinstance(part, Picture)]


def charts(section: Section) -> list[str]:
    """The names of the charts' files, without an ending, in their order."""
    return [part.files[0].removesuffix(".vl.json") for part in section.parts if isinstance(part, Chart)]


def absent(parts: Sequence[Part]) -> dict[str, str]:
    """What to type, by what is not there."""
    return {part.why: part.command for part in parts if isinstance(part, Absent)}
