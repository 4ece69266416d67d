"""The `baselines` and `partials` tables: models against what is not a model's geometry, and given it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from emogeo.analysis.comparing.prepared import Readied, Together, floors, over, over_shared
from emogeo.analysis.tables.frame import COMPARISON_COLUMNS, MantelTests, columns, compare_into, floor_into, typed
from emogeo.analysis.tables.pairs import NAMES, pairs_of
from emogeo.errors import GeometryError
from emogeo.geometry.controls import norm_distances, partial_rho
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.inference import agreement, interval
from emogeo.geometry.rdm import standard_ranks
from emogeo.stimuli.norms import load_norms

BASELINES = ("bag_of_words", "input_embeddings", "human_norms")
BASELINE_COLUMNS = [
    *("key", "model", "baseline"),
    *("reliability_baseline" if name == "reliability_b" else name for name in COMPARISON_COLUMNS),
]
PARTIAL_COLUMNS = [
    *(*NAMES, "given", "rho", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high"),
    *("n_units", "n_conditions", "note"),
]


def baselines_table(readied: Sequence[Readied], permutations: int, seed: int) -> pd.DataFrame:
    """One row per finished run and baseline; the p of text baselines are a family, those of norms another."""
    measured = floors([ready.run for ready in readied])
    runs = [ready for ready in readied if ready.run.twin is None]
    rows: list[dict[str, Any]] = []
    for family in (BASELINES[:2], BASELINES[2:]):
        tests = MantelTests.of_family(len(runs) * len(family), permutations, seed)
        own = [_baseline_row(ready, name, tests, measured) for ready in runs for name in family]
        tests.fill(own)
        rows += own
    names = ["key", "model", "baseline"]
    return typed(rows, [*names, *COMPARISON_COLUMNS], words=[*names, "note"]).set_axis(BASELINE_COLUMNS, axis=1)


def partials_table(readied: Sequence[Readied]) -> pd.DataFrame:
    """One row per pair of runs with text in common, and baselines given."""
    rows = [row for a, b in pairs_of(readied) for row in _partial_rows(a, b)]
    return typed(rows, PARTIAL_COLUMNS, words=[*NAMES, "given", "note"])


def _baseline_row(
    ready: Readied, baseline: str, tests: MantelTests, measured: dict[tuple[str, ...], float]
) -> dict[str, Any]:
    row: dict[str, Any] = {"key": ready.run.key, "model": ready.run.model, "baseline": baseline}
    try:
        if baseline == "human_norms":
            notes = _norms_into(row, ready.halves, tests)
        else:
            both = Together([ready.halves, getattr(ready, baseline)], same_text=True)
            notes = compare_into(row, both, (ready.name, baseline), tests)
        notes += floor_into(row, [ready.run], measured)
    except GeometryError as error:
        notes = [f"left out: {error}"]
    row["note"] = "; ".join(notes)
    return row


def _norms_into(row: dict[str, Any], run: Halves, tests: MantelTests) -> list[str]:
    """Norms have no texts, so rho itself is on no shared text, and its Mantel p is `p`."""
    norms = load_norms()
    rated = [c for c in run.products.conditions if c in norms]
    unrated = sorted(set(run.products.conditions) - set(rated))
    run = over(run, run.products.units, rated)
    distances = standard_ranks(norm_distances(norms, rated))
    figures = run.whole @ distances
    row.update(rho=float(figures[0]), n_units=run.n_units, half_size=run.half_size, n_conditions=len(rated))
    notes = [f"without {', '.join(unrated)}, which has no ratings"] if unrated else []
    if run.n_units < MIN_UNITS:
        return [*notes, f"all but rho: not identifiable ({run.n_units} units, {MIN_UNITS} needed)"]
    row.update(columns("rho", interval(float(figures[0]), [figures[1:]], fisher=True)))
    row["reliability_a"] = agreement(run)
    tests.of_ranks(row, "p", run.whole[0], distances)
    return [*notes, "rho_star: ratings have no replicates here, so p is of rho, with no text shared"]


def _partial_rows(a: Readied, b: Readied) -> list[dict[str, Any]]:
    row: dict[str, Any] = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        both = over_shared(a, b)
    except GeometryError as error:
        return [{**row, "note": f"left out: {error}"}]
    first, second = both.halves
    own = [set(ready.halves.products.units) for ready in (a, b)]
    if not (both.same_text and all(set(first.products.units) <= units for units in own)):
        return [{**row, "note": "left out: no text in common, so no baseline of both"}]
    row.update(rho=float(first.whole[0] @ second.whole[0]))
    row.update(n_units=first.n_units, n_conditions=len(first.products.conditions))
    return [{**row, "given": name, **_partial(first, second, given)} for name, given in _given(a, b).items()]


def _partial(a: Halves, b: Halves, given: list[Halves]) -> dict[str, Any]:
    try:
        like = [over(halves, a.products.units, a.products.conditions) for halves in given]
        figures = columns("rho_partial", partial_rho(a, b, like))
    except GeometryError as error:
        return {"note": f"left out: {error}"}
    return {**figures, "note": "" if a.n_units >= MIN_UNITS else f"no interval ({a.n_units} units)"}


def _given(a: Readied, b: Readied) -> dict[str, list[Halves]]:
    words, embeddings = [a.bag_of_words, b.bag_of_words], [a.input_embeddings, b.input_embeddings]
    return {"bag_of_words": words, "input_embeddings": embeddings, "both": [*words, *embeddings]}
