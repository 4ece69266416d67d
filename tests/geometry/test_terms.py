"""Terms of texts."""

from __future__ import annotations

import pytest

from emogeo.geometry.terms import stem, terms_of


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("walk", "walks", "walked", "walking"), "walk"),
        (("stopped", "stopping", "stop", "stops"), "stop"),
        (("letter", "letters", "letter's"), "letter"),
        (("hope", "hoped", "hoping", "hopes"), "hop"),
        (("is",), "is"),
        (("her",), "her"),
    ],
)
def test_words_with_other_endings_have_one_stem(words: tuple[str, ...], expected: str) -> None:
    assert {stem(word) for word in words} == {expected}


def test_terms_are_stems_in_their_order() -> None:
    assert terms_of("She WALKED; the dogs’ walks.") == ["she", "walk", "the", "dog", "walk"]


def test_without_spaces_terms_are_pairs_of_characters() -> None:
    assert terms_of("我很难过。她") == ["我很", "很难", "难过", "她"]
    assert terms_of("\U00020000\U00020001\u4e00") == ["\U00020000\U00020001", "\U00020001\u4e00"]
