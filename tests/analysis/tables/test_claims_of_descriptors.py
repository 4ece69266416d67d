"""The anisotropy of Gemma's base model: of the study's, and of others."""

from __future__ import annotations

import pytest

from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.verdicts import CONTRADICTED, FAILS, NOT_MEASURED, REPRODUCED, UNKNOWN, UNTESTABLE
from emogeo.config.model import Init
from emogeo.record.run import Run
from tests.analysis.tables.planted_claims import LAST, MEAN, described, evidence, row_of, run, said
from tests.planted_records import altered

CLAIM = "anisotropy_of_gemma_base"
GEMMA, RIVAL = run("gemma-3-270m", "gemma-3", "base"), run("s", "smollm2")
STUDY = [run("gemma-3-1b-pt"), run("qwen2.5-1.5b"), run("smollm2-1.7b")]
HOLDS, CANNOT_TELL = "holds here (2 models, 2 families)", "cannot tell"


def given(*values: tuple[Run, float], reading: str = LAST) -> Evidence:
    rows = [described(own, reading, value) for own, value in values]
    return evidence([own for own, _ in values], descriptors=rows)


@pytest.mark.parametrize(
    ("gemma", "rival", "here"),
    [(0.98, 0.8, HOLDS), (0.98, 0.979, CANNOT_TELL), (0.9, 0.8, FAILS), (0.96, 0.99, FAILS)],
)
def test_gemmas_anisotropy_against_the_others(gemma: float, rival: float, here: str) -> None:
    assert said(CLAIM, given((GEMMA, gemma), (RIVAL, rival))) == (UNTESTABLE, here)
    study = given((STUDY[0], gemma), (STUDY[1], rival), (STUDY[2], 0.5))
    expected = {HOLDS: REPRODUCED, CANNOT_TELL: UNKNOWN, FAILS: CONTRADICTED}[here]
    assert said(CLAIM, study)[0] == expected


def test_all_ways_of_reading_must_agree() -> None:
    rows = [described(GEMMA, LAST, 0.98), described(RIVAL, LAST, 0.8), described(GEMMA, MEAN, 0.5)]
    rows.append(described(RIVAL, MEAN, 0.8))
    assert said(CLAIM, evidence([GEMMA, RIVAL], descriptors=rows))[1] == CANNOT_TELL
    assert said(CLAIM, evidence([GEMMA, RIVAL], descriptors=rows[:2]))[1] == HOLDS


def test_untrained_twins_are_no_evidence() -> None:
    twin = altered(GEMMA, model_init=Init.random)
    assert said(CLAIM, given((twin, 0.98), (RIVAL, 0.8))) == (UNTESTABLE, NOT_MEASURED)


def test_an_overflow_decides_nothing() -> None:
    flagged = given((GEMMA, 0.98), (RIVAL, 0.8))
    overflown = Evidence(**{**vars(flagged), "overflowed": {GEMMA.key}})
    assert said(CLAIM, overflown) == (UNTESTABLE, NOT_MEASURED)


def test_the_studys_verdict_needs_its_model_two_more_families_and_its_reading() -> None:
    assert said(CLAIM, given((STUDY[0], 0.98), (STUDY[1], 0.8)))[0] == UNKNOWN
    assert said(CLAIM, given((GEMMA, 0.98), (STUDY[1], 0.8), (STUDY[2], 0.8)))[0] == UNTESTABLE
    other = [run(own.model, reading=MEAN) for own in STUDY]
    row = row_of(CLAIM, given(*zip(other, (0.98, 0.8, 0.8), strict=True), reading=MEAN))
    assert (row["verdict"], row["here"]) == (UNTESTABLE, "holds here (3 models, 3 families)")
    assert "the published number is of gemma-3-1b-pt" in row["note"]
    assert row["models"] == "gemma-3-1b-pt, qwen2.5-1.5b, smollm2-1.7b"
