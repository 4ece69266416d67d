"""The `base_instruct` table: what instruction tuning does to a family's geometry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.comparison import COMPARISON_COLUMNS
from emogeo.analysis.tables.descriptors import INTERVALS
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note
from emogeo.analysis.tables.universality import PAIR_WORDS, by_keys, comparable_runs, compared, noted, repeats_of
from emogeo.record.origin import ModelCard

BASE_INSTRUCT_COLUMNS = [
    *("reading", "family", "key_a", "key_b", "model_a", "model_b", *COMPARISON_COLUMNS, "published", "moved")
]
_SAME_SIZE = 1.1
"""The largest ratio of parameters at which base and instruct are variants of one model."""


def base_instruct_table(prepared: Sequence[PreparedRun], pairs: pd.DataFrame, descriptors: pd.DataFrame) -> Table:
    """Makes one row per family that has comparable runs of both variants."""
    known, repeats, rows = by_keys(pairs), repeats_of(prepared), []
    for reading, group in comparable_runs(prepared).items():
        for base, instruct in _variants(group):
            row: Row = {"reading": reading, "family": base.run.record.model.family}
            row.update(compared(base, instruct, known, COMPARISON_COLUMNS))
            row["moved"] = _moved(descriptors, base.run.key, instruct.run.key)
            rows.append(noted(row, repeats))
    return typed(rows, BASE_INSTRUCT_COLUMNS, [*PAIR_WORDS, "reading", "family", "moved"])


def _variants(group: Sequence[PreparedRun]) -> Iterator[tuple[PreparedRun, PreparedRun]]:
    """Finds base and instruct of one family and size."""
    for base in group:
        for instruct in group:
            models = base.run.record.model, instruct.run.record.model
            alike = models[0].family == models[1].family and _of_one_size(models)
            variants = [model.variant for model in models]
            if alike and variants == ["base", "instruct"]:
                yield base, instruct


def _of_one_size(models: Sequence[ModelCard]) -> bool:
    """Whether models are of one size, by parameters, or by blocks where these are not known."""
    sizes = [model.params_b for model in models if model.params_b]
    if len(sizes) == len(models):
        return max(sizes) / min(sizes) < _SAME_SIZE
    return models[0].n_layers == models[1].n_layers


def _moved(descriptors: pd.DataFrame, first: str, second: str) -> list[Note]:
    """Lists descriptors whose intervals do not overlap, and those that have none."""
    rows = descriptors.set_index("key")
    a, b = rows.loc[first], rows.loc[second]
    moved, unknown = [], []
    for name in INTERVALS:
        low, high = f"{name}_ci_low", f"{name}_ci_high"
        if pd.isna([a[low], b[low]]).any():
            unknown.append(name)
        elif a[low] > b[high] or b[low] > a[high]:
            moved.append(f"{name} {a[name]:.3f} to {b[name]:.3f}")
    said = [Note(", ".join(moved))] if moved else []
    said += [Note(f"no interval of {', '.join(unknown)}")] if unknown else []
    return said or [Note("none")]
