"""Terms of a text: its words without their endings, or pairs of characters where words have no spaces between them."""

from __future__ import annotations

from functools import lru_cache

from emogeo.geometry.controls import words_of
from emogeo.geometry.ngrams import UNSPACED

_ENDINGS = ("'s", "'", "ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e", "y")
_LEAST = 3
"""The fewest letters that are left of a word."""


def terms_of(text: str) -> list[str]:
    """Gives the terms of a text in lower case, in their order."""
    return [term for word in words_of(text) for term in terms_of_word(word)]


def terms_of_word(word: str) -> list[str]:
    """Gives the stem of a word or, in a script without spaces, its pairs of neighbouring characters."""
    if UNSPACED.match(word):
        return [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
    return [stem(word)]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Takes one ending off a word in lower case, the first that leaves at least three letters, and a doubled letter.

    The endings are English. In other languages it takes off what looks like them, from all words alike.
    """
    for ending in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= _LEAST:
            doubled = len(rest) > _LEAST and rest[-1] == rest[-2] and ending in ("ing", "ed", "ings")
            return rest[:-1] if doubled else rest
    return word
