"""Tokens in several scripts, runs, sentences, and counts."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from emogeo.geometry.ngrams import counts_of, is_unspaced, runs_of, sentences_of, tokens_of, written


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("She couldn't STOP — 'trembling', 3 times.", "she couldn't stop trembling times"),
        ("O’Neil’s cafe\u0301", "o'neil's café"),
        ("Sie fürchtete das Straßenfest.", "sie fürchtete das straßenfest"),
        ("दुखी लड़का। रोया", "दुखी लड़का रोया"),
        ("他很害怕。ok", "他 很 害 怕 ok"),
        ("彼女は走った", "彼 女 は 走 っ た"),
        ("กลัว", "ก ลั ว"),
        ("…  12 ! ", ""),
    ],
)
def test_words_or_characters_with_their_marks(text: str, wanted: str) -> None:
    assert tokens_of(text) == tuple(wanted.split())


def test_every_chinese_character_is_a_token() -> None:
    characters = [own for own in map(chr, range(0x40000)) if unicodedata.name(own, "").startswith("CJK UNIFIED")]
    text = "".join(2 * own for own in characters)
    assert len(characters) > 90_000
    assert tokens_of(text) == tuple(text)


def test_a_run_is_written_without_blanks_where_there_are_none() -> None:
    assert written(tokens_of("她害怕")) == "她害怕"
    assert written(tokens_of("the lock again")) == "the lock again"
    assert written(tokens_of("害怕 ok")) == "害怕 ok"
    assert is_unspaced(tokens_of("她害怕 ok"))
    assert not is_unspaced(tokens_of("the lock"))
    assert not is_unspaced(())


def test_runs_of_a_text_and_of_one_that_is_shorter() -> None:
    assert runs_of(("a", "b", "c"), 2) == [("a", "b"), ("b", "c")]
    assert runs_of(("a", "b"), 3) == [("a", "b")]
    assert runs_of((), 3) == []


def test_sentences_end_at_stops_of_any_script() -> None:
    assert sentences_of("He knew; he ran. 他怕。走！") == [("he", "knew"), ("he", "ran"), ("他", "怕"), ("走",)]


def test_counts() -> None:
    counts, items = counts_of([["a", "b", "a"], [], ["b"]])
    assert items == ["a", "b"]
    np.testing.assert_array_equal(counts.toarray(), [[2, 1], [0, 0], [0, 1]])
