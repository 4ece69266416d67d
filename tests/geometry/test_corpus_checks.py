"""Checks of whole corpora: each made-up bad one is flagged and blocks a verdict, and the package's is not."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.corpus_checks import check_corpus
from emogeo.geometry.corpus_flags import EQUAL, FlagKind
from emogeo.geometry.dependence import Dependence
from emogeo.geometry.rdm import cosine_rdm, upper
from tests.made_up_corpora import BAD, labelled, objects_in_templates, package

KINDS = {
    "one_sentence_in_ten_places": {FlagKind.cue_words, FlagKind.near_duplicates, FlagKind.returning_wording},
    "one_sentence_that_ends_in_ten_places": {FlagKind.near_duplicates, FlagKind.returning_wording},
    "objects_in_templates": {FlagKind.cue_words, FlagKind.equal_words, FlagKind.template},
    "objects_in_one_template": {FlagKind.cue_words, FlagKind.equal_words, FlagKind.near_duplicates},
    "paraphrases": {FlagKind.returning_wording},
    "cue_in_good_texts": {FlagKind.cue_words},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_corpus_is_flagged_and_blocks_a_verdict(name: str) -> None:
    found = check_corpus(BAD[name]())
    assert found.blocks_verdict
    assert found.flags[0].blocks, "what blocks comes first"
    assert KINDS[name] <= {flag.kind for flag in found.flags}


@pytest.mark.parametrize("n_topics", [4, 6, 12, 24])
def test_the_packages_passages_are_not_flagged(n_topics: int) -> None:
    found = check_corpus(package(n_topics))
    assert found.flags == ()
    assert not found.blocks_verdict


def test_the_spread_is_that_of_a_bag_of_words() -> None:
    labels = package(6)
    means = [
        bag_of_words([t for t, e in zip(labels.texts, labels.emotions, strict=True)])[
            np.array(labels.emotions) == condition
        ].mean(axis=0)
        for condition in sorted(set(labels.emotions))
    ]
    rdm = cosine_rdm(np.array(means) - np.mean(means, axis=0), sorted(set(labels.emotions)))
    assert check_corpus(labels).word_spread == pytest.approx(np.std(upper(rdm)))
    spread = check_corpus(objects_in_templates()).word_spread
    assert spread is not None
    assert spread < EQUAL


def test_two_conditions_have_no_spread_and_are_not_called_equal() -> None:
    whole = package(6)
    rows = zip(whole.emotions, whole.topics, whole.texts, strict=True)
    two = labelled([row for row in rows if row[0] in {"afraid", "sad"}])
    assert check_corpus(two).word_spread is None
    assert not [flag for flag in check_corpus(two).flags if "equal words" in str(flag)]


def test_equal_words_that_tell_nothing_block_nothing() -> None:
    """No word stands in two texts: all conditions are equally far apart, and none is given away."""
    rows = [(e, t, f"{t}{e}x {t}{e}y {t}{e}z") for t in "klmnopqr" for e in ("sad", "calm", "angry", "proud")]
    found = check_corpus(labelled(rows))
    assert found.word_spread == pytest.approx(0)
    assert found.flags == ()


def test_a_high_reliability_and_dependent_units_are_flags() -> None:
    surely = Dependence(0.3, 0.05, 0.001, (("a", "b", 0.4), ("c", "d", 0.3)))
    found = check_corpus(package(6), {"x": 0.98, "y": 0.99, "z": 0.6}, {"x": surely})
    assert [flag.kind for flag in found.flags] == [FlagKind.reliability, FlagKind.dependent_units]
    assert not found.blocks_verdict
    assert "0.99 in y and 1 more" in str(found.flags[0])
    assert "a and b (0.40)" in str(found.flags[1])
    many = dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", surely)
    assert check_corpus(package(6), {}, many).flags == (), "one of 52 runs by chance"
