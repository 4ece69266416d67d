"""What pairs of runs say, and nothing that they do not."""

from __future__ import annotations

from emogeo.analysis.report.finding import Finding
from emogeo.analysis.tables.notes import Note, NoteKind
from tests.analysis.report.planted import (
    PAIR_COLUMNS,
    compared,
    found,
    frame,
)

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
