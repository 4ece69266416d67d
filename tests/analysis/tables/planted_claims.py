"""Evidence on claims with planted figures, of models of the study and of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.claims import claims_table
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.evidence import Evidence
from emogeo.config.model import Source
from emogeo.record.run import Run
from tests.planted_records import geometry_record, model_card, usual_config

LAST, MEAN = "last", "mean"
"""The readings of the planted pairs: as published, and another one."""
_OVERRIDES = {LAST: ("recipe=jeong_comprehension",), MEAN: ("pooling.position=mean",)}
_COLUMNS = {
    "universality": "reading key_a key_b model_a model_b within_family reliability_a reliability_b rho_star "
    "rho_star_ci_low rho_star_ci_high",
    "descriptors": "key run model reading precision family variant n_units anisotropy anisotropy_ci_low "
    "anisotropy_ci_high anisotropy_without_largest",
    "base_instruct": "reading family key_a key_b model_a model_b rho_star rho_star_ci_low rho_star_ci_high",
    "behaviour": "model facet source excess_ci_low excess_ci_high",
}
_WORDS = {"reading", "key", "key_a", "key_b", "model", "family", "variant", "facet", "source", "within_family"}


def run(name: str, family: str = "", variant: str = "instruct", reading: str = LAST) -> Run:
    """A run of a model; of one of the study's, with its hub id and family."""
    known = {model["name"]: model for model in reference()["models"]}.get(name)
    card = model_card(name, variant=variant, family=family)
    if known is not None:
        own = {"family": known["family"], "variant": known["variant"]}
        card = model_card(name, source=Source.hub, id=known["hub_id"], **own)
    emotions = list(reference()["emotions"])
    config = usual_config(*_OVERRIDES[reading])
    return Run(geometry_record(config, emotions, ["u"] * len(emotions), key=f"{name} {reading}", model=card), {})


def described(own: Run, reading: str = LAST, anisotropy: float | None = 0.8, reach: float = 0.005) -> dict[str, Any]:
    """A row of descriptors."""
    model = own.record.model
    row: dict[str, Any] = {"key": own.key, "run": model.name, "model": model.name, "family": model.family}
    row |= {"variant": model.variant, "reading": reading, "precision": "bf16", "n_units": 24}
    if anisotropy is None:
        return row
    ends = {"anisotropy_ci_low": anisotropy - reach, "anisotropy_ci_high": anisotropy + reach}
    return {**row, "anisotropy": anisotropy, **ends, "anisotropy_without_largest": 0.4}


def pair(a: Run, b: Run, rho_star: float, reach: float = 0.03, reading: str = LAST) -> dict[str, Any]:
    """A row of comparable models."""
    return {
        **{"reading": reading, "key_a": a.key, "key_b": b.key, "model_a": a.model, "model_b": b.model},
        **{"within_family": "no", "family": a.record.model.family, "reliability_a": 0.7, "reliability_b": 0.7},
        **{"rho_star": rho_star, "rho_star_ci_low": rho_star - reach, "rho_star_ci_high": rho_star + reach},
    }


def evidence(
    runs: Collection[Run] = (),
    rows: Collection[Mapping[str, Any]] = (),
    words: str = "yes",
    effects: Collection[Effect] = (),
    **tables: Collection[Mapping[str, Any]],
) -> Evidence:
    """Evidence whose pairs all stand alike to words; `rows` are pairs of comparable models."""
    given = {"descriptors": [described(own) for own in runs], "universality": rows, **tables}
    frames = {name: _frame(name, given.get(name, [])) for name in _COLUMNS}
    pairs = [frozenset((row["key_a"], row["key_b"])) for name in _PAIRED for row in given.get(name, [])]
    beyond = dict.fromkeys(pairs, words) if words else {}
    return Evidence(**frames, effects=list(effects), runs={own.key: own for own in runs}, words=beyond)


_PAIRED = ("universality", "base_instruct")


def _frame(name: str, rows: Collection[Mapping[str, Any]]) -> pd.DataFrame:
    columns = _COLUMNS[name].split()
    types = {column: "str" if column in _WORDS else "float64" for column in columns}
    types |= {column: "str" for column in ("model_a", "model_b", "run", "precision") if column in types}
    return pd.DataFrame(list(rows), columns=columns).astype(types)


def row_of(claim: str, given: Evidence) -> dict[str, Any]:
    """The row of a claim."""
    found = claims_table(given).frame.set_index("claim", drop=False)
    return dict(found.loc[claim])


def said(claim: str, given: Evidence) -> tuple[str, str]:
    """The verdict on the study's claim, and what holds here."""
    row = row_of(claim, given)
    return str(row["verdict"]), str(row["here"])
