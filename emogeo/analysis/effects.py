"""The `effects` table: what one factor does to one model's geometry, and what two experiments together seem to say.

An effect is 1 - rho*. It counts where its interval lies above the numerical floor and,
for texts that were written again, above what writing again does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from emogeo.analysis.catalogue import Run
from emogeo.analysis.comparisons import Readied, floors, over_shared
from emogeo.analysis.factors import LAYERS, NULL, Matched, matched, partner
from emogeo.analysis.pairs import left_out
from emogeo.analysis.published import published_bias, published_rho
from emogeo.analysis.tables import COMPARISON_COLUMNS, MantelTests, columns, compare_into, floor_into, typed
from emogeo.errors import GeometryError
from emogeo.geometry.inference import cross_experiment_bias

WORDS = ["model", "layer_of_effect", "factor", "aliased_with", "key_a", "key_b", "counts", "note"]
EFFECT_COLUMNS = [
    *WORDS[:6],
    *(name for name in COMPARISON_COLUMNS if name not in {"floor", "note"}),
    *("effect", "ci_low", "ci_high", "floor", "null", "counts"),
    *("bias", "bias_ci_low", "bias_ci_high", "bias_raw", "published", "published_bias", "note"),
]
YES, NO, UNKNOWN = "yes", "no", "not identifiable"


def effects_table(readied: Sequence[Readied], permutations: int, seed: int) -> pd.DataFrame:
    """One row per two runs of a model that are matched in all but one factor, or in those that published sets move.

    The p of all rows are a family.
    """
    runs, by_key = [ready.run for ready in readied], {ready.run.key: ready for ready in readied}
    measured, found = floors(runs), matched(runs)
    tests = MantelTests.of_family(len(found), permutations, seed)
    rows = [_row(match, by_key, tests, measured) for match in found]
    tests.fill(rows)
    nulls = {key: row for row in rows if row["factor"] == NULL for key in (row["key_a"], row["key_b"])}
    for row, match in zip(rows, found, strict=True):
        if row["factor"] == "regenerated":
            _put_null(row, nulls)
        row["counts"] = _counts(row)
        if match.layer == "cross_experiment":
            _put_bias(row, match, by_key)
        row["note"] = "; ".join(row["note"])
    return typed(rows, EFFECT_COLUMNS, WORDS)


def opposite_signs(effects: pd.DataFrame) -> list[str]:
    """For every two models and each kind of cross-experiment comparison: whether their biases have opposite signs."""
    given = effects[(effects["layer_of_effect"] == "cross_experiment") & effects["bias"].notna()]
    said = []
    for factor, rows in given.groupby("factor", sort=False):
        for a, b in combinations(rows.to_dict("records"), 2):
            if a["model"] != b["model"]:
                said.append(f"cross-experiment bias ({factor}), {a['model']} and {b['model']}: {_signs(a, b)}")
    return said


def _row(
    match: Matched, by_key: Mapping[str, Readied], tests: MantelTests, measured: dict[tuple[str, ...], float]
) -> dict[str, Any]:
    a, b = by_key[match.a.key], by_key[match.b.key]
    row: dict[str, Any] = {
        "model": match.a.model,
        "layer_of_effect": match.layer,
        "factor": match.factor,
        "aliased_with": ", ".join([*match.aliased, *_blocks(match)]),
        "key_a": a.run.key,
        "key_b": b.run.key,
        "published": _published(match),
    }
    try:
        both = over_shared(a, b)
        notes = left_out(a, b, both) + compare_into(row, both, ("a", "b"), tests)
        notes += floor_into(row, [a.run, b.run], measured)
    except GeometryError as error:
        notes = [f"left out: {error}"]
    if row.get("rho_star") is not None:
        row.update(effect=1 - row["rho_star"], ci_low=1 - row["rho_star_ci_high"], ci_high=1 - row["rho_star_ci_low"])
    row["note"] = notes
    return row


def _blocks(match: Matched) -> list[str]:
    """A criterion may select another block in each run."""
    a, b = (run.record["layer"]["index"] for run in (match.a, match.b))
    return [] if a == b or "layer" in {match.factor, *match.aliased} else [f"selected block ({a}, {b})"]


def _put_null(row: dict[str, Any], nulls: Mapping[str, dict[str, Any]]) -> None:
    null = nulls.get(row["key_a"]) or nulls.get(row["key_b"])
    if null is None:
        row["note"].append("null: neither run was written again, run its cell with generation.repetition=1")
    elif null.get("effect") is None:
        row["note"].append("null: not identifiable, as its own row says")
    else:
        row["null"] = null["effect"]


def _counts(row: dict[str, Any]) -> str:
    if row.get("effect") is None:
        return UNKNOWN
    if row["ci_low"] <= 0:
        return NO
    if row.get("floor") is None or (row["factor"] == "regenerated" and row.get("null") is None):
        row["note"].append("counts: needs the floor and, where texts were written again, the null")
        return UNKNOWN
    return YES if row["ci_low"] > max(row["floor"], row.get("null") or 0.0) else NO


def _put_bias(row: dict[str, Any], match: Matched, by_key: Mapping[str, Readied]) -> None:
    """A-D minus C-D, of the runs' common conditions."""
    row["published_bias"] = published_bias(match.a.model) if row["published"] is not None else None
    between = partner([ready.run for ready in by_key.values()], match.a, match.b)
    if between is None:
        precision = match.a.record["precision"]
        row["note"].append(f"bias: needs the run of {match.b.key[:12]} at {precision} as well")
        return
    try:
        a, c, d = over_shared(*(by_key[run.key] for run in (match.a, between, match.b))).halves
        bias = cross_experiment_bias(a, c, d)
    except (GeometryError, ValueError) as error:
        row["note"].append(f"bias: {error}")
        return
    row["bias_raw"] = float(a.whole[0] @ d.whole[0] - c.whole[0] @ d.whole[0])
    if bias is None:
        row["note"].append("bias: not identifiable (a run is not reliable enough)")
    else:
        row.update(columns("bias", bias))


def _published(match: Matched) -> float | None:
    """Of the published pair of sets that these two runs repeat."""
    recipe = match.b.record["recipe"]
    if match.layer in {"method", "cross_experiment"}:
        if not match.factor.startswith("as published"):
            return None
        sets = {"method": {"jeong_matched": "A-C", "jeong_loose": "A-B"}, "cross_experiment": {"jeong_matched": "A-D"}}
        wanted = sets[match.layer].get(recipe)
    else:
        wanted = {"all at once": "B-C", "regenerated": "C-D"}.get(match.factor)
    return None if wanted is None else published_rho(match.a.model, wanted)


def _signs(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    figures = " and ".join(f"{r['bias']:+.2f} [{r['bias_ci_low']:+.2f}, {r['bias_ci_high']:+.2f}]" for r in (a, b))
    apart = [(r["bias_ci_low"] > 0) - (r["bias_ci_high"] < 0) for r in (a, b)]
    if apart[0] * apart[1] < 0:
        return f"{figures}, opposite signs beyond their intervals"
    if apart[0] * apart[1] > 0:
        return f"{figures}, the same sign beyond their intervals"
    return f"{figures}, signs not identifiable (an interval holds 0)"


def missing(runs: Sequence[Run], effects: pd.DataFrame) -> list[str]:
    """What the runs cannot answer, with the command that adds the cells."""
    lines: dict[tuple[str, str, str], list[str]] = {}
    for run in {run.model: run for run in runs}.values():
        own = effects[effects["model"] == run.model]
        for study, absent in _absent(own).items():
            weights = run.record["config"]["model"]["weights"]
            words = ("model.weights", str(weights)) if weights else ("model", run.model)
            lines.setdefault((study, ", ".join(absent), words[0]), []).append(words[1])
    return [
        f"no cells yet for {absent}: python train.py -m +study={study} {field}={','.join(values)}"
        for (study, absent, field), values in lines.items()
    ]


def _absent(own: pd.DataFrame) -> dict[str, list[str]]:
    layers, factors = set(own["layer_of_effect"]), set(own["factor"])
    first = [layer for layer in LAYERS if layer not in layers]
    if "precision" in layers:
        wanted = ("in comprehension", "in replay", "regenerated", NULL)
        first += [f"precision {factor}" for factor in wanted if factor not in factors]
    singles = ("template", "samples", "decoding", "length", "position", "layer", "chat", "centring")
    second = [name for name in singles if name not in factors] if "sub_parameter" in layers else []
    return {study: absent for study, absent in (("decomposition", first), ("sub_parameters", second)) if absent}
