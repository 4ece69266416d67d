"""Pairs and baselines in the terminal."""

from __future__ import annotations

from emogeo.analysis.summary.pairs import baseline_lines, pair_lines, shown_pairs
from emogeo.analysis.tables.baselines import BASELINE_COLUMNS
from emogeo.analysis.tables.measures import ANSWER_COLUMNS
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from tests.analysis.report.planted import compared, frame
from tests.analysis.summary.planted import full, material, prepared_runs

OF = {f"key{n}": letter for n, letter in enumerate("ABC")}
M, N = ({"key_a": "key0", "key_b": b, "model_a": "m0", "model_b": "m1"} for b in ("key1", "key2"))
BOTH = {**compared(0.8, 0.9), "p": 0.01, "p_holm": 0.02, "floor": 0.0003, "equivalence": "differs"}
BOTH |= {"rho_star_any_ci_low": 0.7, "rho_star_any_ci_high": 1.1, "beyond_words": "yes"}


def test_pairs_have_what_qualifies_a_rho_and_more_of_it_in_a_wide_terminal() -> None:
    of = material(prepared_runs(3), pairs=frame(PAIR_COLUMNS, {**M, **BOTH}, {**N, "rho": 0.5}))
    said = pair_lines(OF, of, 80)
    assert " ".join(said[2].split()) == "A–B yes 0.90 [0.85, 0.95] [0.70, 1.10] 0.80 [0.70, 0.90] 0.0200"
    assert " ".join(said[3].split()) == "A–C – – – 0.50 –"
    assert said[4] == "  intervals of ρ* are over other texts for these emotions; 'like these': over"
    wide = " ".join(pair_lines(OF, of, 120)[2].split())
    assert wide.endswith("0.0200 differs 0.70/0.60"), "as much as fits"


def test_of_many_pairs_those_that_agree_least_are_printed() -> None:
    rows = [{**M, **compared(0.8, 0.9 - n / 100)} for n in range(20)]
    of = material(prepared_runs(2), pairs=frame(PAIR_COLUMNS, *rows))
    assert len(shown_pairs(of)) == 12
    said = pair_lines(OF, of, 80)
    assert said[0].startswith("Pairs, 12 that agree least")
    assert "  and 8 more in pairs.csv" in said
    assert next(line for line in said if line.startswith("  A–B")) == "  A–B   0.71 [0.66, 0.76]"


def test_a_verdict_that_hangs_on_the_measure_is_a_line_and_of_many_only_how_many() -> None:
    hangs = {"verdict": "depends on the measure", "answer": "depends on the measure: unrelated by cka"}
    agree = {"verdict": "all agree", "answer": "all 4 measures agree: unrelated"}
    pairs = frame(PAIR_COLUMNS, {**M, **BOTH})
    of = material(prepared_runs(3), pairs=pairs, measure_verdicts=frame(ANSWER_COLUMNS, {**M, **hangs}, {**N, **agree}))
    assert pair_lines(OF, of, 80)[-1] == "  A–B depends on the measure: unrelated by cka"
    many = frame(ANSWER_COLUMNS, *[{**M, **hangs}] * 5, {**N, **agree})
    said = pair_lines(OF, material(prepared_runs(3), pairs=pairs, measure_verdicts=many), 80)
    assert said[-1] == "  The verdict depends on the measure for 5 of 6 pairs: measure_verdicts.csv"


def test_baselines_are_columns_with_rho_where_there_is_no_star() -> None:
    rows = [
        {"key": "key0", "baseline": "bag_of_words", **compared(0.4, 0.5)},
        {"key": "key0", "baseline": "human_norms", "rho": 0.25},
        {"key": "key1", "baseline": "bag_of_words", **compared(0.4, 0.6)},
    ]
    said = baseline_lines(OF, material(prepared_runs(2), baselines=frame(BASELINE_COLUMNS, *rows)), 80)
    assert said[1].split() == ["run", "bag", "of", "words", "human", "norms"]
    assert said[2].split() == ["A", "0.50", "[0.45,", "0.55]", "ρ", "0.25"]
    assert said[3].split() == ["B", "0.60", "[0.55,", "0.65]", "–"]
    assert baseline_lines(OF, material(prepared_runs(2)), 80) == []


def test_pairs_of_untrained_twins_are_counted() -> None:
    of = full(3)
    assert not any("untrained twins, which are nulls" in line for line in pair_lines(OF, of, 80))
