"""The `baselines` and `partials` tables: models against what is not a model's geometry, and given it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from emogeo.analysis.comparisons import Readied, floors, over, over_shared
from emogeo.analysis.pairs import pairs_of
from emogeo.analysis.tables import COMPARISON_COLUMNS, Permutations, adjust, columns, comparison_row, floor_column
from emogeo.errors import GeometryError
from emogeo.geometry.controls import norm_distances, partial_rho
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.inference import interval
from emogeo.geometry.permutation import mantel
from emogeo.geometry.rdm import standard_ranks
from emogeo.stimuli.norms import load_norms

BASELINES = ("bag_of_words", "input_embeddings", "human_norms")
BASELINE_COLUMNS = [
    *("key", "model", "baseline"),
    *("reliability_baseline" if name == "reliability_b" else name for name in COMPARISON_COLUMNS),
]
PARTIAL_COLUMNS = [
    *("key_a", "key_b", "model_a", "model_b", "given", "rho", "rho_partial", "rho_partial_ci_low"),
    *("rho_partial_ci_high", "n_units", "n_conditions", "note"),
]


def baselines_table(readied: Sequence[Readied], permutations: Permutations) -> pd.DataFrame:
    """One row per finished run and baseline."""
    measured = floors([ready.run for ready in readied])
    runs = [ready for ready in readied if ready.run.twin is None]
    permutations = permutations.for_family(len(runs) * len(BASELINES))
    rows = []
    for ready in runs:
        for name in BASELINES:
            row = {"key": ready.run.key, "model": ready.run.model, "baseline": name}
            try:
                figures, notes = _against(ready, name, permutations)
            except GeometryError as error:
                rows.append({**row, "note": f"left out: {error}"})
                continue
            row.update(figures)
            notes += floor_column(row, [ready.run], measured)
            rows.append({**row, "note": "; ".join(notes)})
    table = pd.DataFrame(rows, columns=["key", "model", "baseline", *COMPARISON_COLUMNS])
    return adjust(table).set_axis(BASELINE_COLUMNS, axis=1)


def partials_table(readied: Sequence[Readied]) -> pd.DataFrame:
    """One row per pair of runs with text in common, and baselines given."""
    rows = [row for a, b in pairs_of(readied) for row in _partial_rows(a, b)]
    return pd.DataFrame(rows, columns=PARTIAL_COLUMNS)


def _against(ready: Readied, baseline: str, permutations: Permutations) -> tuple[dict[str, Any], list[str]]:
    if baseline == "human_norms":
        return _against_norms(ready.halves, permutations)
    return comparison_row(ready.halves, getattr(ready, baseline), permutations)


def _against_norms(run: Halves, permutations: Permutations) -> tuple[dict[str, Any], list[str]]:
    """Norms have no texts, so rho itself is on no shared text, and its Mantel p is `p`."""
    norms = load_norms()
    rated = [c for c in run.products.conditions if c in norms]
    unrated = sorted(set(run.products.conditions) - set(rated))
    run = over(run, run.products.units, rated)
    distances = standard_ranks(norm_distances(norms, rated))
    figures = run.whole @ distances
    row: dict[str, Any] = {"n_units": run.n_units, "half_size": run.half_size, "n_conditions": len(rated)}
    row.update(
        columns("rho", interval(float(figures[0]), [figures[1:]], fisher=True))
        if run.n_units >= MIN_UNITS
        else {"rho": float(figures[0])}
    )
    row["p"] = mantel(run.whole[0], distances, permutations.n, permutations.seed)
    return row, [
        "rho_star: ratings have no replicates here; p is of rho, and no text is shared",
        *([f"without {', '.join(unrated)}, which has no ratings"] if unrated else []),
    ]


def _partial_rows(a: Readied, b: Readied) -> list[dict[str, Any]]:
    row: dict[str, Any] = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        first, second = over_shared(a, b)
        if first.products.units != second.products.units:
            raise GeometryError("no text in common, so no baseline of both")
        return [
            {
                **row,
                "given": name,
                "rho": float(first.whole[0] @ second.whole[0]),
                **columns("rho_partial", partial_rho(first, second, _of(given, first))),
                "n_units": first.n_units,
                "n_conditions": len(first.products.conditions),
                "note": "" if first.n_units >= MIN_UNITS else f"no interval ({first.n_units} units)",
            }
            for name, given in _given(a, b).items()
        ]
    except GeometryError as error:
        return [{**row, "note": f"left out: {error}"}]


def _given(a: Readied, b: Readied) -> dict[str, list[Halves]]:
    words, embeddings = [a.bag_of_words], [a.input_embeddings, b.input_embeddings]
    return {"bag_of_words": words, "input_embeddings": embeddings, "both": [*words, *embeddings]}


def _of(given: list[Halves], like: Halves) -> list[Halves]:
    return [over(halves, like.products.units, like.products.conditions) for halves in given]
