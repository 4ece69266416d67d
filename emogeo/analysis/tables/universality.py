"""The `universality` and `base_instruct` tables: models that were read alike, two by two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.matching import levels
from emogeo.analysis.comparing.prepared import Readied
from emogeo.analysis.records.published import published_pair
from emogeo.analysis.tables.descriptors import INTERVALS
from emogeo.analysis.tables.frame import COMPARISON_COLUMNS, typed

_COMPARED = (
    *("rho", "rho_ci_low", "rho_ci_high", "reliability_a", "reliability_b", "rho_same_half", "rho_disjoint_half"),
    *("rho_star", "rho_star_ci_low", "rho_star_ci_high", "p_holm", "floor"),
)
UNIVERSALITY_COLUMNS = [
    *("reading", "key_a", "key_b", "model_a", "model_b", "family_a", "family_b", "within_family"),
    *("log_size_ratio", "depth_difference", *_COMPARED, "rho_partial", "published", "note"),
]
_PAIR_WORDS = ["key_a", "key_b", "model_a", "model_b", "note"]
WORDS = ["reading", *_PAIR_WORDS, "family_a", "family_b", "within_family"]
BASE_INSTRUCT_COLUMNS = [
    *("reading", "family", "key_a", "key_b", "model_a", "model_b", *COMPARISON_COLUMNS, "published", "moved")
]
_SAME_SIZE = 1.1
"""Ratio of parameters up to which base and instruct are one model's variants."""


def readings(readied: Sequence[Readied]) -> dict[str, list[Readied]]:
    """Runs that were read alike, the first one of each model; rereads are none."""
    groups = [_firsts(group) for group in _alike(readied)]
    firsts = [group[0].run for group in groups]
    names = [f"{run.record['precision']}, {run.reading}" for run in firsts]
    unique = [
        f"{name} ({group[0].run.key[:6]})" if names.count(name) > 1 else name
        for name, group in zip(names, groups, strict=True)
    ]
    return dict(zip(unique, groups, strict=True))


def _alike(readied: Sequence[Readied]) -> list[list[Readied]]:
    groups: dict[tuple[str, ...], list[Readied]] = {}
    for ready in readied:
        if ready.run.twin is None:
            groups.setdefault(tuple(levels(ready.run).values()), []).append(ready)
    return list(groups.values())


def _firsts(group: Sequence[Readied]) -> list[Readied]:
    firsts: dict[str, Readied] = {}
    for ready in group:
        firsts.setdefault(ready.run.model, ready)
    return list(firsts.values())


def _repeats(readied: Sequence[Readied]) -> dict[str, str]:
    """By key of a model's first run, what to say where it has others that were read alike."""
    notes = {}
    for group in _alike(readied):
        for first in _firsts(group):
            others = [r.run.key[:12] for r in group if r.run.model == first.run.model and r is not first]
            if others:
                notes[first.run.key] = (
                    f"{first.run.model}: the first of {len(others) + 1} runs (also {', '.join(others)})"
                )
    return notes


def universality_table(readied: Sequence[Readied], pairs: pd.DataFrame, partials: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of models that were read alike."""
    known, repeats = _by_keys(pairs), _repeats(readied)
    given = _by_keys(partials[partials["given"] == "both"])
    rows = [
        _noted(_row(reading, a, b, known, given), repeats)
        for reading, group in readings(readied).items()
        for a, b in combinations(group, 2)
    ]
    return typed(rows, UNIVERSALITY_COLUMNS, WORDS)


def base_instruct_table(readied: Sequence[Readied], pairs: pd.DataFrame, descriptors: pd.DataFrame) -> pd.DataFrame:
    """One row per family that has both variants, read alike."""
    known, repeats, rows = _by_keys(pairs), _repeats(readied), []
    for reading, group in readings(readied).items():
        for base, instruct in _variants(group):
            row = {"reading": reading, "family": base.run.record["model"]["family"]}
            row.update(_compared(base, instruct, known, COMPARISON_COLUMNS))
            row["moved"] = _moved(descriptors, base.run.key, instruct.run.key)
            rows.append(_noted(row, repeats))
    return typed(rows, BASE_INSTRUCT_COLUMNS, [*_PAIR_WORDS, "reading", "family", "moved"])


def _noted(row: dict[str, Any], repeats: Mapping[str, str]) -> dict[str, Any]:
    notes = [row.get("note"), repeats.get(row["key_a"]), repeats.get(row["key_b"])]
    return {**row, "note": "; ".join(note for note in notes if note)}


def depth_of(ready: Readied) -> float | None:
    """Of the selected layer, as a share of the model's blocks."""
    index = ready.run.record["layer"]["index"]
    return None if index is None else float((index + 1) / ready.run.record["model"]["n_layers"])


def _row(
    reading: str,
    a: Readied,
    b: Readied,
    pairs: Mapping[frozenset[str], Mapping[str, Any]],
    partials: Mapping[frozenset[str], Mapping[str, Any]],
) -> dict[str, Any]:
    first, second = a.run.record["model"], b.run.record["model"]
    row: dict[str, Any] = {"reading": reading, "family_a": first["family"], "family_b": second["family"]}
    row.update(_compared(a, b, pairs, (*_COMPARED, "note")))
    row["within_family"] = "yes" if first["family"] == second["family"] else "no"
    if first["params_b"] and second["params_b"]:
        row["log_size_ratio"] = abs(np.log(first["params_b"] / second["params_b"]))
    depths = depth_of(a), depth_of(b)
    if depths[0] is not None and depths[1] is not None:
        row["depth_difference"] = abs(depths[0] - depths[1])
    row["rho_partial"] = partials.get(_keys(a, b), {}).get("rho_partial")
    return row


def _compared(
    a: Readied, b: Readied, pairs: Mapping[frozenset[str], Mapping[str, Any]], columns: Sequence[str]
) -> dict[str, Any]:
    """A pair's names, figures in this order of the two, and published rho."""
    pair = pairs[_keys(a, b)]
    turned = pair["key_a"] != a.run.key
    row = {name: pair[_turned(name) if turned else name] for name in columns}
    row.update(key_a=a.run.key, key_b=b.run.key, model_a=a.run.model, model_b=b.run.model)
    return {**row, "published": published_pair(a.run.model, b.run.model)}


def _turned(name: str) -> str:
    return {"reliability_a": "reliability_b", "reliability_b": "reliability_a"}.get(name, name)


def _keys(a: Readied, b: Readied) -> frozenset[str]:
    return frozenset((a.run.key, b.run.key))


def _by_keys(table: pd.DataFrame) -> dict[frozenset[str], Mapping[str, Any]]:
    return {frozenset((row["key_a"], row["key_b"])): row for row in table.to_dict("records")}


def _variants(group: Sequence[Readied]) -> Iterator[tuple[Readied, Readied]]:
    """Base and instruct of one family and size."""
    for base in group:
        for instruct in group:
            models = base.run.record["model"], instruct.run.record["model"]
            alike = models[0]["family"] == models[1]["family"] and _of_one_size(models)
            variants = [model["variant"] for model in models]
            if alike and variants == ["base", "instruct"]:
                yield base, instruct


def _of_one_size(models: Sequence[Mapping[str, Any]]) -> bool:
    """By parameters, or by blocks where these are not known."""
    sizes = [model["params_b"] for model in models]
    if all(sizes):
        return bool(max(sizes) / min(sizes) < _SAME_SIZE)
    return bool(models[0]["n_layers"] == models[1]["n_layers"])


def _moved(descriptors: pd.DataFrame, first: str, second: str) -> str:
    """Descriptors whose intervals do not meet, and those that have none."""
    rows = descriptors.set_index("key")
    a, b = rows.loc[first], rows.loc[second]
    moved, unknown = [], []
    for name in INTERVALS:
        low, high = f"{name}_ci_low", f"{name}_ci_high"
        if pd.isna([a[low], b[low]]).any():
            unknown.append(name)
        elif a[low] > b[high] or b[low] > a[high]:
            moved.append(f"{name} {a[name]:.3f} to {b[name]:.3f}")
    said = [", ".join(moved)] if moved else []
    said += [f"no interval of {', '.join(unknown)}"] if unknown else []
    return "; ".join(said) or "none"
