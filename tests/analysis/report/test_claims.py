"""Claims of the study, and its numbers, as they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.records.published import published_model, published_pair
from emogeo.analysis.report.claims import claims_section, published_parts
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Section
from emogeo.analysis.tables.claims import CLAIM_COLUMNS
from emogeo.analysis.tables.descriptors import DESCRIPTOR_COLUMNS
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from tests.analysis.report.planted import compared, frame, material
from tests.analysis.report.shown import absent, cells, sheets
from tests.planted_records import altered

GEMMA, QWEN = "gemma-3-1b-it", "qwen2.5-1.5b-instruct"


def _section(of: Material) -> Section:
    return Section("claims", "", "", published_parts(of))


def test_claims_show_their_verdict_with_measured_and_published(tmp_path: Path) -> None:
    own = material(tmp_path)
    known = {"claim": "one", "published": 0.8, "measured": 0.83, "ci_low": 0.7, "ci_high": 0.9, "verdict": "reproduced"}
    known |= {"here": "cannot tell", "models": "m, n"}
    claims = frame(CLAIM_COLUMNS, known, {"claim": "two", "published": 0.2, "verdict": "not testable", "note": "why"})
    rows = cells(sheets(claims_section(replace(own, tables={"claims": claims})))["Claims"])
    assert [list(row.values()) for row in rows] == [
        ["one", "reproduced", "cannot tell", "0.80", "0.83 [0.70, 0.90]", "m, n", "–"],
        ["two", "not testable", "–", "0.20", "–", "–", "why"],
    ]


def test_other_conditions_than_the_study_had_are_held_against_no_claim(tmp_path: Path) -> None:
    own = material(tmp_path)
    named = tuple(f"condition {number}" for number in range(21))
    others = altered(own.prepared[0].run, result_conditions=named)
    assert claims_section(replace(own, catalogue=Catalogue([others]))).parts == []


def of_tables(**tables: object) -> Material:
    return Material(tables, [], Catalogue(), Path("none"))  # type: ignore[arg-type]


def test_published_pairs_are_those_of_two_models_of_the_study() -> None:
    rows = [(QWEN, GEMMA), (QWEN, QWEN), (QWEN, "another")]
    pairs = [{"key_a": a, "key_b": b, "model_a": a, "model_b": b, **compared(0.5, 0.75)} for a, b in rows]
    shown = sheets(_section(of_tables(pairs=frame(PAIR_COLUMNS, *pairs))))
    (row,) = cells(shown["Pairs of models"])
    published = published_pair(QWEN, GEMMA)
    assert published is not None
    assert (row["run a"], row["run b"]) == (QWEN, GEMMA)
    assert float(row["ρ published"]) == pytest.approx(published, abs=0.005)
    assert float(row["measured − published"]) == pytest.approx(0.5 - published, abs=0.005)
    assert row["ρ* measured"] == "0.75 [0.70, 0.80]"


def test_published_models_stand_beside_their_descriptors() -> None:
    own = {"key": "k", "run": "a run", "layer": 4, "n_layers": 28, "anisotropy": 0.5, "rdm_std": 0.25}
    rows = [{**own, "model": QWEN}, {**own, "model": "another"}]
    shown = sheets(_section(of_tables(descriptors=frame(DESCRIPTOR_COLUMNS, *rows))))
    (row,) = cells(shown["Models"])
    known = published_model(QWEN)
    assert known is not None
    assert row["layer published / measured"] == f"{known['best_layer']} / 4"
    assert (row["anisotropy published"], row["anisotropy measured"]) == (f"{known['anisotropy']:.2f}", "0.50")
    assert (row["RDM std published"], row["RDM std measured"]) == (f"{known['rdm_std']:.3f}", "0.250")


def test_without_tables_it_says_what_to_type() -> None:
    found = absent(published_parts(of_tables()))
    assert len(found) == 2 and all(command.startswith("python train.py") for command in found.values())
    assert f"its models are {QWEN}, " in next(iter(found))
