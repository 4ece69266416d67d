"""The tables of behaviour: facets with their intervals over items, items, and behaviour beside geometry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from emogeo.analysis.records.catalogue import Catalogue, Run
from emogeo.analysis.records.published import published_model, reference
from emogeo.analysis.tables.frame import typed
from emogeo.analysis.tables.relations import FEWEST, RELATION_COLUMNS
from emogeo.arrays import Array
from emogeo.config.schema import Mode
from emogeo.errors import GeometryError
from emogeo.geometry.permutation import mantel_of_few

BEHAVIOUR_COLUMNS = [
    *("key", "model", "family", "variant", "precision", "facet", "source", "n_items", "capability"),
    *("value", "ci_low", "ci_high", "shift", "shift_ci_low", "shift_ci_high"),
    *("control", "control_ci_low", "control_ci_high", "control_shift"),
    *("excess", "excess_ci_low", "excess_ci_high", "published", "note"),
]
ITEM_COLUMNS = [
    *("key", "model", "facet", "item", "prompt", "before", "after", "flipped", "turn"),
    *("after_control", "flipped_control", "answer", "constraints", "met", "note"),
]
GEOMETRY_COLUMNS = ["model_a", "model_b", "behaviour_distance", "geometry_distance", "reading", "note"]
FACETS = {"stance": "stance_flip_rate", "format": "format_compliance"}
"""And what the published file calls them."""
_WORDS = ["key", "model", "family", "variant", "precision", "facet", "source", "note"]
ITEMS = "behaviour.jsonl"
_RESAMPLES = 10_000
_DECIMALS = 12
_EXACT = 40_320
"""Orders of eight models, up to which all are tried."""


def behaviour_runs(catalogue: Catalogue) -> list[Run]:
    """Those of the probes that ask, refused ones included."""
    return [run for run in catalogue.probes if run.record["mode"] == Mode.behaviour.value]


def behaviour_table(catalogue: Catalogue, seed: int) -> pd.DataFrame:
    """A row per run and facet; per base model, which is not asked; and per published model."""
    rows = [_facet_row(run, facet, seed) for run in behaviour_runs(catalogue) for facet in FACETS]
    base = {run.model: run for run in catalogue.runs if run.record["model"]["variant"] == "base"}
    for run in base.values():
        head = {**_named(run.record["model"]), "source": "measured", "note": "base model: not asked"}
        rows += [{**head, "facet": facet} for facet in FACETS]
    rows += list(_published_rows())
    return typed(rows, BEHAVIOUR_COLUMNS, _WORDS)


def behaviour_items_table(catalogue: Catalogue) -> pd.DataFrame:
    """Every item that a run asked, capability items included, whether or not the facet's figure is given."""
    rows = [
        {"key": run.key, "model": run.model, **_item(row)}
        for run in behaviour_runs(catalogue)
        for row in run.rows(ITEMS)
    ]
    figures = {"before", "after", "turn", "after_control"}
    return typed(rows, ITEM_COLUMNS, [name for name in ITEM_COLUMNS if name not in figures])


def interval(parts: Array, wholes: Array, seed: int) -> tuple[float, float] | None:
    """Bootstrap percentiles (95%) over items of sum(parts) / sum(wholes); None where all items are alike."""
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


def _facet_row(run: Run, facet: str, seed: int) -> dict[str, Any]:
    row = {**_named(run.record["model"]), "key": run.key, "precision": run.record["precision"]}
    row.update(facet=facet, source="measured", published=reference()["behaviour"].get(run.model, {}).get(FACETS[facet]))
    if not run.finished:
        return {**row, "note": f"refused: {run.record['reason']}"}
    figures = run.record["metrics"][facet]
    row.update(n_items=figures["n_items"], capability=figures["capability"]["passed"] / figures["capability"]["of"])
    if not figures["given"]:
        return {**row, "note": f"not given: {figures['reason']}"}
    items = [item for item in run.rows(ITEMS) if item["facet"] == facet and item["role"] == "item"]
    if facet == "format":
        found = _compliance(items, seed)
        return {**row, **found, "note": _notes(found)}
    found = _giving_way([item for item in items if item["pressure"] is not None], seed)
    held = f"holds an opinion in {figures['n_items']} of {figures['asked']} items"
    return {**row, **found, "note": "; ".join([held, *filter(None, [_notes(found)])])}


def _compliance(items: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    held, asked = [len(_held(item)) for item in items], [len(item["met"]) for item in items]
    return _bounded("value", held, asked, seed)


def _giving_way(items: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """Flip rates and shifts under pressure and without, and what pressure adds to the flip rate, item by item."""
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


def _bounded(name: str, parts: Sequence[float] | Array, wholes: Sequence[float] | Array, seed: int) -> dict[str, Any]:
    """A share or mean, and its interval where items differ."""
    parts, wholes = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    limits = interval(parts, wholes, seed)
    found = {name: float(parts.sum() / wholes.sum())}
    return found if limits is None else {**found, f"{_of(name)}ci_low": limits[0], f"{_of(name)}ci_high": limits[1]}


def _of(name: str) -> str:
    """What the columns of a figure's interval begin with."""
    return "" if name == "value" else f"{name}_"


def _notes(found: Mapping[str, Any]) -> str:
    """Which figures lack an interval."""
    names = ("value", "shift", "control", "excess")
    bare = [name for name in names if name in found and f"{_of(name)}ci_low" not in found]
    return "; ".join(f"{name}: no interval, all items are alike" for name in bare)


def _named(model: Mapping[str, Any]) -> dict[str, Any]:
    return {"model": model["name"], "family": model["family"], "variant": model["variant"]}


def _published_rows() -> Iterator[dict[str, Any]]:
    for name, facets in reference()["behaviour"].items():
        known = published_model(name) or {}
        head = {"model": name, "family": known.get("family"), "variant": known.get("variant"), "source": "published"}
        for facet, label in FACETS.items():
            yield {**head, "facet": facet, "value": facets[label], "published": facets[label]}


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in ("facet", "item", "prompt")}
    notes = [] if row["role"] == "item" else [f"capability: {'passed' if row['passed'] else 'failed'}"]
    if row["facet"] == "format":
        found.update(answer=row["answer"], constraints=json.dumps(row["constraints"]), met=", ".join(_held(row)))
        notes += ["cut off at max_new_tokens"] if row["stop"] == "length" else []
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


def behaviour_geometry_table(behaviour: pd.DataFrame, universality: pd.DataFrame) -> pd.DataFrame:
    """Two models' distance in behaviour and, for every reading that they have in common, in geometry.

    Behaviour: Euclidean, over flip rate and compliance as measured (the mean where a model has several runs).
    Geometry: 1 - rho_star where every pair of a reading has one, else 1 - rho.
    """
    placed, rows, seen = _placed(behaviour), [], set()
    for reading, pairs in universality.groupby("reading", sort=False):
        figure = "rho_star" if pairs["rho_star"].notna().all() else "rho"
        for a, b, agreement in pairs[["model_a", "model_b", figure]].itertuples(index=False):
            row = {**_beside(a, b, placed), "reading": reading, "geometry_distance": 1 - agreement}
            rows.append({**row, "note": "; ".join(filter(None, (f"1 - {figure}", row["note"])))})
            seen.add(frozenset((a, b)))
    asked = combinations(sorted(placed), 2)
    rows += [_beside(a, b, placed, "no geometry read alike") for a, b in asked if frozenset((a, b)) not in seen]
    return typed(rows, GEOMETRY_COLUMNS, ["model_a", "model_b", "reading", "note"])


def behaviour_relations(geometry: pd.DataFrame, behaviour: pd.DataFrame, permutations: int, seed: int) -> pd.DataFrame:
    """For each reading, a row of the `relations` table: Mantel over models of both distances, two-sided.

    All orders are tried up to eight models; fewer than six are too few to tell from chance.
    """
    families = dict(zip(behaviour["model"], behaviour["family"], strict=True))
    rows = []
    for reading, pairs in geometry[geometry["reading"].fillna("") != ""].groupby("reading", sort=False):
        known = pairs.dropna(subset=["behaviour_distance", "geometry_distance"])
        models = sorted({*known["model_a"], *known["model_b"]})
        row = {"reading": reading, "relation": "behaviour", "n_models": len(models)}
        row["n_families"] = len({families[model] for model in models})
        rows.append({**row, **_related(known, models, permutations, seed)})
    return typed(rows, RELATION_COLUMNS, ["reading", "relation", "note"])


def _related(known: pd.DataFrame, models: Sequence[str], permutations: int, seed: int) -> dict[str, Any]:
    if len(models) < FEWEST:
        return {"note": f"not identifiable ({len(models)} models, {FEWEST} needed)"}
    measured = [_matrix(known, models, f"{name}_distance") for name in ("behaviour", "geometry")]
    if any(np.isnan(matrix).any() for matrix in measured):
        return {"note": "left out: not every two of these models were read alike"}
    try:
        found = mantel_of_few(measured[0], measured[1], max(permutations, _EXACT), seed, two_sided=True)
    except GeometryError as error:  # all distances alike
        return {"note": f"left out: {error}"}
    return {"r": found.r, "p": found.p, "p_min": found.p_min, "note": "models of a family count as independent"}


def _matrix(pairs: pd.DataFrame, models: Sequence[str], column: str) -> Array:
    """[model, model]; NaN where a pair is absent. Rounded, so that equal distances are ties and not noise."""
    position, matrix = {model: row for row, model in enumerate(models)}, np.full((len(models),) * 2, np.nan)
    np.fill_diagonal(matrix, 0.0)
    for a, b, value in pairs[["model_a", "model_b", column]].itertuples(index=False):
        matrix[position[a], position[b]] = matrix[position[b], position[a]] = round(value, _DECIMALS)
    return matrix


def _placed(behaviour: pd.DataFrame) -> dict[str, Array]:
    """Of models with both facets measured and given: flip rate and compliance."""
    measured = behaviour[(behaviour["source"] == "measured") & behaviour["value"].notna()]
    means = measured.groupby(["model", "facet"])["value"].mean().unstack().reindex(columns=list(FACETS)).dropna()
    return {str(model): row.to_numpy(dtype=float) for model, row in means.iterrows()}


def _beside(a: str, b: str, placed: Mapping[str, Array], note: str = "") -> dict[str, Any]:
    absent = [model for model in (a, b) if model not in placed]
    row: dict[str, Any] = {"model_a": a, "model_b": b, "note": note}
    if absent:
        return {**row, "note": f"behaviour: not both facets are given for {' and '.join(absent)}"}
    return {**row, "behaviour_distance": float(np.linalg.norm(placed[a] - placed[b]))}
