"""Tables as CSV, with every digit of their numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from emogeo.export.made import Made, json_file
from emogeo.export.vectors import Vectors
from emogeo.spreadsheets import guarded


def table_of(vectors: Vectors, stem: str) -> Made:
    """Writes a row a label and block: label, block, d0, d1, …; the metadata is a JSON beside."""
    header = ["label", "block", *(f"d{number}" for number in range(vectors.values.shape[2]))]
    rows = (
        [label, block, *vectors.values[row, column].tolist()]
        for row, label in enumerate(vectors.labels)
        for column, block in enumerate(vectors.blocks)
    )
    return Made({f"{stem}_vectors.csv": csv_file(header, rows), f"{stem}_vectors.json": json_file(vectors.listed)})


def csv_file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Gives a table in UTF-8 without formulas; a Python float has the digits that give it back to the bit."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in (header, *rows):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode()
