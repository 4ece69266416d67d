"""The table of claims: every claim has its rule in the document, and a command where nothing was measured."""

from __future__ import annotations

from emogeo.analysis.tables.claims import CLAIM_COLUMNS, CLAIMS, claims_table
from emogeo.analysis.tables.claims_of_pairs import lowest_published
from emogeo.analysis.tables.verdicts import MARGIN, MISSES, NOT_MEASURED, UNTESTABLE
from tests.analysis.tables.planted_claims import evidence, pair, row_of, run
from tests.conftest import ROOT

RULES = (ROOT / "docs" / "claims.md").read_text()


def test_without_runs_nothing_is_testable_and_every_row_says_what_to_type() -> None:
    found = claims_table(evidence()).frame
    assert list(found.columns) == CLAIM_COLUMNS
    assert set(found["verdict"]) == {UNTESTABLE}
    assert set(found["here"]) == {NOT_MEASURED}
    assert found["note"].str.contains("python train.py").all()
    assert found["published"].notna().all()
    assert found["measured"].isna().all()
    assert set(found["n_models"]) == set(found["n_families"]) == {0}


def test_the_rules_are_in_the_document_for_every_claim() -> None:
    assert all(f"`{claim}`" in RULES for claim in CLAIMS)


def test_the_document_names_the_bounds_that_the_code_takes() -> None:
    bound = f"{lowest_published(immature=False, within=False):.2f}"
    assert f"({bound})" in RULES
    assert f"more than {MARGIN:.1f}" in RULES
    assert f"⌊K/{MISSES}⌋" in RULES


def test_measured_is_of_the_study_where_there_is_a_verdict_and_of_the_others_else() -> None:
    study, others = [run("qwen2.5-1.5b"), run("smollm2-1.7b")], [run("s", "smollm"), run("q", "qwen")]
    row = row_of("universality", evidence(others, [pair(*others, 0.9)]))
    assert (row["measured"], row["models"], row["n_models"], row["n_families"]) == (0.9, "s, q", 2, 2)
    row = row_of("universality", evidence([*study, *others], [pair(*study, 0.5), pair(*others, 0.9)]))
    assert row["measured"] == 0.5
    assert row["note"].startswith("qwen2.5-1.5b – smollm2-1.7b")
    assert "; here: " in row["note"]
