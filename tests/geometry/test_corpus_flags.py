"""Sentences of flags: what they name, and at which shares they begin and block."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry.corpus_flags import (
    NEAR_BLOCKS,
    NEAR_SHARE,
    RETURNING,
    RETURNING_BLOCKS,
    Flag,
    FlagKind,
    called,
    flags_of_repeats,
    flags_of_runs,
    flags_of_words,
    strongest_of,
)
from emogeo.geometry.dependence import Dependence
from emogeo.geometry.inference import Estimate
from emogeo.geometry.repeats import Repeats
from emogeo.geometry.telling import TellingRun
from emogeo.geometry.word_accuracy import WordAccuracy
from tests.made_up_corpora import labelled, package

LABELS = labelled(
    [(e, t, f"{e} in {t} " + "and on " * 20) for t in "abcde" for e in ("afraid", "calm", "sad", "proud")]
)
N = len(LABELS.texts)


def cue(condition: str, n_units: int = 5, elsewhere: float = 0.0) -> TellingRun:
    return TellingRun(condition, ("trembling",), n_units, elsewhere, 1.0, 5, "topics")


def repeated(near: float = 0, returning: float = 0, templated: float = 0) -> Repeats:
    rows = np.arange(N)
    pairs = ((0, 4), (1, 5), (2, 6))
    return Repeats(rows < near * N, rows < templated * N, np.full(N, returning), pairs, pairs)


def test_cues_of_half_the_conditions_block() -> None:
    (found,) = flags_of_words(LABELS, [cue("afraid"), cue("calm")], None, 0.2)
    assert found.blocks
    assert found.kind is FlagKind.cue_words
    assert str(found) == (
        "a word or two give 2 of 4 conditions away: afraid: “trembling” in 5 of 5 topics, elsewhere in 0%; "
        "calm: “trembling” in 5 of 5 topics, elsewhere in 0%"
    )
    assert flags_of_words(LABELS, [cue("afraid")], None, 0.2) == []


def test_telling_words_are_flagged_and_block_nothing() -> None:
    (found,) = flags_of_words(LABELS, [cue("afraid", 4, 0.08), cue("calm", 4, 0.05)], None, 0.2)
    assert (found.kind, found.blocks) == (FlagKind.telling_words, False)


def test_accuracy_is_flagged_where_its_interval_is_above_half() -> None:
    def of(low: float) -> list[Flag]:
        accuracy = WordAccuracy(Estimate(0.7, low, 0.8), Estimate(0.4, 0.3, 0.5), 7, 0.25)
        return flags_of_words(LABELS, [], accuracy, 0.2)

    assert of(0.45) == []
    (found,) = of(0.6)
    assert (found.kind, found.blocks) == (FlagKind.word_accuracy, False)
    assert "70% of the texts in topics that were not seen (chance 25%)" in str(found)
    assert str(found).endswith("40% of 7")


@pytest.mark.parametrize(
    ("repeats", "kind", "blocks"),
    [
        (repeated(near=NEAR_SHARE), FlagKind.near_duplicates, False),
        (repeated(near=NEAR_BLOCKS), FlagKind.near_duplicates, True),
        (repeated(returning=RETURNING), FlagKind.returning_wording, False),
        (repeated(returning=RETURNING_BLOCKS), FlagKind.returning_wording, True),
        (repeated(templated=0.5), FlagKind.template, False),
    ],
)
def test_repetition_is_flagged_and_much_of_it_blocks(repeats: Repeats, kind: FlagKind, blocks: bool) -> None:
    (found,) = flags_of_repeats(LABELS, repeats)
    assert (found.kind, found.blocks) == (kind, blocks)


def test_two_pairs_are_quoted_and_long_texts_cut() -> None:
    (found,) = flags_of_repeats(LABELS, repeated(near=0.5))
    assert str(found).count("“") == 4
    assert "“afraid in a and on" in str(found)
    assert "…”" in str(found)
    assert flags_of_repeats(LABELS, repeated()) == []


def test_the_p_of_dependence_is_over_all_runs() -> None:
    own = Dependence(0.3, 0.1, 0.004, (("a", "b", 0.4),))
    other = Dependence(0.2, 0.1, 0.5, (("a", "b", 0.4),))
    assert strongest_of({"y": other, "x": own}) == ("x", 0.008)
    assert strongest_of({}) is None
    assert strongest_of({str(n): other for n in range(9)}) == ("0", 1.0)
    assert flags_of_runs({}, {"y": other}) == []
    assert "p 0.008 in x" in str(flags_of_runs({}, {"y": other, "x": own})[0])


def test_units_are_called_topics_where_they_are() -> None:
    assert called(package(2)) == "topics"
    groups = labelled([(e, "one", f"{e} {i}") for i in range(3) for e in ("sad", "calm")])
    assert called(groups) == "units"
