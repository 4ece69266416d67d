"""The first sentences are about the runs that were made, and follow from the tables alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.answer import Answer, answer
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.effects import EFFECT_COLUMNS
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.analysis.tables.runs import RUN_COLUMNS
from emogeo.analysis.tables.universality import UNIVERSALITY_COLUMNS
from tests.analysis.report.planted import compared, frame

LEFT = {"rho_partial": 0.7, "rho_partial_ci_low": 0.6, "rho_partial_ci_high": 0.8}


def pair(a: str = "mine v1", b: str = "mine v2", star: float = 0.92, **other: Any) -> dict[str, Any]:
    own = {"key_a": a, "key_b": b, "model_a": a, "model_b": b, "n_conditions": 21, "beyond_words": "yes"}
    return {**own, "beyond_meanings": "cannot tell", "equivalence": "differs", **compared(0.8, star), **LEFT, **other}


def answered(*pairs: dict[str, Any], **tables: Table) -> Answer:
    return answer(Material({"pairs": frame(PAIR_COLUMNS, *pairs), **tables}, [], Catalogue(), Path("none")))


def test_two_checkpoints_are_spoken_of_in_the_first_sentence() -> None:
    told = answered(pair())
    assert told.question == "Do mine v1 and mine v2 share an emotion geometry?"
    assert (told.headline, told.sure, told.pair) == ("Yes, beyond words.", True, ("mine v1", "mine v2"))
    agreement, difference = told.said
    assert "they agree at ρ* 0.92 [0.87, 0.97]; 0.70 [0.60, 0.80] remains once word counts and" in agreement
    assert difference == "They are not identical: for these 21 emotions, ρ* lies below 1."


def test_words_alone_are_never_called_shared_geometry() -> None:
    told = answered(pair(beyond_words="no more than words", equivalence="same within 0.1, words included"))
    assert (told.headline, told.sure) == ("No more than words.", True)
    assert "word counts and untrained networks account for it" in told.said[0]
    assert told.said[1] == "For these 21 emotions the two are the same within 0.1, words included."


@pytest.mark.parametrize("verdict", ["cannot tell", None])
def test_what_cannot_be_told_has_its_reason(verdict: str | None) -> None:
    row = {"key_a": "mine v1", "key_b": "mine v2", "level": "words", "reason": "fewer than 2 untrained twins"}
    told = answered(pair(beyond_words=verdict), beyond=frame(BEYOND_COLUMNS, row))
    assert (told.headline, told.sure) == ("Cannot tell.", False)
    assert told.said[0].endswith("whether that is more than words cannot be told: fewer than 2 untrained twins.")


@pytest.mark.parametrize("verdict", ["yes", "no more than words", "cannot tell"])
def test_twins_that_are_too_unreliable_are_not_said_to_be_controlled_for(verdict: str) -> None:
    note = [Note("without untrained mine v1: reliability 0.14"), Note("without untrained mine v2: reliability 0.09")]
    row = {"key_a": "mine v1", "key_b": "mine v2", "level": "words", "reason": "so it is", "given": "bag of words"}
    told = answered(pair(beyond_words=verdict), beyond=frame(BEYOND_COLUMNS, {**row, "note": note}))
    assert told.said[0].endswith("; the untrained twins are too unreliable to be held against it.")
    assert "networks" not in told.said[0]
    of_one = {**row, "given": "bag of words, untrained mine v2", "note": note[:1]}
    told = answered(pair(beyond_words=verdict), beyond=frame(BEYOND_COLUMNS, of_one))
    assert "too unreliable" not in told.said[0]
    assert ("networks" in told.said[0]) == (verdict != "cannot tell")


def test_twins_that_are_not_there_account_for_nothing() -> None:
    row = {"key_a": "mine v1", "key_b": "mine v2", "level": "words", "given": "bag of words", "twin_command": "train"}
    told = answered(pair(beyond_words="no more than words"), beyond=frame(BEYOND_COLUMNS, row))
    assert told.said[0].endswith("; word counts account for it: 0.70 [0.60, 0.80] remains.")


def test_text_noise_may_hide_everything() -> None:
    note = [Note("rho_star and p: not identifiable (reliability .1)", NoteKind.not_identifiable)]
    hidden = dict.fromkeys(("rho_star", "rho_star_ci_low", "rho_star_ci_high"))
    told = answered(pair(note=note, **hidden))
    assert (told.headline, told.sure) == ("Not identifiable.", False)
    assert told.said[0].startswith("Raw ρ is 0.80 [0.70, 0.90], in which words")
    assert told.said[1] == "rho_star and p: not identifiable (reliability .1)."
    assert told.said[2] == "What helps: more topics, longer texts and pooling.position=mean."
    means = [{"key": name, "pooling": "mean"} for name in ("mine v1", "mine v2")]
    told = answered(pair(note=note, **hidden), runs=frame(RUN_COLUMNS, *means))
    assert told.said[2] == "What helps: more topics and longer texts."
    told = answered(pair(note=[Note("they have no topic in common")], **hidden))
    assert told.said[1:] == ["They have no topic in common."]


def test_many_pairs_are_counted_and_the_least_alike_are_named() -> None:
    rows = [pair("a", "b", 0.9), pair("a", "c", 0.7, beyond_words="cannot tell"), pair("b", "c", 0.8)]
    told = answered(*rows)
    assert told.question == "Do these 3 models share an emotion geometry?"
    assert told.headline == "Beyond words in 2 of 3 pairs."
    first = "a – b, ρ* 0.90 [0.85, 0.95] (0.70 [0.60, 0.80] left once words are given)"
    assert told.said[0].startswith(f"Of 3 pairs of different models, 2 agree beyond words: {first}; b – c, ")
    assert told.said[3] == "For these emotions 3 pairs differ by more than measuring again and other topics give."
    assert told.said[1] == "On disjoint texts, and corrected for text noise, ρ* is 0.70 to 0.90 (median 0.80)."
    assert told.said[2] == "Those that agree least are a – c, at ρ* 0.70 [0.65, 0.75]."
    assert told.pair == ("a", "c")


def test_runs_that_were_read_alike_are_asked_about_before_others() -> None:
    rows = [pair("a", "b", 0.9), pair("a2", "b", 0.5)]
    alike = frame(UNIVERSALITY_COLUMNS, {"key_a": "b", "key_b": "a"})
    assert answered(*rows, universality=alike).pair == ("a", "b")


@pytest.mark.parametrize(
    ("many", "said"),
    [
        (["differs"], "1 pair differs by more than measuring again and other topics give"),
        (["differs"] * 2, "2 pairs differ by more than measuring again and other topics give"),
        (["differs, by less than 0.1"], "1 pair differs, by less than 0.1"),
        (["differs, by less than 0.1"] * 2, "2 pairs differ, by less than 0.1"),
        (["same within 0.1"] * 2, "2 pairs are the same within 0.1"),
        (["cannot tell"], "1 pair may differ or not, as far as these texts tell"),
    ],
)
def test_pairs_that_differ_are_counted_in_sentences(many: list[str], said: str) -> None:
    rows = [pair(f"a{at}", "b", equivalence=verdict) for at, verdict in enumerate(many)]
    told = answered(*rows, pair("x", "y", equivalence="same within 0.2"))
    assert told.said[-1] in (f"For these emotions {said} and 1 pair is the same within 0.2.",)


def test_runs_of_one_model_are_about_what_was_changed() -> None:
    rows = [pair(a, b, model_a="m", model_b="m") for a, b in (("1", "2"), ("1", "3"), ("2", "3"))]
    effects = frame(EFFECT_COLUMNS, {"model": "m", "counts": "yes"}, {"model": "m", "counts": "no"})
    told = answered(*rows, effects=effects)
    assert told.question == "Does m keep its emotion geometry over 3 runs?"
    assert told.headline == "It differs in 1 of 2 comparisons."
    assert told.said[0].startswith("Runs that differ in one thing alone were compared 2 times: the effect goes beyond")


def test_one_run_has_its_reliability_and_the_way_on() -> None:
    row = {"key": "k", "model": "mine", "reliability": 0.71, "reliability_ci_low": 0.6, "reliability_ci_high": 0.8}
    told = answer(Material({"runs": frame(RUN_COLUMNS, row)}, [], Catalogue(), Path("none")))
    assert told.question == "What is the emotion geometry of mine?"
    assert told.said[0].startswith("Two halves of its texts agree at 0.71 [0.60, 0.80]")
    assert "python train.py -m" in told.said[1]


def test_an_empty_analysis_says_so() -> None:
    told = answer(Material({}, [], Catalogue(), Path("none")))
    assert (told.question, told.headline, told.pair) == ("Nothing was compared.", "No geometry.", None)
