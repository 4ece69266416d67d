"""Tables: their columns and types, the notes of their rows, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.tables.notes import Note, joined
from emogeo.geometry.inference import Estimate
from emogeo.spreadsheets import guarded

Row = dict[str, Any]
"""A row: its values under their columns' names."""
WHOLE = {
    *("layer", "n_layers", "n_units", "half_size", "n_conditions", "n_texts", "n_distinct_texts", "nonfinite"),
    *("words", "n_random", "n_others", "n_models", "n_families", "n_items", "turn", "valence_axis", "arousal_axis"),
    *("best_min_mean_cosine", "best_separation", "best_reliability", "init_seed", "n_pairs"),
    *("n_pairs_disattenuated", "n_texts_alone", "block", "n_scored", "n_topics", "n_tokens", "row"),
    *("block_a", "block_b", "rank", "n_cells"),
    *("branch", "left", "right"),
    *("draws", "n_untrained"),
}
"""The columns of whole numbers."""


@dataclass(frozen=True)
class Table:
    """A table as it is written, and its rows' notes as programs read them."""

    frame: pd.DataFrame
    notes: Mapping[str, Sequence[Sequence[Note]]] = field(default_factory=dict)
    """The notes of each row, by column."""

    def notes_of(self, rows: pd.DataFrame, column: str = "note") -> list[Sequence[Note]]:
        """Gives the notes of each of some rows of the frame."""
        given = self.notes.get(column)
        return [() if given is None else given[at] for at in rows.index]


def columns(name: str, estimate: Estimate) -> dict[str, float]:
    """Gives a number and, where it has one, its interval, under the tables' names."""
    row = {name: estimate.value}
    if not np.isnan(estimate.low):
        row.update({f"{name}_ci_low": estimate.low, f"{name}_ci_high": estimate.high})
    return row


def typed(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], words: Sequence[str]) -> Table:
    """Makes a table whose columns have the same types whatever is missing: text, whole numbers, or floats.

    Args:
        rows: a cell of text may be a list of notes.
    """
    noted = [c for c in words if any(isinstance(row.get(c), list) for row in rows)]
    notes = {c: [row[c] if isinstance(row.get(c), list) else [] for row in rows] for c in noted}
    shown = [{c: joined(cell) if isinstance(cell, list) else cell for c, cell in row.items()} for row in rows]
    types = {c: "str" if c in words else "Int64" if c in WHOLE else "float64" for c in columns}
    return Table(pd.DataFrame(shown, columns=list(columns)).astype(types), notes)


def stacked(tables: Sequence[Table]) -> Table:
    """Joins tables of the same columns into one."""
    names = dict.fromkeys(name for table in tables for name in table.notes)
    notes = {name: [own for table in tables for own in table.notes_of(table.frame, name)] for name in names}
    return Table(pd.concat([table.frame for table in tables], ignore_index=True), notes)


def without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Gives a frame for a CSV file: no cell, name of a column or of a row is one that a spreadsheet would compute."""

    def harmless(cell: Any) -> Any:
        return guarded(cell) if isinstance(cell, str) else cell

    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    kept = frame.copy()
    for name in texts:
        kept[name] = kept[name].map(harmless)
    return kept.rename(index=harmless, columns=harmless)


def write_tables(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Writes each table as CSV for people, and as Parquet for programs."""
    for name, frame in frames.items():
        without_formulas(frame).to_csv(folder / f"{name}.csv", index=False)
        frame.to_parquet(folder / f"{name}.parquet", index=False)
