"""What pairs of runs say, and nothing that they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.finding import Finding
from emogeo.analysis.report.findings import findings
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.config.model import Init
from emogeo.record.run import Run
from tests.analysis.report.planted import (
    PAIR_COLUMNS,
    compared,
    found,
    frame,
)
from tests.planted_records import geometry, model_card

BEYOND = {"beyond_words": "yes"}


def of_pairs(*rows: dict[str, object]) -> list[Finding]:
    names = {"key_a": "a", "key_b": "b", "model_a": "m", "model_b": "n"}
    return found({"pairs": frame(PAIR_COLUMNS, *({**names, **row} for row in rows))})


def test_identifiable_pairs_are_counted_apart_from_others() -> None:
    known = {**compared(0.8, 0.9), "floor": 0.01, "p_holm": 0.001}
    unsure = {**compared(0.7, 0.96), "p_holm": 0.2}
    reason = Note("rho_star and p: not identifiable (6 units)", NoteKind.not_identifiable)
    raw = {"rho": 0.31, "note": [reason, Note("floor: not measured")]}
    agreement, unknown, halves = of_pairs(known, unsure, raw)
    assert "For 2 of 3 pairs" in agreement.said
    assert "ρ* is 0.90 to 0.96 (median 0.93)" in agreement.said
    assert "Raw ρ of these is 0.70 to 0.80 (median 0.75)" in agreement.said
    assert agreement.caveats[0] == "On disjoint text 1 of 2 have p (Holm) ≤ 0.05."
    assert agreement.caveats[1].startswith("1 of the 1 with a measured floor lie below 1")
    assert agreement.caveats[2].startswith("For 1 of 2 no floor was measured")
    assert unknown.unsure
    assert "For 1 of 3 pairs" in unknown.said
    assert "0.31" in unknown.said
    assert unknown.caveats == ["1 of them: rho_star and p: not identifiable (6 units)."]
    assert halves.said.endswith("these passages add 0.20.")


def test_one_pair_is_told_with_its_interval() -> None:
    (agreement, *_) = of_pairs({**compared(0.8, 0.9), "floor": 0.2, "p_holm": 0.001})
    assert "for these emotions ρ* is 0.90 [0.85, 0.95]" in agreement.said
    assert agreement.caveats[1].startswith("0 of the 1"), "the interval ends above 1 minus the floor"


def test_what_is_said_of_these_emotions_and_of_emotions_like_these_is_told_apart() -> None:
    wide = {"rho_star_any_ci_low": 0.7, "rho_star_any_ci_high": 1.1, "equivalence": "differs"}
    known = {**compared(0.8, 0.9), **wide, "floor": 0.01, "p_holm": 0.001}
    (agreement, *_) = of_pairs(known)
    assert agreement.caveats[1].endswith("for these emotions, they are not identical.")
    assert agreement.caveats[2:] == [
        "For emotions like these, the interval of ρ* is [0.70, 1.10].",
        "For these emotions: 1 differs.",
        "For 1 of 1 it is not shown that they agree beyond words (beyond_words in pairs.csv).",
    ]
    (agreement, *_) = of_pairs(known, {**known, "rho_star_any_ci_low": 0.6, "equivalence": "cannot tell", **BEYOND})
    assert agreement.caveats[2:] == [
        "For emotions like these, the 2 intervals of ρ* lie between 0.60 and 1.10.",
        "For these emotions: 1 differs and 1 cannot tell.",
        "For 1 of 2 it is not shown that they agree beyond words (beyond_words in pairs.csv).",
    ]


def test_runs_of_one_model_and_other_half_sizes_are_told_apart() -> None:
    same_model = {"model_b": "m", **compared(0.99, 1.0)}
    told = of_pairs(compared(0.8, 0.9), same_model, {**compared(0.5, 0.6), "half_size": 3, "rho_star": None})
    agreements = [finding for finding in told if finding.topic.startswith("Agreement")]
    assert [finding.topic for finding in agreements] == [
        "Agreement of runs of different models",
        "Agreement of runs of one model",
    ]
    assert "For 1 of 2 pairs" in agreements[0].said
    assert "ρ* is 0.90" in agreements[0].said
    assert "For 1 of 1 pair" in agreements[1].said
    own = [finding for finding in told if finding.topic.startswith("Stimulus control of ")]
    assert len({finding.topic for finding in own}) == len(own)
    halves = [finding.said for finding in own]
    assert [said.partition(" with")[0] for said in halves] == [
        "Over 1 pair of runs of different models, halves of 3 units",
        "Over 1 pair of runs of different models, halves of 12 units",
        "Over 1 pair of runs of one model, halves of 12 units",
    ]


def test_where_all_pairs_agree_beyond_words_nothing_is_left_to_say_of_words() -> None:
    (agreement, *_) = of_pairs({**compared(0.8, 0.9), **BEYOND, "equivalence": "same within 0.1"})
    assert agreement.caveats[-1] == "For these emotions: 1 same within 0.1."


def of_twins(*others: dict[str, object]) -> list[Finding]:
    """Findings on two twins, which agree as well as anything can, beside other pairs."""
    runs = [Run(*geometry(key=key, model=model_card(key, init=Init.random, init_seed=1))) for key in ("t", "u")]
    names = {"model_a": "m random 1", "model_b": "n random 1", "key_a": "t", "key_b": "u"}
    twins = {**names, **compared(0.9, 0.99), "p_holm": 0.001, "equivalence": "same within 0.1, words included"}
    pairs = frame(PAIR_COLUMNS, *others, twins)
    return findings(Material({"pairs": pairs}, [], Catalogue(runs), Path("none")))


def test_twins_are_not_spoken_of_beside_trained_pairs() -> None:
    names: dict[str, object] = {"key_a": "a", "key_b": "b", "model_a": "m", "model_b": "n"}
    told = of_twins({**names, **compared(0.5, 0.6)})
    assert "Agreement of runs of different models" in [finding.topic for finding in told]
    assert not any("untrained" in finding.topic for finding in told)


def test_twins_alone_are_nulls_and_no_verdict_is_passed_on_them() -> None:
    (nulls, *_) = of_twins()
    assert nulls.topic == "Nulls: untrained twins of different models"
    assert "ρ* is 0.99" in nulls.said
    assert nulls.caveats == ["They have learned nothing, so no verdict is passed on them."]


def test_pairs_with_other_texts_are_in_no_sentence_about_the_same_texts() -> None:
    other = {**compared(0.5, 0.6), "p_same_text": None}
    topics = [finding.topic for finding in of_pairs(other)]
    assert not any(topic.startswith("Stimulus control") for topic in topics)
    (halves,) = (found for found in of_pairs(compared(0.8, 0.9), other) if found.topic.startswith("Stimulus control"))
    assert halves.said.startswith("Over 1 pair of runs of different models, halves of 12 units with the same texts")


@pytest.mark.parametrize(
    ("same", "said"),
    [
        ([0.01, 0.01], "; that both read the same passages makes it larger, text noise smaller."),
        ([None, None], "; text noise makes it smaller."),
        (
            [0.01, None],
            "; text noise makes it smaller, and that both read the same passages makes it larger for 1 of them.",
        ),
    ],
)
def test_raw_agreement_is_said_to_be_larger_only_by_texts_that_both_have_read(
    same: list[float | None], said: str
) -> None:
    (unknown, *_) = of_pairs(*({"rho": 0.3, "p_same_text": p} for p in same))
    assert unknown.said.endswith(said)
