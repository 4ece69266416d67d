"""The claim about a descriptor: the anisotropy of Gemma's base model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.descriptors import NARROW
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.study import IMMATURE, is_gemma, read_as_published
from emogeo.analysis.tables.verdicts import (
    CONTRADICTED,
    REPRODUCED,
    UNKNOWN,
    Figure,
    Judged,
    Verdict,
    here_of,
    of_study,
    untestable,
)
from emogeo.installation import command

_SAID = {REPRODUCED: "so", CONTRADICTED: "not so", UNKNOWN: "cannot tell"}
"""What one way of reading says of the claim."""


def anisotropy(evidence: Evidence) -> Judged:
    """Compares anisotropy within each way of reading, which decides on the layer; all of them must agree."""
    known = evidence.descriptors.dropna(subset=["anisotropy_ci_low"])
    runs = [evidence.runs[key] for key in known["key"]]
    kept = [not run.untrained and run.key not in evidence.overflowed for run in runs]
    own = [trained and read_as_published(run) for trained, run in zip(kept, runs, strict=True)]
    name = published_immature()["name"]
    absent = untestable(
        "no comparable runs of Gemma's base model and of the study's other families, read as published",
        f"{command('train')} -m recipe=jeong_comprehension model={name},qwen2.5-1.5b,smollm2-1.7b,mistral-7b-v0.3",
    )
    published, measured = (_by_reading(known[np.array(rows, dtype=bool)], evidence) for rows in (own, kept))
    study = of_study([figure for _, figure in published], lambda _: _agreed(published), absent)
    found = here_of([figure for _, figure in measured], lambda _: _agreed(measured), universal=False)
    return Judged(study, replace(found, note=f"{found.note}; the published number is of {name}") if measured else found)


def published_immature() -> dict[str, Any]:
    """Gives the study's numbers of its immature model."""
    found: dict[str, Any] = next(m for m in reference()["models"] if m["family"] == IMMATURE and m["variant"] == "base")
    return found


def _by_reading(known: pd.DataFrame, evidence: Evidence) -> list[tuple[Verdict, Figure]]:
    groups = [own for _, own in known.groupby(["reading", "precision"])]
    widest = sorted(groups, key=lambda own: -own["model"].nunique())
    return [found for own in widest if (found := _within(own, evidence)) is not None]


def _agreed(found: list[tuple[Verdict, Figure]]) -> Verdict:
    verdicts = {verdict.verdict for verdict, _ in found}
    note = "; ".join(f"{_SAID[verdict.verdict]}: {verdict.note}" for verdict, _ in found)
    return Verdict(verdicts.pop() if len(verdicts) == 1 else UNKNOWN, note, found[0][1])


def _within(known: pd.DataFrame, evidence: Evidence) -> tuple[Verdict, Figure] | None:
    gemma = np.array([is_gemma(*names) for names in zip(known["model"], known["family"], strict=True)], dtype=bool)
    base, others = known[gemma & (known["variant"] == "base")], known[~gemma]
    if base.empty or others.empty:
        return None
    own, rival = base.loc[base["anisotropy"].idxmax()], others.loc[others["anisotropy_ci_high"].idxmax()]
    models = tuple(evidence.model_of(key) for key in [*base["key"], *others["key"]])
    decided = Figure(own["run"], own["anisotropy"], own["anisotropy_ci_low"], own["anisotropy_ci_high"], models=models)
    few = f"without its 3 largest dimensions {own['anisotropy_without_largest']:.3f}"
    note = f"{own['run']} {decided.value:.3f}, {few}; highest of the others {rival['run']} {rival['anisotropy']:.3f}"
    if decided.low > max(NARROW, rival["anisotropy_ci_high"]):
        return Verdict(REPRODUCED, note, decided), decided
    fails = decided.high < max(NARROW, others["anisotropy_ci_low"].max())
    return Verdict(CONTRADICTED if fails else UNKNOWN, note, decided), decided
