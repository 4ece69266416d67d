"""temporary"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    emotion: str | None
    topic: str | None
    text: str
    family: str | None
    where: str


@dataclass(frozen=True)
class Read:
    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def rows_of(rows, name, fields):
    out = []
    for n, r in enumerate(rows):
        f = r.get(fields.family) if fields.family else None
        out.append(
            Row(r.get(fields.emotion), r.get(fields.topic) if fields.topic else None, r[fields.text], f, f"{name}[{n}]")
        )
    return out


def read_texts(path, fields, mend_rows=False):
    p = Path(path)
    if p.suffix == ".csv":
        rows = list(csv.DictReader(p.open(newline="")))
    else:
        rows = [json.loads(x) for x in p.read_text().split("\n") if x.strip()]
    return Read(p.stem, tuple(rows_of(rows, p.name, fields)), ())
