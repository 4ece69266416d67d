"""Runs of words that tell a condition: against plain loops, and in the package's passages."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from emogeo.geometry.ngrams import runs_of, tokens_of, written
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.telling import TellingRun, telling_runs
from tests.made_up_corpora import cue_in_good_texts, labelled, one_sentence_in_ten_places, package


def of(labels: LabelledTexts) -> list[TellingRun]:
    return telling_runs(labels, [tokens_of(text) for text in labels.texts])


def test_shares_and_weights_equal_plain_loops() -> None:
    labels = package(6)
    conditions, units = sorted(set(labels.emotions)), sorted(set(labels.units))

    def share(run: tuple[str, ...], condition: str) -> float:
        """The share of units in which a text of the condition has the run."""
        hits = set()
        for emotion, unit, text in zip(labels.emotions, labels.units, labels.texts, strict=True):
            if emotion == condition and run in runs_of(tokens_of(text), len(run)):
                hits.add(unit)
        return len(hits) / len(units)

    found = of(labels)
    assert len(found) > 10
    assert all(own.weight >= after.weight for own, after in pairwise(found)), "most telling first"
    for own in (found[0], found[-1]):
        shares = {condition: share(own.run, condition) for condition in conditions}
        others = [value for condition, value in shares.items() if condition != own.condition]
        assert own.n_units == pytest.approx(shares[own.condition] * len(units))
        assert own.elsewhere == pytest.approx(sum(others) / len(others))
        idf = math.log(len(conditions) / sum(shares.values()))
        assert own.weight == pytest.approx(shares[own.condition] * idf)


def test_a_planted_cue_is_named_for_every_condition() -> None:
    found = of(cue_in_good_texts())
    assert len(found) == 21
    assert all(own.cue and own.telling for own in found)
    assert {written(own.run) for own in found if own.condition == "afraid"} == {"a key"}
    assert str(found[0]).endswith(": “a key” in 10 of 10 topics, elsewhere in 0%")


def test_of_equally_telling_runs_the_longest_is_named() -> None:
    (first, *_) = of(one_sentence_in_ten_places())
    assert len(first.run) == 3


def test_words_that_every_condition_has_tell_nothing() -> None:
    rows = [(e, t, f"the same words {e} {t} {i}") for i, t in enumerate("klmn") for e in ("sad", "calm", "angry")]
    (sad,) = [own for own in of(labelled(rows)) if own.condition == "sad"]
    assert "sad" in sad.run


@pytest.mark.parametrize("n_topics", [3, 6, 12, 24])
def test_the_packages_topics_have_no_cues(n_topics: int) -> None:
    found = of(package(n_topics))
    assert sum(own.cue for own in found) <= 1
    assert sum(own.telling for own in found) < 7


def test_characters_tell_where_there_are_no_blanks() -> None:
    topics = "山路 海边 学校 医院 车站".split()
    rows = [
        (e, t, f"在{t}，她{w}地走着")
        for t in topics
        for e, w in (("afraid", "害怕"), ("calm", "平静"), ("sad", "悲伤"))
    ]
    found = {own.condition: own for own in of(labelled(rows))}
    assert all(own.cue for own in found.values())
    assert "害" in written(found["afraid"].run)


def test_two_units_tell_nothing_and_neither_do_texts_without_words() -> None:
    assert of(labelled([(e, t, f"{e} 1") for t in "ab" for e in ("sad", "calm")])) == []
    assert of(labelled([(e, t, f"{i}") for i in range(1) for t in "abcd" for e in ("sad", "calm")])) == []


def test_families_do_not_make_words_telling() -> None:
    """A family of four topics has four texts of a condition, and some word in one of them; topics stay what counts."""
    own = package()
    topics = sorted(set(own.topics))
    families = replace(own, units=tuple(f"f{topics.index(topic) // 4}" for topic in own.topics))
    assert of(families) == of(own)
    groups = replace(own, topics=("one",) * len(own.topics))
    assert [each.run for each in of(groups)] == [each.run for each in of(own)]
    assert {each.called for each in of(groups)} == {"units"}


@pytest.mark.parametrize(
    ("n_units", "of_units", "elsewhere", "telling", "cue"),
    [
        (10, 20, 0.1, True, False),
        (9, 20, 0.0, False, False),
        (10, 20, 0.11, False, False),
        (4, 6, 0.0, True, False),
        (3, 6, 0.0, False, False),
        (3, 3, 0.0, False, True),
        (2, 2, 0.0, False, False),
        (16, 20, 0.02, True, True),
        (15, 20, 0.02, True, False),
        (16, 20, 0.03, True, False),
    ],
)
def test_what_tells_and_what_is_a_cue(n_units: int, of_units: int, elsewhere: float, telling: bool, cue: bool) -> None:
    """Half of the units and a tenth elsewhere, of four units at least; four in five and 2 %, of three at least."""
    run = TellingRun("calm", ("lake",), n_units, elsewhere, 1.0, of_units, "units")
    assert (run.telling, run.cue) == (telling, cue)
