"""The `runs` table: one row per run, refused ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pandas as pd

from emogeo.analysis.comparing.prepared import Readied
from emogeo.analysis.records.catalogue import Run
from emogeo.analysis.tables.frame import columns, typed
from emogeo.geometry.grouping import GROUP
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS, Halves
from emogeo.geometry.inference import reliability

RUN_COLUMNS = [
    *("key", "model", "family", "variant", "params_b", "precision", "mode", "recipe", "prompt_template", "stimuli"),
    *("layer", "n_layers", "n_units", "n_texts", "n_distinct_texts", "anisotropy", "rdm_std"),
    *("reliability", "reliability_ci_low", "reliability_ci_high", "clipped", "separation"),
    *("held_out", "held_out_ci_low", "held_out_ci_high", "nonfinite", "tokens_per_s", "note"),
]
WORDS = ["key", "model", "family", "variant", "precision", "mode", "recipe", "prompt_template", "stimuli", "note"]
MANY_REFUSALS = 0.1
"""Share of refusals among written texts that is flagged."""
_METRICS = ("anisotropy", "rdm_std", "separation", "tokens_per_s")


def runs_table(runs: Sequence[Run], readied: Sequence[Readied]) -> pd.DataFrame:
    """One row per run, in the catalogue's order."""
    halves = {ready.run.key: ready.halves for ready in readied}
    return typed([_run_row(run, halves.get(run.key)) for run in runs], RUN_COLUMNS, WORDS)


def _run_row(run: Run, halves: Halves | None) -> dict[str, Any]:
    record, model = run.record, run.record["model"]
    row = {name: record.get(name) for name in RUN_COLUMNS}
    row.update({name: model.get(name) for name in ("family", "variant", "params_b", "n_layers")}, model=run.model)
    row["nonfinite"] = sum(record["nonfinite"]["passages"]) if record["nonfinite"] else None
    if halves is None:
        row["note"] = f"refused: {record['reason']}"
        return row
    row["layer"] = record["layer"]["index"]
    row.update({name: record["metrics"][name] for name in _METRICS})
    row["n_units"] = halves.n_units
    notes = [*_layer_notes(record), *_put_held_out(row, record["layer"]), *_put_reliability(row, halves)]
    notes += [*_shared_topics(run), *_refusals(record)]
    row["note"] = "; ".join(notes)
    return row


def _put_reliability(row: dict[str, Any], halves: Halves) -> list[str]:
    if halves.n_units < MIN_UNITS:
        return [f"reliability: not identifiable ({halves.n_units} units, {MIN_UNITS} are needed)"]
    row.update(columns("reliability", reliability(halves)), clipped=halves.clipped)
    if halves.n_units < MIN_JACKKNIFE:
        return [f"reliability: no interval ({halves.n_units} units, {MIN_JACKKNIFE} are needed)"]
    return []


def _put_held_out(row: dict[str, Any], layer: dict[str, Any]) -> list[str]:
    if layer["held_out"] is None:
        return []
    row["held_out"], row["held_out_ci_low"], row["held_out_ci_high"] = layer["held_out"]
    others = row["n_units"] - layer["n_choosing"]
    return [f"layer: {layer['criterion']} on {layer['n_choosing']} units; held_out: the same on the other {others}"]


def _shared_topics(run: Run) -> list[str]:
    """Random groups that tell the same topic are not on disjoint topics."""
    groups: dict[str, set[str]] = defaultdict(set)
    for told, unit in zip(run.told, run.record["units"], strict=True):
        if unit.startswith(GROUP):
            groups[told["topic"]].add(unit)
    shared = [topic for topic, units in groups.items() if len(units) > 1]
    if not shared or len(groups) == 1:
        return []
    return [
        f"FLAG units: random groups, and {len(shared)} of {len(groups)} topics are in several of them, so what a topic "
        "gives to an emotion counts as the emotion's, tell every topic for every emotion"
    ]


def _refusals(record: dict[str, Any]) -> list[str]:
    """A refusal is the same for every emotion."""
    written = record["generation"]
    if written is None or written["refusals"] < MANY_REFUSALS * written["texts"]:
        return []
    refusals, texts, distinct = (written[name] for name in ("refusals", "texts", "distinct"))
    return [f"FLAG texts: {refusals} of {texts} begin as a refusal, {distinct} are distinct"]


def _layer_notes(record: dict[str, Any]) -> list[str]:
    notes = [] if record.get("recipe") else ["recipe: none was named"]
    if record["layer"]["index"] is None:
        notes.append("layer: every block, so anisotropy and separation have no single value")
    finite, blocks = len(record["layer"]["layers"]), record["provenance"]["n_blocks"]
    if finite < blocks:
        notes.append(f"FLAG overflow: only {finite} of {blocks} blocks are finite")
    if record["metrics"]["separation"] is None and record["layer"]["index"] is not None:
        notes.append("separation: needs two units")
    return notes
