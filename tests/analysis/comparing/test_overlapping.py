"""Pairs of runs by the words that their texts share, on planted runs of the package's passages."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.analysis.comparing.overlapping import AT_MOST, OverlapComparer
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_STAR
from emogeo.geometry.inference import compare_disjoint
from emogeo.stimuli.corpus import load_corpus
from tests.analysis.tables.planted_words import planted_run


def test_strata_go_down_to_texts_without_a_common_word() -> None:
    corpus = load_corpus(topics=12)
    a, b = (planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two"]))
    found = OverlapComparer().compare(a, b)
    assert [own.at_most for own in found.strata] == [None, *sorted(AT_MOST, reverse=True)]
    assert found.strata[0].comparison == compare_disjoint(a.halves, b.halves, ("one", "two"))
    assert found.strata[0].share == 1 and found.strata[-1].shared == 0
    shares, shared = ([getattr(own, name) for own in found.strata] for name in ("share", "shared"))
    assert shares == sorted(shares, reverse=True) and shared == sorted(shared, reverse=True)
    assert 0 < found.least < found.drawn < 1
    assert len(found.words) == len(found.strata) and found.words[-1] < found.words[0]
    assert found.reason is None
    assert found.on_least.reliability_a is not None


def test_what_pairs_have_in_common_is_computed_once() -> None:
    corpus = load_corpus(topics=12)
    runs = [planted_run(corpus, name, seed) for seed, name in enumerate(["one", "two", "three"])]
    comparer = OverlapComparer()
    for a, b in [(0, 1), (0, 2), (1, 2)]:
        comparer.compare(runs[a], runs[b])
    assert len(comparer._last._kept) == len(runs) * (1 + len(AT_MOST)) + len(AT_MOST), (
        "one bag for all runs that have read the same texts"
    )


def test_other_texts_and_too_few_units_are_refused() -> None:
    few, other = load_corpus(topics=MIN_STAR - 1), load_corpus(topics=MIN_STAR)
    with pytest.raises(GeometryError, match=f"{MIN_STAR} needed"):
        OverlapComparer().compare(*(planted_run(few, name, 0) for name in ("one", "two")))
    changed = [np.char.add(np.array(other.texts), end).tolist() for end in ("", ".")]
    corpora = [
        type(other)(
            "mine", tuple(type(p)(p.emotion, p.topic, text) for p, text in zip(other.passages, texts, strict=True))
        )
        for texts in changed
    ]
    with pytest.raises(GeometryError, match="no words to keep apart"):
        OverlapComparer().compare(
            *(planted_run(own, name, 0) for own, name in zip(corpora, ("one", "two"), strict=True))
        )
