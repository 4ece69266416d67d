"""The `claims` table: published, measured, and a verdict by the rules of docs/claims.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.matching import AS_PUBLISHED, REGENERATED
from emogeo.analysis.records.published import decomposition, published_bias, reference
from emogeo.analysis.tables.descriptors import NARROW
from emogeo.analysis.tables.frame import typed

COLUMNS = ["claim", "published", "measured", "ci_low", "ci_high", "verdict", "note"]
REPRODUCED, CONTRADICTED = "reproduced", "contradicted"
UNKNOWN, UNTESTABLE = "not identifiable", "not testable"
IMMATURE = "gemma-3"
"""The family whose base model the study calls immature."""
_SAME, _APART, _UNCHANGED = 0.9, 0.5, 0.9
"""Bounds on rho* of base and instruct, of method and sub-parameters, of precision."""
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Figure:
    """One comparison that a claim is about."""

    name: str
    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        return not np.isnan(self.low)


@dataclass(frozen=True)
class Verdict:
    """On one claim."""

    verdict: str
    note: str
    decided: Figure | None = None


def claims_table(tables: Tables) -> pd.DataFrame:
    """One row per claim.

    Args:
        tables: universality, descriptors, base_instruct, effects, behaviour.
    """
    rows = []
    for claim, (published, judge) in CLAIMS.items():
        found, row = judge(tables), {"claim": claim, "published": published()}
        if found.decided is not None:
            row.update(measured=found.decided.value, ci_low=found.decided.low, ci_high=found.decided.high)
        rows.append({**row, "verdict": found.verdict, "note": found.note})
    return typed(rows, COLUMNS, ["claim", "verdict", "note"])


def lowest_published(immature: bool, within: bool) -> float:
    """Lowest published rho between families, or of base and instruct, with or without the immature family."""
    models, matrix = reference()["models"], np.array(reference()["rdm_rho"]["matrix"])
    order = reference()["rdm_rho"]["order"]
    found = []
    for a, b in combinations(models, 2):
        same = a["family"] == b["family"]
        if same is within and (IMMATURE in (a["family"], b["family"])) is immature:
            found.append(matrix[order.index(a["name"]), order.index(b["name"])])
    return float(min(found))


def above(figures: Sequence[Figure], bound: float) -> Verdict:
    """The claim that every figure is at least `bound`."""
    return _judged(figures, lambda f: f.low >= bound, lambda f: f.high < bound, min, f"at least {bound:.2f}")


def below(figures: Sequence[Figure], bound: float) -> Verdict:
    """The claim that every figure is below `bound`."""
    return _judged(figures, lambda f: f.high < bound, lambda f: f.low >= bound, max, f"below {bound:.2f}")


def _judged(
    figures: Sequence[Figure],
    holds: Callable[[Figure], bool],
    fails: Callable[[Figure], bool],
    nearest: Callable[..., Figure],
    words: str,
) -> Verdict:
    known = [figure for figure in figures if figure.known]
    if not known:
        return Verdict(UNKNOWN, f"none of {len(figures)} comparisons has a ρ* with an interval")
    decided = nearest(known, key=lambda figure: figure.value)
    note = f"{decided.name}, of {len(figures)} comparisons ({len(figures) - len(known)} without ρ*); the claim: {words}"
    if any(map(fails, known)):
        return Verdict(CONTRADICTED, note, decided)
    return Verdict(REPRODUCED if len(known) == len(figures) and all(map(holds, known)) else UNKNOWN, note, decided)


def _figures(rows: pd.DataFrame, name: Callable[[Any], str]) -> list[Figure]:
    return [
        Figure(name(row), row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
        for row in rows.to_dict("records")
    ]


def _untestable(what: str, command: str) -> Verdict:
    return Verdict(UNTESTABLE, f"{what}: {command}")


def mature_pairs(tables: Tables) -> pd.DataFrame:
    """Pairs between families in the widest, then most reliable way of reading; flagged models left out."""
    pairs, descriptors = tables["universality"], tables["descriptors"].set_index("key")
    narrow = descriptors.index[(descriptors["anisotropy"] > NARROW) | descriptors["flags"].str.contains("overflow")]
    kept = pairs[(pairs["within_family"] == "no") & ~pairs["key_a"].isin(narrow) & ~pairs["key_b"].isin(narrow)]
    if kept.empty:
        return kept
    by_reading = kept.groupby("reading")
    models = by_reading.apply(lambda own: len({*own["model_a"], *own["model_b"]}))
    reliable = by_reading[["reliability_a", "reliability_b"]].mean().mean(axis=1).fillna(-1.0)
    best = max(models.index, key=lambda reading: (models[reading], reliable[reading]))
    return kept[kept["reading"] == best]


def _pair_name(row: Mapping[str, Any]) -> str:
    return f"{row['model_a']} – {row['model_b']} ({row['reading']})"


def _universality(tables: Tables) -> Verdict:
    pairs = mature_pairs(tables)
    if pairs.empty:
        return _untestable(
            "no two mature models of different families read alike", "python train.py -m +study=universality"
        )
    return above(_figures(pairs, _pair_name), lowest_published(immature=False, within=False))


def _opposed(tables: Tables) -> Verdict:
    pairs, asked = mature_pairs(tables), tables["behaviour"]
    stance = asked[(asked["facet"] == "stance") & (asked["source"] == "measured") & asked["excess_ci_low"].notna()]
    excess = stance.drop_duplicates("model").set_index("model")[["excess_ci_low", "excess_ci_high"]]

    def apart(row: pd.Series) -> bool:
        a, b = excess.loc[row["model_a"]], excess.loc[row["model_b"]]
        return bool(a["excess_ci_low"] > b["excess_ci_high"] or b["excess_ci_low"] > a["excess_ci_high"])

    measured = pairs[pairs["model_a"].isin(excess.index) & pairs["model_b"].isin(excess.index)]
    if measured.empty:
        return _untestable(
            "no two such models with an interval for what pressure adds to the flip rate (capability check passed, "
            "opinions held, not all items alike)",
            "python train.py -m mode=behaviour 'model=glob(*instruct*)'",
        )
    opposed = measured[np.array([apart(row) for _, row in measured.iterrows()], dtype=bool)]
    if opposed.empty:
        return Verdict(UNKNOWN, f"of {len(measured)} pairs none differs in what pressure adds beyond its intervals")
    return above(_figures(opposed, _pair_name), lowest_published(immature=False, within=False))


def _anisotropy(tables: Tables) -> Verdict:
    """Within each way of reading, which decides on the layer; they must agree."""
    known = tables["descriptors"].dropna(subset=["anisotropy_ci_low"])
    known = known[~known["flags"].str.contains("overflow")]
    widest = sorted(
        (own for _, own in known.groupby(["reading", "precision"])), key=lambda own: -own["model"].nunique()
    )
    found = [verdict for own in widest if (verdict := _anisotropy_within(own)) is not None]
    if not found:
        command = "python train.py -m model=gemma-3-270m,smollm2-135m-instruct"
        return _untestable("no base model of Gemma and another family read alike", command)
    verdicts = {verdict.verdict for verdict in found}
    note = "; ".join(f"{verdict.verdict}: {verdict.note}" for verdict in found)
    note += f"; the published figure is of {_published_immature()['name']}"
    return Verdict(verdicts.pop() if len(verdicts) == 1 else UNKNOWN, note, found[0].decided)


def _anisotropy_within(known: pd.DataFrame) -> Verdict | None:
    base = known[(known["family"] == IMMATURE) & (known["variant"] == "base")]
    others = known[known["family"] != IMMATURE]
    if base.empty or others.empty:
        return None
    own = base.loc[base["anisotropy"].idxmax()]
    rival = others.loc[others["anisotropy_ci_high"].idxmax()]
    decided = Figure(own["run"], own["anisotropy"], own["anisotropy_ci_low"], own["anisotropy_ci_high"])
    few = f"without its 3 largest dimensions {own['anisotropy_without_largest']:.3f}"
    note = (
        f"{own['run']} {own['anisotropy']:.3f}, {few}; highest of the others {rival['run']} {rival['anisotropy']:.3f}"
    )
    if decided.low > max(NARROW, rival["anisotropy_ci_high"]):
        return Verdict(REPRODUCED, note, decided)
    fails = decided.high < max(NARROW, others["anisotropy_ci_low"].max())
    return Verdict(CONTRADICTED if fails else UNKNOWN, note, decided)


def _variants(tables: Tables, immature: bool) -> list[Figure]:
    rows = tables["base_instruct"]
    return _figures(rows[(rows["family"] == IMMATURE) == immature], _pair_name)


def _restructuring(tables: Tables) -> Verdict:
    figures = _variants(tables, immature=True)
    command = "python train.py -m +study=universality model=gemma-3-1b-pt,gemma-3-1b-it"
    return below(figures, _SAME) if figures else _untestable("no base and instruct of Gemma read alike", command)


def _base_and_instruct(tables: Tables) -> Verdict:
    figures = _variants(tables, immature=False)
    command = "python train.py -m +study=universality model=qwen2.5-1.5b,qwen2.5-1.5b-instruct"
    return (
        above(figures, _SAME) if figures else _untestable("no base and instruct of a mature family read alike", command)
    )


def _effects(tables: Tables, layer: str, wanted: Callable[[str], bool]) -> list[Figure]:
    rows = tables["effects"]
    rows = rows[(rows["layer_of_effect"] == layer) & rows["factor"].map(wanted).astype(bool)]
    return _figures(rows, lambda row: f"{row['model']}, {row['factor']}")


_DECOMPOSE = "python train.py -m +study=decomposition model=smollm2-135m-instruct"


def _method(tables: Tables) -> Verdict:
    figures = _effects(tables, "method", lambda factor: factor.startswith("read alike") and "(" not in factor)
    return below(figures, _APART) if figures else _untestable("no passages and own texts read alike", _DECOMPOSE)


def _sub_parameters(tables: Tables) -> Verdict:
    figures = _effects(
        tables, "sub_parameter", lambda f: f.startswith(("all of the writing", "all at once")) and AS_PUBLISHED not in f
    )
    return below(figures, _APART) if figures else _untestable("no two ways of writing read alike", _DECOMPOSE)


def _precision(tables: Tables) -> Verdict:
    figures = _effects(
        tables, "precision", lambda f: f.startswith(REGENERATED) and "int8" in f and AS_PUBLISHED not in f
    )
    return below(figures, _UNCHANGED) if figures else _untestable("no own texts at INT8 and unquantized", _DECOMPOSE)


def _bias(tables: Tables) -> Verdict:
    rows = tables["effects"]
    rows = rows[(rows["layer_of_effect"] == "cross_experiment") & rows["bias_ci_low"].notna()]
    figures = [
        Figure(f"{row['model']}, {row['factor']}", row["bias"], row["bias_ci_low"], row["bias_ci_high"])
        for row in rows.to_dict("records")
    ]
    models = rows["model"].nunique()
    if models < 2:
        command = "python train.py -m +study=decomposition model=smollm2-135m-instruct,qwen2.5-coder-0.5b-instruct"
        return _untestable(f"{models} models with a bias and its interval, 2 needed", command)
    positive, negative = [f for f in figures if f.low > 0], [f for f in figures if f.high < 0]
    decided = (max if negative else min)(figures, key=lambda figure: figure.value)
    note = "; ".join(f"{f.name} {f.value:+.2f} [{f.low:+.2f}, {f.high:+.2f}]" for f in figures)
    apart = {(f.name.partition(",")[0], g.name.partition(",")[0]) for f in positive for g in negative}
    if any(a != b for a, b in apart):
        return Verdict(REPRODUCED, note, decided)
    one_side = len(positive) == len(figures) or len(negative) == len(figures)
    return Verdict(CONTRADICTED if one_side else UNKNOWN, note, decided)


def _published_immature() -> dict[str, Any]:
    return next(m for m in reference()["models"] if m["family"] == IMMATURE and m["variant"] == "base")


def _largest(*sets: str) -> float:
    return max(rho[pair] for rho in decomposition().values() for pair in sets)


def _published_biases() -> float:
    """The larger of the two; the other is as large with the opposite sign."""
    return max(bias for model in decomposition() if (bias := published_bias(model)) is not None)


def _opposed_published() -> float:
    order, matrix = reference()["rdm_rho"]["order"], reference()["rdm_rho"]["matrix"]
    a, b = (order.index(model) for model in reference()["behaviour"])
    return float(matrix[a][b])


CLAIMS: dict[str, tuple[Callable[[], float], Callable[[Tables], Verdict]]] = {
    "universality": (lambda: lowest_published(immature=False, within=False), _universality),
    "opposed_behaviour": (_opposed_published, _opposed),
    "anisotropy_of_gemma_base": (lambda: float(_published_immature()["anisotropy"]), _anisotropy),
    "restructuring_of_gemma": (lambda: lowest_published(immature=True, within=True), _restructuring),
    "base_and_instruct": (lambda: lowest_published(immature=False, within=True), _base_and_instruct),
    "method": (lambda: _largest("A-C", "A-B"), _method),
    "sub_parameters": (lambda: _largest("B-C"), _sub_parameters),
    "precision": (lambda: _largest("C-D"), _precision),
    "cross_experiment_bias": (_published_biases, _bias),
}
