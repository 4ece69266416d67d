"""The `claims` table: published and measured values, and a verdict by the rules of docs/claims.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.records.published import decomposition, published_bias, reference
from emogeo.analysis.tables import claims_of_effects
from emogeo.analysis.tables.descriptors import NARROW
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note
from emogeo.analysis.tables.verdicts import (
    CONTRADICTED,
    REPRODUCED,
    UNKNOWN,
    Figure,
    Verdict,
    above,
    below,
    figures_of,
    untestable,
)

COLUMNS = ["claim", "published", "measured", "ci_low", "ci_high", "verdict", "note"]
IMMATURE = "gemma-3"
"""The family whose base model the study calls immature."""
_SAME = 0.9
"""The bound on rho* of base and instruct."""


def claims_table(evidence: Evidence) -> Table:
    """Makes one row per claim."""
    rows: list[Row] = []
    for claim, (published, judge) in CLAIMS.items():
        found = judge(evidence)
        row: Row = {"claim": claim, "published": published()}
        if found.decided is not None:
            row.update(measured=found.decided.value, ci_low=found.decided.low, ci_high=found.decided.high)
        rows.append({**row, "verdict": found.verdict, "note": [Note(found.note)]})
    return typed(rows, COLUMNS, ["claim", "verdict", "note"])


def lowest_published(immature: bool, within: bool) -> float:
    """Gives the lowest published rho between families, or of base and instruct, with or without the immature family."""
    models, matrix = reference()["models"], np.array(reference()["rdm_rho"]["matrix"])
    order = reference()["rdm_rho"]["order"]
    found = []
    for a, b in combinations(models, 2):
        same = a["family"] == b["family"]
        if same is within and (IMMATURE in (a["family"], b["family"])) is immature:
            found.append(matrix[order.index(a["name"]), order.index(b["name"])])
    return float(min(found))


def mature_pairs(evidence: Evidence) -> pd.DataFrame:
    """Selects pairs between families where most, then the most reliable, models are comparable; no flagged models."""
    pairs, descriptors = evidence.universality, evidence.descriptors.set_index("key")
    narrow = descriptors.index[(descriptors["anisotropy"] > NARROW) | descriptors.index.isin(evidence.overflowed)]
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


def _universality(evidence: Evidence) -> Verdict:
    pairs = mature_pairs(evidence)
    if pairs.empty:
        return untestable(
            "no comparable runs of two mature models of different families", "python train.py -m +study=universality"
        )
    return above(figures_of(pairs, _pair_name), lowest_published(immature=False, within=False))


def _opposed(evidence: Evidence) -> Verdict:
    pairs, asked = mature_pairs(evidence), evidence.behaviour
    stance = asked[(asked["facet"] == "stance") & (asked["source"] == "measured") & asked["excess_ci_low"].notna()]
    excess = stance.drop_duplicates("model").set_index("model")[["excess_ci_low", "excess_ci_high"]]

    def apart(row: pd.Series) -> bool:
        a, b = excess.loc[row["model_a"]], excess.loc[row["model_b"]]
        return bool(a["excess_ci_low"] > b["excess_ci_high"] or b["excess_ci_low"] > a["excess_ci_high"])

    measured = pairs[pairs["model_a"].isin(excess.index) & pairs["model_b"].isin(excess.index)]
    if measured.empty:
        return untestable(
            "no two such models with an interval for what pressure adds to the flip rate (capability check passed, "
            "opinions held, not all items equal)",
            "python train.py -m mode=behaviour 'model=glob(*instruct*)'",
        )
    opposed = measured[np.array([apart(row) for _, row in measured.iterrows()], dtype=bool)]
    if opposed.empty:
        return Verdict(UNKNOWN, f"of {len(measured)} pairs none differs in what pressure adds beyond its intervals")
    return above(figures_of(opposed, _pair_name), lowest_published(immature=False, within=False))


def _anisotropy(evidence: Evidence) -> Verdict:
    """Compares anisotropy within each way of reading, which decides on the layer; all of them must agree."""
    known = evidence.descriptors.dropna(subset=["anisotropy_ci_low"])
    known = known[~known["key"].isin(evidence.overflowed)]
    widest = sorted(
        (own for _, own in known.groupby(["reading", "precision"])), key=lambda own: -own["model"].nunique()
    )
    found = [verdict for own in widest if (verdict := _anisotropy_within(own)) is not None]
    if not found:
        command = "python train.py -m model=gemma-3-270m,smollm2-135m-instruct"
        return untestable("no comparable runs of Gemma's base model and another family", command)
    verdicts = {verdict.verdict for verdict in found}
    note = "; ".join(f"{verdict.verdict}: {verdict.note}" for verdict in found)
    note += f"; the published number is of {_published_immature()['name']}"
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


def _variants(evidence: Evidence, immature: bool) -> list[Figure]:
    rows = evidence.base_instruct
    return figures_of(rows[(rows["family"] == IMMATURE) == immature], _pair_name)


def _without_variants(whose: str, models: str) -> Verdict:
    command = f"python train.py -m +study=universality model={models}"
    return untestable(f"no comparable runs of {whose} base and instruct models", command)


def _restructuring(evidence: Evidence) -> Verdict:
    figures = _variants(evidence, immature=True)
    return below(figures, _SAME) if figures else _without_variants("Gemma's", "gemma-3-1b-pt,gemma-3-1b-it")


def _base_and_instruct(evidence: Evidence) -> Verdict:
    figures = _variants(evidence, immature=False)
    missing = ("a mature family's", "qwen2.5-1.5b,qwen2.5-1.5b-instruct")
    return above(figures, _SAME) if figures else _without_variants(*missing)


def _published_immature() -> dict[str, Any]:
    return next(m for m in reference()["models"] if m["family"] == IMMATURE and m["variant"] == "base")


def _largest(*sets: str) -> float:
    return max(rho[pair] for rho in decomposition().values() for pair in sets)


def _published_biases() -> float:
    """Gives the larger of the two biases; the other is as large with the opposite sign."""
    return max(bias for model in decomposition() if (bias := published_bias(model)) is not None)


def _opposed_published() -> float:
    order, matrix = reference()["rdm_rho"]["order"], reference()["rdm_rho"]["matrix"]
    a, b = (order.index(model) for model in reference()["behaviour"])
    return float(matrix[a][b])


CLAIMS: dict[str, tuple[Callable[[], float], Callable[[Evidence], Verdict]]] = {
    "universality": (lambda: lowest_published(immature=False, within=False), _universality),
    "opposed_behaviour": (_opposed_published, _opposed),
    "anisotropy_of_gemma_base": (lambda: float(_published_immature()["anisotropy"]), _anisotropy),
    "restructuring_of_gemma": (lambda: lowest_published(immature=True, within=True), _restructuring),
    "base_and_instruct": (lambda: lowest_published(immature=False, within=True), _base_and_instruct),
    "method": (lambda: _largest("A-C", "A-B"), claims_of_effects.method),
    "sub_parameters": (lambda: _largest("B-C"), claims_of_effects.sub_parameters),
    "precision": (lambda: _largest("C-D"), claims_of_effects.precision),
    "cross_experiment_bias": (_published_biases, claims_of_effects.bias),
}
