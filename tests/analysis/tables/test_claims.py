"""Verdicts: each rule of docs/claims.md in each of its outcomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emogeo.analysis.tables.claims import CLAIMS, claims_table, lowest_published
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.verdicts import CONTRADICTED, REPRODUCED, UNKNOWN, UNTESTABLE
from tests.conftest import ROOT

NAN = float("nan")
CLAIM = "anisotropy_of_gemma_base"


def empty() -> dict[str, Any]:
    columns = {
        "universality": "reading key_a key_b model_a model_b within_family reliability_a reliability_b rho_star "
        "rho_star_ci_low rho_star_ci_high",
        "descriptors": "key run model reading precision family variant anisotropy anisotropy_ci_low anisotropy_ci_high "
        "anisotropy_without_largest",
        "base_instruct": "reading family model_a model_b rho_star rho_star_ci_low rho_star_ci_high",
        "behaviour": "model facet source excess_ci_low excess_ci_high",
    }
    words = {"reading", "model", "family", "variant", "facet", "source", "within_family"}
    tables = {
        name: pd.DataFrame({c: pd.Series(dtype="str" if c in words else "float64") for c in names.split()})
        for name, names in columns.items()
    }
    return {**tables, "effects": []}


def verdicts(tables: dict[str, Any]) -> dict[str, str]:
    found = claims_table(Evidence(**tables)).frame
    return dict(zip(found["claim"], found["verdict"], strict=True))


def test_without_runs_nothing_is_testable_and_every_row_says_what_to_type() -> None:
    found = claims_table(Evidence(**empty())).frame
    assert set(found["verdict"]) == {UNTESTABLE}
    assert found["note"].str.contains("python train.py").all()
    assert found["published"].notna().all()
    assert found["measured"].isna().all()


def test_the_rules_are_in_the_document_for_every_claim() -> None:
    rules = (ROOT / "docs" / "claims.md").read_text()
    assert all(f"`{claim}`" in rules for claim in CLAIMS)


def model(name: str, family: str, anisotropy: float, variant: str = "instruct") -> dict[str, Any]:
    return {
        **{
            "key": name,
            "run": name,
            "model": name,
            "family": family,
            "variant": variant,
            "anisotropy": anisotropy,
        },
        **{"anisotropy_ci_low": anisotropy - 0.005, "anisotropy_ci_high": anisotropy + 0.005},
        **{"anisotropy_without_largest": 0.4, "reading": "last", "precision": "bf16"},
    }


def pair(a: str, b: str, rho_star: float, reach: float = 0.03, reading: str = "last") -> dict[str, Any]:
    return {
        **{"reading": reading, "key_a": a, "key_b": b, "model_a": a, "model_b": b, "within_family": "no"},
        **{"reliability_a": 0.7, "reliability_b": 0.7, "rho_star": rho_star},
        **{"rho_star_ci_low": rho_star - reach, "rho_star_ci_high": rho_star + reach},
    }


def catalogue(*pairs: dict[str, Any], models: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    models = models or [
        model("s", "smollm2", 0.8),
        model("q", "qwen", 0.85),
        model("g", "gemma-3", 0.98, variant="base"),
    ]
    return empty() | {"universality": pd.DataFrame(pairs), "descriptors": pd.DataFrame(models)}


def test_universality_is_of_mature_models_alone() -> None:
    assert verdicts(catalogue(pair("s", "q", 0.9), pair("s", "g", 0.2)))["universality"] == REPRODUCED
    assert verdicts(catalogue(pair("s", "q", 0.5)))["universality"] == CONTRADICTED
    assert verdicts(catalogue(pair("s", "q", 0.75)))["universality"] == UNKNOWN
    assert verdicts(catalogue(pair("s", "g", 0.9)))["universality"] == UNTESTABLE


def test_universality_takes_the_widest_then_the_most_reliable_reading() -> None:
    less = pair("s", "q", 0.5, reading="mean") | {"reliability_a": 0.3}
    assert verdicts(catalogue(less, pair("s", "q", 0.9)))["universality"] == REPRODUCED


def test_opposed_behaviour_needs_disjoint_effects_of_pressure() -> None:
    tables = catalogue(pair("s", "q", 0.9))
    added = [("s", 0.1, 0.3), ("q", 0.5, 0.9)]
    of = {"facet": "stance", "source": "measured", "ci_low": 0.5, "ci_high": 0.9}
    rows = [{**of, "model": m, "excess_ci_low": low, "excess_ci_high": high} for m, low, high in added]
    assert verdicts(tables | {"behaviour": pd.DataFrame(rows)})["opposed_behaviour"] == REPRODUCED
    rows[1]["excess_ci_low"] = 0.2
    assert verdicts(tables | {"behaviour": pd.DataFrame(rows)})["opposed_behaviour"] == UNKNOWN
    rows[1]["excess_ci_low"] = rows[1]["excess_ci_high"] = NAN
    assert verdicts(tables | {"behaviour": pd.DataFrame(rows)})["opposed_behaviour"] == UNTESTABLE


@pytest.mark.parametrize(
    ("gemma", "rival", "verdict"),
    [(0.98, 0.8, REPRODUCED), (0.98, 0.979, UNKNOWN), (0.9, 0.8, CONTRADICTED), (0.96, 0.99, CONTRADICTED)],
)
def test_gemmas_anisotropy(gemma: float, rival: float, verdict: str) -> None:
    models = [model("g", "gemma-3", gemma, variant="base"), model("s", "smollm2", rival)]
    assert verdicts(catalogue(pair("s", "g", 0.9), models=models))[CLAIM] == verdict
    again = [model("g", "gemma-3", 0.5, variant="base") | {"reading": "mean"}]
    other = [{**models[1], "reading": "mean"}]
    expected = verdict if verdict == CONTRADICTED else UNKNOWN
    assert verdicts(catalogue(pair("s", "g", 0.9), models=[*models, *again, *other]))[CLAIM] == expected
    overflown = catalogue(pair("s", "g", 0.9), models=models) | {"overflowed": {"g"}}
    assert verdicts(overflown)[CLAIM] == UNTESTABLE


def test_base_and_instruct_within_and_without_gemma() -> None:
    rows = [pair("b", "i", 0.97) | {"family": "qwen2.5"}, pair("gb", "gi", 0.3) | {"family": "gemma-3"}]
    found = verdicts(empty() | {"base_instruct": pd.DataFrame(rows)})
    assert (found["base_and_instruct"], found["restructuring_of_gemma"]) == (REPRODUCED, REPRODUCED)
    found = verdicts(empty() | {"base_instruct": pd.DataFrame(rows).assign(family="gemma-3")})
    assert (found["base_and_instruct"], found["restructuring_of_gemma"]) == (UNTESTABLE, CONTRADICTED)


def test_published_bounds_are_those_of_the_study() -> None:
    assert lowest_published(immature=False, within=False) == 0.7422
    assert lowest_published(immature=False, within=True) == 0.9175
    assert lowest_published(immature=True, within=True) == 0.1895


def test_the_document_names_the_bound_that_the_code_takes() -> None:
    bound = f"{lowest_published(immature=False, within=False):.2f}".removeprefix("0")
    assert f"({bound})" in Path(ROOT / "docs" / "claims.md").read_text()
