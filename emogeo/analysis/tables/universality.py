"""The `universality` table: comparable models, two by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.levels import Levels, levels
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.names import how_read
from emogeo.analysis.records.published import published_pair
from emogeo.analysis.tables.frame import Row, Table, typed

_COMPARED = (
    *("beyond_words", "beyond_meanings", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high"),
    *("rho", "rho_ci_low", "rho_ci_high", "reliability_a", "reliability_b", "rho_same_half", "rho_disjoint_half"),
    *("rho_star", "rho_star_ci_low", "rho_star_ci_high", "rho_star_any_ci_low", "rho_star_any_ci_high", "p_holm"),
    *("floor", "equivalence"),
)
UNIVERSALITY_COLUMNS = [
    *("reading", "key_a", "key_b", "model_a", "model_b", "family_a", "family_b", "within_family"),
    *("log_size_ratio", "depth_difference", *_COMPARED, "published", "note"),
]
PAIR_WORDS = ["key_a", "key_b", "model_a", "model_b", "note"]
WORDS = [
    "reading",
    *PAIR_WORDS,
    "beyond_words",
    "beyond_meanings",
    "equivalence",
    "family_a",
    "family_b",
    "within_family",
]


def comparable_runs(prepared: Sequence[PreparedRun]) -> dict[str, list[PreparedRun]]:
    """Groups comparable runs by how they were read: the first run of each model; no reread, no untrained twin."""
    groups = [_firsts(group) for group in _comparable(prepared)]
    firsts = [group[0].run for group in groups]
    names = [f"{run.record.precision}, {how_read(run)}" for run in firsts]
    unique = [
        f"{name} ({group[0].run.key[:6]})" if names.count(name) > 1 else name
        for name, group in zip(names, groups, strict=True)
    ]
    return dict(zip(unique, groups, strict=True))


def _comparable(prepared: Sequence[PreparedRun]) -> list[list[PreparedRun]]:
    groups: dict[Levels, list[PreparedRun]] = {}
    for each in prepared:
        if each.run.reread_of is None and not each.run.untrained:
            groups.setdefault(levels(each.run), []).append(each)
    return list(groups.values())


def _firsts(group: Sequence[PreparedRun]) -> list[PreparedRun]:
    firsts: dict[str, PreparedRun] = {}
    for each in group:
        firsts.setdefault(each.run.model, each)
    return list(firsts.values())


def repeats_of(prepared: Sequence[PreparedRun]) -> dict[str, str]:
    """Gives, by key of a model's first run, a note where the model has other comparable runs."""
    notes = {}
    for group in _comparable(prepared):
        for first in _firsts(group):
            others = [r.run.key[:12] for r in group if r.run.model == first.run.model and r is not first]
            if others:
                notes[first.run.key] = (
                    f"{first.run.model}: the first of {len(others) + 1} runs (also {', '.join(others)})"
                )
    return notes


def universality_table(prepared: Sequence[PreparedRun], pairs: pd.DataFrame) -> Table:
    """Makes one row per pair of comparable models."""
    known, repeats = by_keys(pairs), repeats_of(prepared)
    rows = [
        noted(_row(reading, a, b, known), repeats)
        for reading, group in comparable_runs(prepared).items()
        for a, b in combinations(group, 2)
    ]
    return typed(rows, UNIVERSALITY_COLUMNS, WORDS)


def noted(row: Row, repeats: Mapping[str, str]) -> Row:
    """Adds to a row's notes which other runs its models have."""
    notes = [row.get("note"), repeats.get(row["key_a"]), repeats.get(row["key_b"])]
    return {**row, "note": "; ".join(note for note in notes if note)}


def depth_of(prepared: PreparedRun) -> float | None:
    """Gives the depth of the selected layer, as a share of the model's blocks."""
    index = prepared.run.layer
    return None if index is None else float((index + 1) / prepared.run.record.model.n_layers)


def _row(
    reading: str,
    a: PreparedRun,
    b: PreparedRun,
    pairs: Mapping[frozenset[str], Mapping[str, Any]],
) -> Row:
    first, second = a.run.record.model, b.run.record.model
    row: Row = {"reading": reading, "family_a": first.family, "family_b": second.family}
    row.update(compared(a, b, pairs, (*_COMPARED, "note")))
    row["within_family"] = "yes" if first.family == second.family else "no"
    if first.params_b and second.params_b:
        row["log_size_ratio"] = abs(np.log(first.params_b / second.params_b))
    depths = depth_of(a), depth_of(b)
    if depths[0] is not None and depths[1] is not None:
        row["depth_difference"] = abs(depths[0] - depths[1])
    return row


def compared(
    a: PreparedRun, b: PreparedRun, pairs: Mapping[frozenset[str], Mapping[str, Any]], columns: Sequence[str]
) -> Row:
    """Gives a pair's names, its numbers in this order of the two, and the published rho."""
    pair = pairs[_keys(a, b)]
    turned = pair["key_a"] != a.run.key
    row = {name: pair[_turned(name) if turned else name] for name in columns}
    row.update(key_a=a.run.key, key_b=b.run.key, model_a=a.run.model, model_b=b.run.model)
    return {**row, "published": published_pair(a.run.model, b.run.model)}


def _turned(name: str) -> str:
    return {"reliability_a": "reliability_b", "reliability_b": "reliability_a"}.get(name, name)


def _keys(a: PreparedRun, b: PreparedRun) -> frozenset[str]:
    return frozenset((a.run.key, b.run.key))


def by_keys(table: pd.DataFrame) -> dict[frozenset[str], Mapping[str, Any]]:
    return {frozenset((row["key_a"], row["key_b"])): row for row in table.to_dict("records")}
