"""The tables of behaviour: facets with their intervals over items, and items."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.records.published import published_model, reference
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.arrays import Array
from emogeo.models.thinking import THOUGHT
from emogeo.record.files import ITEMS
from emogeo.record.origin import ModelCard
from emogeo.record.run import BehaviourRun
from emogeo.record.types import FacetRecord, Facets

BEHAVIOUR_COLUMNS = [
    *("key", "model", "family", "variant", "precision", "facet", "source", "n_items", "capability"),
    *("value", "ci_low", "ci_high", "shift", "shift_ci_low", "shift_ci_high"),
    *("control", "control_ci_low", "control_ci_high", "control_shift"),
    *("excess", "excess_ci_low", "excess_ci_high", "published", "note"),
]
ITEM_COLUMNS = [
    *("key", "model", "facet", "item", "prompt", "before", "after", "flipped", "turn"),
    *("after_control", "flipped_control", "answer", "constraints", "met", "thought", "note"),
]
FACETS = {"stance": "stance_flip_rate", "format": "format_compliance"}
"""Facets by their names in records, with their names in the published file."""
_WORDS = ["key", "model", "family", "variant", "precision", "facet", "source", "note"]
_RESAMPLES = 10_000


def behaviour_runs(catalogue: Catalogue) -> list[BehaviourRun]:
    """Selects the runs of behaviour, refused ones included."""
    return [run for run in catalogue.probes if isinstance(run, BehaviourRun)]


def behaviour_table(catalogue: Catalogue, seed: int) -> Table:
    """Makes a row per run and facet, per base model (which is not asked), and per published model."""
    rows = [_facet_row(run, facet, seed) for run in behaviour_runs(catalogue) for facet in FACETS]
    trained = [run for run in catalogue.runs if not run.untrained]
    base = {run.model: run for run in trained if run.record.model.variant == "base"}
    for run in base.values():
        head = {**_named(run.record.model), "source": "measured", "note": [Note("base model: not asked")]}
        rows += [{**head, "facet": facet} for facet in FACETS]
    rows += list(_published_rows())
    return typed(rows, BEHAVIOUR_COLUMNS, _WORDS)


def behaviour_items_table(catalogue: Catalogue) -> Table:
    """Makes a row per item that a run asked, capability items included, even where the facet has no numbers."""
    rows = [
        {"key": run.key, "model": run.model, **_item(row)}
        for run in behaviour_runs(catalogue)
        for row in run.rows(ITEMS)
    ]
    figures = {"before", "after", "turn", "after_control"}
    return typed(rows, ITEM_COLUMNS, [name for name in ITEM_COLUMNS if name not in figures])


def interval(parts: Array, wholes: Array, seed: int) -> tuple[float, float] | None:
    """Gives bootstrap percentiles (95%) over items of sum(parts) / sum(wholes); None where all items are equal."""
    if len({*zip(parts, wholes, strict=True)}) == 1:
        return None

    def ratio(part: Array, whole: Array, axis: int) -> Array:
        return np.asarray(part.sum(axis=axis) / whole.sum(axis=axis))

    found = bootstrap(
        (parts, wholes),
        ratio,
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        method="percentile",
        random_state=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def _facet_row(run: BehaviourRun, facet: str, seed: int) -> Row:
    row = {**_named(run.record.model), "key": run.key, "precision": run.record.precision}
    row.update(facet=facet, source="measured", published=reference()["behaviour"].get(run.model, {}).get(FACETS[facet]))
    if not run.finished:
        return {**row, "note": [Note(f"refused: {run.record.reason}", NoteKind.refused)]}
    own = _of_facet(run.result.metrics, facet)
    row.update(n_items=own.n_items, capability=own.capability.passed / own.capability.of)
    if not own.given:
        kind = NoteKind.remark if own.n_items is None else NoteKind.few_opinions
        return {**row, "note": [Note(f"not given: {own.reason}", kind)]}
    items = [item for item in run.rows(ITEMS) if item["facet"] == facet and item["role"] == "item"]
    if facet == "format":
        found = _compliance(items, seed)
        return {**row, **found, "note": _notes(found)}
    found = _giving_way([item for item in items if item["pressure"] is not None], seed)
    held = Note(f"holds an opinion in {own.n_items} of {own.numbers['asked']} items")
    return {**row, **found, "note": [held, *_notes(found)]}


def _of_facet(facets: Facets, facet: str) -> FacetRecord:
    return facets.stance if facet == "stance" else facets.format


def _compliance(items: Sequence[Mapping[str, Any]], seed: int) -> Row:
    held, asked = [len(_held(item)) for item in items], [len(item["met"]) for item in items]
    return _bounded("value", held, asked, seed)


def _giving_way(items: Sequence[Mapping[str, Any]], seed: int) -> Row:
    """Gives flip rates and shifts under pressure and without, and what pressure adds to the flip rate."""
    flips, controls = (
        np.array([item[course]["flipped_at"] is not None for item in items], dtype=float)
        for course in ("pressure", "control")
    )
    shifts, drifts = (
        np.array([item[course]["log_odds"][-1] - item["before"] for item in items])
        for course in ("pressure", "control")
    )
    ones = np.ones(len(items))
    return {
        **_bounded("value", flips, ones, seed),
        **_bounded("shift", shifts, ones, seed),
        **_bounded("control", controls, ones, seed),
        "control_shift": float(drifts.mean()),
        **_bounded("excess", flips - controls, ones, seed),
    }


def _held(item: Mapping[str, Any]) -> list[str]:
    return [name for name, value in item["met"].items() if value]


def _bounded(name: str, parts: Sequence[float] | Array, wholes: Sequence[float] | Array, seed: int) -> Row:
    """Gives a share or mean, and its interval where items differ."""
    parts, wholes = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    limits = interval(parts, wholes, seed)
    found = {name: float(parts.sum() / wholes.sum())}
    return found if limits is None else {**found, f"{_of(name)}ci_low": limits[0], f"{_of(name)}ci_high": limits[1]}


def _of(name: str) -> str:
    """Gives the beginning of the names of an interval's columns."""
    return "" if name == "value" else f"{name}_"


def _notes(found: Mapping[str, Any]) -> list[Note]:
    """Notes which numbers lack an interval."""
    names = ("value", "shift", "control", "excess")
    bare = [name for name in names if name in found and f"{_of(name)}ci_low" not in found]
    return [Note(f"{name}: no interval, all items are equal") for name in bare]


def _named(model: ModelCard) -> Row:
    return {"model": model.name, "family": model.family, "variant": model.variant}


def _published_rows() -> Iterator[dict[str, Any]]:
    for name, facets in reference()["behaviour"].items():
        known = published_model(name) or {}
        head = {"model": name, "family": known.get("family"), "variant": known.get("variant"), "source": "published"}
        for facet, label in FACETS.items():
            yield {**head, "facet": facet, "value": facets[label], "published": facets[label]}


def _item(row: Mapping[str, Any]) -> Row:
    found = {name: row[name] for name in ("facet", "item", "prompt")}
    notes = [] if row["role"] == "item" else [f"capability: {'passed' if row['passed'] else 'failed'}"]
    if row["facet"] == "format":
        found.update(answer=row["answer"], constraints=json.dumps(row["constraints"]), met=", ".join(_held(row)))
        notes += ["cut off at max_new_tokens"] if row["stop"] == "length" else []
        notes += ["empty: its thought did not end"] if row["stop"] == THOUGHT else []
        found["thought"] = row.get("thought")
        return {**found, "note": "; ".join(notes)}
    notes += [] if row["orders_agree"] else ["the two orders of the options disagree"]
    found.update(before=row["before"], answer=row["first_choice"], note="; ".join(notes))
    if row.get("pressure") is not None:
        pressure, control = row["pressure"], row["control"]
        found.update(after=pressure["log_odds"][-1], flipped=_flipped(pressure), turn=pressure["flipped_at"])
        found.update(after_control=control["log_odds"][-1], flipped_control=_flipped(control))
    return found


def _flipped(course: Mapping[str, Any]) -> str:
    return "no" if course["flipped_at"] is None else "yes"
