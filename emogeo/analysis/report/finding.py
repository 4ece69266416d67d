"""Findings, which the report and the summary draw from the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note

LEVEL = 0.05
"""The p up to which a result is called significant."""


@dataclass(frozen=True)
class Finding:
    """One finding from the tables, and what limits it."""

    kind: ClassVar[str] = "finding"
    topic: str
    said: str
    caveats: Sequence[str] = ()
    unsure: bool = False
    """Whether something in it is not identifiable, or flagged."""


def noted(material: Material, name: str, rows: pd.DataFrame, column: str = "note") -> list[tuple[Row, Sequence[Note]]]:
    """Gives some rows of a table, each with its notes."""
    return list(zip(rows.to_dict("records"), material.notes(name, rows, column), strict=True))
