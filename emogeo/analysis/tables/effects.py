"""The `effects` table: what one factor does to one model's geometry, and what two experiments together seem to say.

An effect is 1 - rho*. It counts where its interval lies above the numerical floor and,
for texts that were written again, above what writing again does by itself.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from emogeo.analysis.comparing.matching import (
    IN_COMPREHENSION,
    IN_REPLAY,
    LAYERS,
    NULL,
    OF_COMPREHENSION,
    REGENERATED,
    SUB_PARAMETERS,
    TEXT,
    Matched,
    matched,
    partner,
)
from emogeo.analysis.comparing.prepared import Readied, floors, over, over_shared, raw_rho
from emogeo.analysis.records.catalogue import Run
from emogeo.analysis.records.published import published_bias, published_rho
from emogeo.analysis.tables.frame import COMPARISON_COLUMNS, MantelTests, columns, compare_into, floor_into, typed
from emogeo.analysis.tables.pairs import left_out
from emogeo.config.schema import StoreConfig
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import cross_experiment_bias

WORDS = ["model", "layer_of_effect", "factor", "aliased_with", "key_a", "key_b", "counts", "note"]
EFFECT_COLUMNS = [
    *WORDS[:6],
    *(name for name in COMPARISON_COLUMNS if name not in {"floor", "note"}),
    *("effect", "ci_low", "ci_high", "floor", "null", "counts"),
    *("bias", "bias_ci_low", "bias_ci_high", "bias_raw", "published", "published_bias", "note"),
]
_SAME = 1e-6
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
    nulls = [row for row in rows if row["factor"] == NULL]
    for row, match in zip(rows, found, strict=True):
        again = TEXT in match.aliased and match.layer in {"precision", "sub_parameter"}
        if again:
            _put_null(row, nulls)
        row["counts"] = _counts(row, again)
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
        "published": published_rho(match.a.model, match.published_sets or ""),
    }
    try:
        both = over_shared(a, b)
        notes = left_out(a, b, both) + compare_into(row, both, ("a", "b"), tests)
        notes += _put_raw(row, a, b)
        notes += floor_into(row, [a.run, b.run], measured)
    except GeometryError as error:
        notes = [f"left out: {error}"]
    if row.get("rho_star") is not None:
        row.update(effect=1 - row["rho_star"], ci_low=1 - row["rho_star_ci_high"], ci_high=1 - row["rho_star_ci_low"])
    row["note"] = notes
    return row


def _put_raw(row: dict[str, Any], a: Readied, b: Readied) -> list[str]:
    """rho as published: of each run's own vectors, all of its texts alike, whatever units the comparison is over."""
    raw = raw_rho(a, b)
    inferred, row["rho"] = row["rho"], raw
    if abs(inferred - raw) < _SAME:
        return []
    row.update(rho_ci_low=None, rho_ci_high=None)
    return [f"rho is over all texts of either run, everything else over {row['n_units']} units (there {inferred:.2f})"]


def _blocks(match: Matched) -> list[str]:
    """A criterion may select another block in each run."""
    a, b = (run.record["layer"]["index"] for run in (match.a, match.b))
    said = {match.factor.removesuffix(OF_COMPREHENSION), *match.aliased}
    return [] if a == b or "layer" in said else [f"selected block ({a}, {b})"]


def _put_null(row: dict[str, Any], nulls: Sequence[dict[str, Any]]) -> None:
    """The largest null of the two runs; where they have none, of the model."""
    of_model = [null for null in nulls if null["model"] == row["model"] and null.get("effect") is not None]
    own = [null for null in of_model if {null["key_a"], null["key_b"]} & {row["key_a"], row["key_b"]}]
    if own or of_model:
        row["null"] = max(null["effect"] for null in own or of_model)
    else:
        row["note"].append("null: none is identifiable, run the same cells with generation.repetition=1")


def _counts(row: dict[str, Any], again: bool) -> str:
    """Above the floor and, for texts that were written again, above the null."""
    if row.get("effect") is None:
        return UNKNOWN
    if row["ci_low"] <= 0:
        return NO
    if row.get("floor") is None or (again and row.get("null") is None):
        row["note"].append("counts: needs the floor and, where texts were written again, a null")
        return UNKNOWN
    return YES if row["ci_low"] > max(row["floor"], row.get("null") or 0.0) else NO


def _put_bias(row: dict[str, Any], match: Matched, by_key: Mapping[str, Readied]) -> None:
    """A-D minus C-D, of the runs' common conditions."""
    if match.published_sets == "A-D":
        row["published_bias"] = published_bias(match.a.model)
    between = partner([ready.run for ready in by_key.values()], match.a, match.b)
    if between is None:
        precision = match.a.record["precision"]
        row["note"].append(f"bias: needs the cell of {match.b.key[:12]} at {precision} as well")
        return
    a, c, d = (by_key[run.key] for run in (match.a, between, match.b))
    row["bias_raw"] = raw_rho(a, d) - raw_rho(c, d)
    try:
        bias = cross_experiment_bias(*_three(a, c, d))
    except GeometryError as error:
        row["note"].append(f"bias: {error}")
        return
    if bias is None:
        row["note"].append("bias: not identifiable (a run is not reliable enough)")
    else:
        row.update(columns("bias", bias))


def _three(a: Readied, c: Readied, d: Readied) -> tuple[Halves, Halves, Halves]:
    """A, C and D over the units of all three; where A has none of theirs, C and D over those of both."""
    together = over_shared(a, c, d)
    first, second, third = together.halves
    if together.paired:
        return first, second, third
    second, third = over_shared(c, d).halves
    return over(first, first.products.units, second.products.conditions), second, third


def _signs(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    figures = " and ".join(f"{r['bias']:+.2f} [{r['bias_ci_low']:+.2f}, {r['bias_ci_high']:+.2f}]" for r in (a, b))
    apart = [(r["bias_ci_low"] > 0) - (r["bias_ci_high"] < 0) for r in (a, b)]
    if apart[0] * apart[1] < 0:
        return f"{figures}, opposite signs beyond their intervals"
    if apart[0] * apart[1] > 0:
        return f"{figures}, the same sign beyond their intervals"
    return f"{figures}, signs not identifiable (an interval holds 0)"


def missing(runs: Sequence[Run], effects: pd.DataFrame, store: str) -> list[str]:
    """What the runs cannot answer, with the command that adds the cells.

    Args:
        store: where the cells are, and new ones have to go.
    """
    lines: dict[tuple[str, ...], list[str]] = {}
    sizes = {size["name"] for run in runs if (size := run.record["config"].get("size"))}
    words = [f"size={size}" for size in sorted(sizes)[:1] if len(sizes) == 1 and size != "small"]
    words += [f"store.path={shlex.quote(store)}"] if store != StoreConfig().path else []
    for run in {run.reader[:2]: run for run in runs}.values():
        base = ["prompt_template.chat=false"] if run.record["model"]["variant"] == "base" else []
        weights = run.record["config"]["model"]["weights"]
        named = ("model", run.model) if weights is None else ("model.weights", f"'{weights}'")
        for study, absent in _absent(effects[effects["model"] == run.model]).items():
            key = (study, ", ".join(absent), " ".join([*base, *words]), named[0])
            lines.setdefault(key, []).append(named[1])
    return [
        f"no cells yet for {absent}: python train.py -m +study={study} "
        + " ".join(filter(None, [shlex.quote(f"{field}={','.join(values)}"), rest]))
        for (study, absent, rest, field), values in lines.items()
    ]


def _absent(own: pd.DataFrame) -> dict[str, list[str]]:
    layers, factors = set(own["layer_of_effect"]), set(own["factor"])
    first = [layer for layer in LAYERS if layer not in layers]
    if "precision" in layers:
        wanted = (IN_COMPREHENSION, IN_REPLAY, REGENERATED, NULL)
        first += [f"precision {kind}" for kind in wanted if not any(f.startswith(kind) for f in factors)]
    second = [name for name in SUB_PARAMETERS if name not in factors] if "sub_parameter" in layers else []
    return {study: absent for study, absent in (("decomposition", first), ("sub_parameters", second)) if absent}
