"""Keeps the page small: pictures and charts are in it while they fit, and are named after that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from emogeo.analysis.report.parts import Chart, Linked, Part, Picture, Section

MOST = 4_000_000
"""Bytes of pictures and charts in one page."""


def fitted(sections: Sequence[Section], most: int = MOST) -> list[Section]:
    """Replaces pictures and charts by the names of their files from where `most` bytes are taken; tables stay."""
    left = most
    found = []
    for section in sections:
        parts = list[Part]()
        for part in section.parts:
            left -= _size(part)
            parts += [part] if left >= 0 or not _size(part) else _named(part)
        found.append(replace(section, parts=parts))
    return found


def _size(part: Part) -> int:
    if isinstance(part, Picture):
        return len(part.source)
    return len(json.dumps(part.spec)) if isinstance(part, Chart) else 0


def _named(part: Picture | Chart) -> Iterator[Part]:
    """Names a picture's files, and keeps its table."""
    files = [part.file] if isinstance(part, Picture) else list(part.files)
    yield Linked(part.title, files)
    if part.sheet is not None:
        yield part.sheet
