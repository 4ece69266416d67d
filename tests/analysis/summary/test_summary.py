"""The short account that is printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from emogeo.analysis.report.summary import summary

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.tables.baselines import BASELINE_COLUMNS
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS
from emogeo.analysis.tables.effects import EFFECT_COLUMNS
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.measures import ANSWER_COLUMNS
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.analysis.tables.runs import RUN_COLUMNS, runs_table
from emogeo.analysis.tables.variance import VARIANCE_COLUMNS
from emogeo.record.run import Run
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.analysis.report.planted import compared, frame
from tests.planted_records import geometry, model_card, refused

M, N = ({"key_a": a, "key_b": b, "model_a": a, "model_b": b} for a, b in (("m-bf16", "n-bf16"), ("m-bf16", "o-bf16")))
EMPTY = {
    "pairs": frame(PAIR_COLUMNS),
    "baselines": frame(BASELINE_COLUMNS),
    "beyond": frame(BEYOND_COLUMNS),
    "measure_verdicts": frame(ANSWER_COLUMNS),
    "effects": frame(EFFECT_COLUMNS),
    "variance": frame(VARIANCE_COLUMNS),
}


@cache
def prepared() -> tuple[PreparedRun, ...]:
    return tuple(catalogue([PlantedModel(name, name, "base", 1.0) for name in "mno"]))


def lines(*broken: Run, n: int = 3, **tables: Table) -> list[str]:
    own = prepared()[:n]
    runs = Catalogue([*(ready.run for ready in own), *broken], [], ["x is broken"])
    names = {ready.run.key: ready.name for ready in own}
    every = {"runs": runs_table(runs.runs, own), **EMPTY, **tables}
    return summary(runs, names, every, [], "store", Path("out")).split("\n")


def words_of(said: list[str], *beginning: str) -> list[str]:
    """The words of the line that begins so."""
    (found,) = [line.split() for line in said if line.split()[: len(beginning)] == list(beginning)]
    return found


def test_runs_are_rows_with_reliability_and_refused_ones_say_why() -> None:
    broken = Run(refused(geometry(model=model_card("p"))[0]), {})  # type: ignore[arg-type]
    said = lines(broken)
    row = words_of(said, "m", "bf16", "bf16")
    assert row[3:6] == ["2", "4", "12"]
    assert row[-1].endswith("]"), "reliability with its interval"
    assert words_of(said, "p", "(refused)")[2] == "bf16"
    assert "p: refused: it overflowed" in said
    assert "held_out" not in "".join(said)
    assert "left out: x is broken" in said


def test_pairs_have_every_companion_of_a_rho() -> None:
    both = {**M, **compared(0.8, 0.9), "p": 0.01, "p_holm": 0.02, "floor": 0.0003, "p_same_text": 0.001}
    both |= {"rho_star_any_ci_low": 0.7, "rho_star_any_ci_high": 1.1, "equivalence": "differs"}
    said = lines(pairs=frame(PAIR_COLUMNS, {**both, "beyond_words": "yes"}, {**N, "rho": 0.5}))
    assert " ".join(words_of(said, "m", "bf16", "n")[4:]) == (
        "yes 0.80 [0.70, 0.90] 0.90 [0.85, 0.95] [0.70, 1.10] 0.0100 (0.0200) 0.70 / 0.60 0.80 / 0.60 "
        "0.0003 0.0010 differs"
    )
    assert " ".join(words_of(said, "m", "bf16", "o")[4:]) == "– 0.50 – – – – / – – / – – – –"
    assert "rho_star is for these emotions; 'like these' is its interval for emotions like these" in said


def test_whether_a_pair_agrees_beyond_words_is_said_first() -> None:
    left = {"rho_partial": 0.25, "rho_partial_ci_low": -0.1, "rho_partial_ci_high": 0.6, "reason": "ρ* 0.25 is left"}
    beyond = frame(
        BEYOND_COLUMNS,
        {**M, **left, "level": "words", "verdict": "cannot tell", "twin_command": "python train.py twins"},
        {**M, "level": "word meanings", "verdict": "cannot tell"},
    )
    said = lines(pairs=frame(PAIR_COLUMNS, {**M, **compared(0.8, 0.9)}), beyond=beyond)
    assert said[1] == "Do the runs agree beyond words that any untrained network would see?"
    assert said[2] == "  m bf16 – n bf16: cannot tell (ρ* 0.25 is left; ρ* with words is 0.90 [0.85, 0.95])"
    assert said[3:6] == [
        "      beyond word meanings: cannot tell",
        "  untrained twins, into the store of these runs: python train.py twins",
        "",
    ]


KEYS = ("m-bf16", "n-bf16", "o-bf16")


def test_a_note_is_said_once_with_the_rows_that_it_is_about() -> None:
    def pair(*notes: Note) -> dict[str, object]:
        return {**M, "rho": 0.5, "note": list(notes)}

    one, many, left = Note("of one"), Note("of all"), Note("left out: of all", NoteKind.left_out)
    said = lines(pairs=frame(PAIR_COLUMNS, pair(many, left), pair(one, many, left), pair(many, left)))
    assert [line for line in said if line.startswith("note")] == [
        "note on m bf16 – n bf16: of all",
        "note on m bf16 – n bf16: left out: of all",
        "note on m bf16 – n bf16: of one",
    ], "rows of one name are one"
    others = [{**M, "key_b": b, "rho": 0.5, "note": [many, left]} for b in ("m-bf16", "n-bf16", "o-bf16")]
    said = lines(pairs=frame(PAIR_COLUMNS, *others))
    names = ", ".join(f"m bf16 – {name} bf16" for name in "mno")
    assert [line for line in said if line.startswith("note")] == ["note: of all", f"note on {names}: left out: of all"]
    more = [{**M, "key_a": a, "key_b": b, "rho": 0.5, "note": [left]} for a in ("m-bf16", "n-bf16") for b in KEYS]
    said = lines(pairs=frame(PAIR_COLUMNS, *more))
    assert [line for line in said if line.startswith("note")] == [f"note on {names} and 3 more: left out: of all"]


@pytest.mark.parametrize(("n", "shown"), [(40, True), (41, False)])
def test_many_rows_are_counted_and_not_printed(n: int, shown: bool) -> None:
    said = lines(pairs=frame(PAIR_COLUMNS, *[{**M, "rho": 0.5}] * n))
    assert ("Pairs" in said) is shown
    assert ("Pairs: 41 rows, in pairs.csv" in said) is not shown


def test_baselines_and_effects_are_blocks_of_their_own() -> None:
    baseline = {"key": "m-bf16", "baseline": "human_norms", "rho": 0.25, "note": "a note"}
    effect = {"model": "m", "layer_of_effect": "method", "factor": "read alike", "n_units": 12, "rho": 0.5}
    effect |= {"rho_star": 0.75, "effect": 0.25, "ci_low": 0.125, "ci_high": 0.5, "counts": "yes", "floor": 0.0001}
    said = lines(baselines=frame(BASELINE_COLUMNS, baseline), effects=frame(EFFECT_COLUMNS, effect))
    assert words_of(said, "m", "bf16", "human_norms")[3] == "0.25"
    assert "note on human_norms: a note" in said
    row = " ".join(words_of(said, "m", "method"))
    assert row == "m method read alike 12 0.50 0.75 0.25 [0.12, 0.50] 0.0001 – – yes – – –"


def test_shares_are_shown_where_there_are_any() -> None:
    share = {"factor": "chat", "share": 0.5, "p": 0.01, "p_min": 0.002, "n_relabellings": 500}
    title = "Variance of 1 − ρ* over pairs of runs"
    said = lines(variance=frame(VARIANCE_COLUMNS, share))
    assert title in said
    assert words_of(said, "chat")[1:4] == ["0.5", "0.01", "0.002"]
    assert title not in lines(variance=frame(VARIANCE_COLUMNS, {"factor": "chat"}))


def test_one_run_has_no_pairs_and_none_has_no_geometry() -> None:
    assert "Pairs: none; two finished runs make a pair (a reread is none)." in lines(n=1)
    assert "Runs: no geometry." in lines(n=0)


def test_the_end_says_where_everything_is() -> None:
    tables, *rest = lines()[-4:]
    assert tables.startswith(
        "tables   out/runs.csv, pairs.csv, baselines.csv, beyond.csv, measure_verdicts.csv, effects.csv,"
    )
    assert rest[1] == "figures  out/figures/"
    assert rest[2].startswith("report   out/report.html")


def test_a_verdict_that_hangs_on_the_measure_is_a_line_and_no_other_is() -> None:
    hangs = {"verdict": "depends on the measure", "answer": "depends on the measure: unrelated by cka"}
    agree = {"verdict": "all agree", "answer": "all 4 measures agree: unrelated"}
    said = lines(measure_verdicts=frame(ANSWER_COLUMNS, {**M, **hangs}, {**N, **agree}))
    (line,) = [line for line in said if "unrelated" in line]
    assert line.endswith(": depends on the measure: unrelated by cka")
    assert line.startswith("m bf16 – n bf16")
    many = lines(measure_verdicts=frame(ANSWER_COLUMNS, *[{**M, **hangs}] * 5, {**N, **agree}))
    assert "The verdict depends on the measure for 5 of 6 pairs: measure_verdicts.csv" in many


def test_what_is_wrong_with_texts_is_said_first() -> None:
    row = {"stimuli": "mine", "n_texts": 210, "n_units": 10, "runs": "m bf16", "blocks_verdict": "yes"}
    flagged = frame(
        CORPUS_COLUMNS,
        {**row, "note": [Note("FLAG a word gives it away", NoteKind.flag)]},
        {**row, "stimuli": "good", "blocks_verdict": "no", "note": []},
    )
    said = lines(corpus=flagged)
    assert said[1] == "Texts of mine (210 in 10 units; m bf16): no verdict beyond words can be given on them."
    assert said[2] == "  FLAG a word gives it away"
    assert said[4] == "Runs"
    assert "good" not in "".join(said)


def test_pairs_of_untrained_twins_are_counted_and_not_shown() -> None:
    own, nulls = ({"key_a": a, "key_b": b, "model_a": a, "model_b": b} for a, b in (("m", "n"), ("t", "u")))
    pairs = frame(PAIR_COLUMNS, {**own, **compared(0.8, 0.9)}, {**nulls, "rho": 0.4, "beyond_words": "cannot tell"})
    runs = frame(
        RUN_COLUMNS, *({"key": key, "model": key, "init": init} for key, init in (("m", "trained"), ("t", "random")))
    )
    said = summary(
        Catalogue(), dict.fromkeys("mntu", "run"), {**EMPTY, "runs": runs, "pairs": pairs}, [], "s", Path("o")
    )
    assert "Pairs of untrained twins, which are nulls: 1 (1 cannot tell), in pairs.csv" in said
    assert "0.90 [0.85, 0.95]" in said
    assert "0.40" not in said
    alone = {**EMPTY, "runs": runs, "pairs": frame(PAIR_COLUMNS, {**nulls, "rho": 0.4})}
    assert "0.40" in summary(Catalogue(), dict.fromkeys("mntu", "run"), alone, [], "s", Path("o"))
