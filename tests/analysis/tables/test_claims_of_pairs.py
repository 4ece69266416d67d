"""Claims about pairs of models: on the study's models as published, and what holds of others."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from emogeo.analysis.tables.claims_of_pairs import lowest_published
from emogeo.analysis.tables.verdicts import CONTRADICTED, FAILS, NOT_MEASURED, REPRODUCED, UNKNOWN, UNTESTABLE
from emogeo.record.run import Run
from tests.analysis.tables.planted_claims import MEAN, described, evidence, pair, row_of, run, said

NAN = float("nan")
STUDY = [run("qwen2.5-1.5b"), run("smollm2-1.7b"), run("mistral-7b-v0.3")]
OTHERS = [run("q", "qwen2.5-coder"), run("s", "smollm2"), run("p", "phi")]
GEMMA = run("gemma-3-270m", "gemma-3", "base")
HOLDS_HERE = "holds here (3 models, 3 families)"


def among(runs: list[Run], rho_star: float, **more: Any) -> list[dict[str, Any]]:
    return [pair(a, b, rho_star, **more) for a, b in combinations(runs, 2)]


def test_a_verdict_is_passed_on_the_studys_models_alone() -> None:
    assert said("universality", evidence(STUDY, among(STUDY, 0.9))) == (REPRODUCED, HOLDS_HERE)
    assert said("universality", evidence(OTHERS, among(OTHERS, 0.9))) == (UNTESTABLE, HOLDS_HERE)
    assert said("universality", evidence(STUDY, among(STUDY, 0.5))) == (CONTRADICTED, FAILS)
    assert said("universality", evidence(OTHERS, among(OTHERS, 0.5))) == (UNTESTABLE, FAILS)
    both = evidence([*STUDY, *OTHERS], [*among(STUDY, 0.9), *among(OTHERS, 0.5)])
    assert said("universality", both) == (REPRODUCED, FAILS)


def test_a_verdict_is_passed_only_on_runs_that_were_read_as_published() -> None:
    runs = [run(own.model, reading=MEAN) for own in STUDY]
    assert said("universality", evidence(runs, among(runs, 0.9))) == (UNTESTABLE, HOLDS_HERE)


@pytest.mark.parametrize("words", ["no more than words", "cannot tell", ""])
def test_no_universality_without_more_than_words(words: str) -> None:
    """Untrained networks agree at .99 through the words of their texts; plain folders with such weights are pairs."""
    for runs in (STUDY, OTHERS):
        given = evidence(runs, among(runs, 0.99), words=words)
        row = row_of("universality", given)
        assert row["verdict"] in {UNKNOWN, UNTESTABLE}
        assert row["here"] == "cannot tell"
        assert f"3 of 3 are not shown to agree beyond words (3 {words or 'not computed'})" in row["note"]
        assert ("model.init=random model.init_seed=1,2" in row["note"]) == (not words), (
            "no command where twins are there"
        )
        one = {**given.words, frozenset(own.key for own in runs[:2]): "yes"}
        assert said("universality", replace(given, words=one))[1] == "cannot tell"


def test_the_command_of_twins_is_that_of_the_pairs() -> None:
    given = evidence(OTHERS, among(OTHERS, 0.99), words="")
    commands = {frozenset(own.key for own in OTHERS[:2]): "python train.py -m these"}
    note = row_of("universality", replace(given, twin_commands=commands))["note"]
    assert "untrained twins: python train.py -m these" in note


def test_a_sentence_about_all_models_needs_three_families() -> None:
    two = OTHERS[:2]
    assert said("universality", evidence(two, among(two, 0.9)))[1] == "cannot tell (2 families, 3 needed)"
    assert said("universality", evidence(two, among(two, 0.5)))[1] == FAILS
    related = [*two, run("r", "qwen3")]
    found = said("universality", evidence(related, among(related, 0.9)))[1]
    assert found == "cannot tell (2 families, 3 needed)"
    row = row_of("universality", evidence(STUDY[:2], among(STUDY[:2], 0.9)))
    assert row["verdict"] == UNKNOWN
    assert "2 families, 3 needed" in row["note"]


def test_models_that_are_not_mature_are_left_out_by_name() -> None:
    flat = run("flat", "olmo")
    runs = [*OTHERS, GEMMA, flat]
    rows = [*among(OTHERS, 0.9), pair(OTHERS[0], GEMMA, 0.2), pair(OTHERS[0], flat, 0.2)]
    table = [described(own, anisotropy=0.97 if own is flat else 0.8) for own in runs]
    row = row_of("universality", evidence(runs, rows, descriptors=table))
    assert (row["here"], row["models"]) == (HOLDS_HERE, "q, s, p")
    assert "gemma-3-270m (bf16): immature by the study's naming; flat (bf16): anisotropy above 0.95" in row["note"]
    assert said("universality", evidence([OTHERS[0], GEMMA], rows[3:4])) == (UNTESTABLE, NOT_MEASURED)


def test_the_widest_then_the_most_reliable_reading_counts() -> None:
    less = [row | {"reliability_a": 0.3} for row in among(OTHERS, 0.5, reading=MEAN)]
    assert said("universality", evidence(OTHERS, [*less, *among(OTHERS, 0.9)]))[1] == HOLDS_HERE


def asked(**excess: tuple[float, float]) -> list[dict[str, Any]]:
    of = {"facet": "stance", "source": "measured"}
    return [{**of, "model": name, "excess_ci_low": a, "excess_ci_high": b} for name, (a, b) in excess.items()]


def test_opposed_behaviour_needs_disjoint_effects_of_pressure() -> None:
    rows = among(OTHERS[:2], 0.9)
    cases = {(0.5, 0.9): "holds here (2 models, 2 families)", (0.2, 0.9): "cannot tell", (NAN, NAN): NOT_MEASURED}
    for ends, expected in cases.items():
        given = evidence(OTHERS, rows, behaviour=asked(q=(0.1, 0.3), s=ends))
        assert said("opposed_behaviour", given) == (UNTESTABLE, expected)
    for q, s in (((0.1, 0.3), (0.3, 0.9)), ((0.3, 0.9), (0.1, 0.3))):
        touching = evidence(OTHERS, rows, behaviour=asked(q=q, s=s))
        assert said("opposed_behaviour", touching)[1] == "cannot tell"
    given = evidence(OTHERS, rows, words="cannot tell", behaviour=asked(q=(0.1, 0.3), s=(0.5, 0.9)))
    assert said("opposed_behaviour", given)[1] == "cannot tell"


@pytest.mark.parametrize("other", [{"facet": "format"}, {"source": "published"}])
def test_opposed_behaviour_is_that_of_stances_as_measured(other: dict[str, str]) -> None:
    unlike = [row | other for row in asked(q=(0.1, 0.3), s=(0.5, 0.9))]
    alike = asked(q=(0.1, 0.3), s=(0.1, 0.3))
    rows = among(OTHERS[:2], 0.9)
    assert said("opposed_behaviour", evidence(OTHERS, rows, behaviour=unlike))[1] == NOT_MEASURED
    assert said("opposed_behaviour", evidence(OTHERS, rows, behaviour=[*unlike, *alike]))[1] == "cannot tell"


def test_opposed_behaviour_of_the_study_is_of_its_two_models() -> None:
    names = ("qwen2.5-1.5b-instruct", "llama-3.2-3b-instruct")
    runs = [*map(run, names), STUDY[2]]
    apart, alike = {names[0]: (0.5, 0.9), names[1]: (0.0, 0.2)}, dict.fromkeys(names, (0.0, 0.2))
    assert said("opposed_behaviour", evidence(runs, among(runs, 0.9), behaviour=asked(**apart)))[0] == REPRODUCED
    assert said("opposed_behaviour", evidence(runs, among(runs, 0.9), behaviour=asked(**alike)))[0] == UNKNOWN
    others = {STUDY[2].model: (0.5, 0.9), names[1]: (0.0, 0.2)}
    assert said("opposed_behaviour", evidence(runs, among(runs, 0.9), behaviour=asked(**others)))[0] == UNTESTABLE


def test_base_and_instruct_of_the_study_and_of_others() -> None:
    names = [("qwen2.5-1.5b", "qwen2.5-1.5b-instruct"), ("smollm2-1.7b", "smollm2-1.7b-instruct")]
    names.append(("mistral-7b-v0.3", "mistral-7b-instruct-v0.3"))
    runs = [(run(base), run(instruct)) for base, instruct in names]
    flat = [own for both in runs for own in both]
    rows = [pair(a, b, 0.97) for a, b in runs]
    assert said("base_and_instruct", evidence(flat, base_instruct=rows)) == (
        REPRODUCED,
        "holds here (6 models, 3 families)",
    )
    assert said("base_and_instruct", evidence(flat, base_instruct=rows, words="cannot tell")) == (
        UNKNOWN,
        "cannot tell",
    )
    few = "cannot tell (1 family, 3 needed)"
    assert said("base_and_instruct", evidence(flat, base_instruct=rows[:1])) == (UNKNOWN, few)
    low = [*rows[:2], pair(*runs[2], 0.8)]
    assert said("base_and_instruct", evidence(flat, base_instruct=low)) == (CONTRADICTED, FAILS)


def test_restructuring_is_a_difference_and_asks_nothing_of_words() -> None:
    study, other = [run("gemma-3-1b-pt"), run("gemma-3-1b-it")], [GEMMA, run("gemma-3-270m-it", "gemma-3")]
    claim, here = "restructuring_of_gemma", "holds here (2 models, 1 family)"
    given = evidence(study, base_instruct=[pair(*study, 0.3)], words="")
    assert said(claim, given) == (REPRODUCED, here)
    assert said("base_and_instruct", given) == (UNTESTABLE, NOT_MEASURED)
    assert said(claim, evidence(other, base_instruct=[pair(*other, 0.3)], words="")) == (UNTESTABLE, here)
    assert said(claim, evidence(study, base_instruct=[pair(*study, 0.97)])) == (CONTRADICTED, FAILS)


def test_published_bounds_are_those_of_the_study() -> None:
    assert lowest_published(immature=False, within=False) == 0.7422
    assert lowest_published(immature=False, within=True) == 0.9175
    assert lowest_published(immature=True, within=True) == 0.1895
