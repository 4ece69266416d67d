"""The `claims` table: published and measured values, and a verdict by the rules of docs/claims.md."""

from __future__ import annotations

from collections.abc import Callable

from emogeo.analysis.records.published import decomposition, published_bias, reference
from emogeo.analysis.tables import claims_of_descriptors, claims_of_effects, claims_of_pairs
from emogeo.analysis.tables.claims_of_descriptors import published_immature
from emogeo.analysis.tables.claims_of_pairs import lowest_published
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note
from emogeo.analysis.tables.verdicts import UNTESTABLE, Judged

CLAIM_COLUMNS = [
    *("claim", "published", "measured", "ci_low", "ci_high", "verdict"),
    *("here", "n_models", "n_families", "models", "note"),
]


def claims_table(evidence: Evidence) -> Table:
    """Makes one row per claim: the verdict on the study's models, and what was measured here."""
    rows = [
        {"claim": claim, "published": published(), **_row(judge(evidence))}
        for claim, (published, judge) in CLAIMS.items()
    ]
    return typed(rows, CLAIM_COLUMNS, ["claim", "verdict", "here", "models", "note"])


def _row(judged: Judged) -> Row:
    study, here = judged.study, judged.here
    row: Row = {"verdict": study.verdict, "here": here.said, "models": ", ".join(model.name for model in here.models)}
    row.update(n_models=len(here.models), n_families=here.families)
    row["note"] = [Note(study.note), *([Note(f"here: {here.note}")] if here.note else [])]
    decided = here.decided if study.verdict == UNTESTABLE else study.decided
    if decided is not None:
        row.update(measured=decided.value, ci_low=decided.low, ci_high=decided.high)
    return row


def _largest(*sets: str) -> float:
    return max(rho[pair] for rho in decomposition().values() for pair in sets)


def _published_biases() -> float:
    """Gives the larger of the two biases; the other is as large with the opposite sign."""
    return max(bias for model in decomposition() if (bias := published_bias(model)) is not None)


def _opposed_published() -> float:
    order, matrix = reference()["rdm_rho"]["order"], reference()["rdm_rho"]["matrix"]
    a, b = (order.index(model) for model in reference()["behaviour"])
    return float(matrix[a][b])


CLAIMS: dict[str, tuple[Callable[[], float], Callable[[Evidence], Judged]]] = {
    "universality": (lambda: lowest_published(immature=False, within=False), claims_of_pairs.universality),
    "opposed_behaviour": (_opposed_published, claims_of_pairs.opposed_behaviour),
    "anisotropy_of_gemma_base": (lambda: float(published_immature()["anisotropy"]), claims_of_descriptors.anisotropy),
    "restructuring_of_gemma": (lambda: lowest_published(immature=True, within=True), claims_of_pairs.restructuring),
    "base_and_instruct": (lambda: lowest_published(immature=False, within=True), claims_of_pairs.base_and_instruct),
    "method": (lambda: _largest("A-C", "A-B"), claims_of_effects.method),
    "sub_parameters": (lambda: _largest("B-C"), claims_of_effects.sub_parameters),
    "precision": (lambda: _largest("C-D"), claims_of_effects.precision),
    "cross_experiment_bias": (_published_biases, claims_of_effects.bias),
}
