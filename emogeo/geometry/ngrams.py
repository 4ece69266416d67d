"""Tokens of a text in any script, runs of tokens, and sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Sequence

import numpy as np
from scipy.sparse import csr_array

Tokens = tuple[str, ...]
"""Words in lower case; in scripts without blanks between words, single characters with their marks."""

_SCRIPTS = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
)
"""Code points of Thai and Lao, Burmese, Khmer, kana, and Chinese characters: no blanks stand between their words."""
_MARKS = "".join(
    chr(code)
    for first, last in _SCRIPTS[:4]
    for code in range(first, last + 1)
    if unicodedata.category(chr(code))[0] == "M"
)
UNSPACED = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _SCRIPTS) + "]")
"""A character of these scripts."""
_CHARACTER = f"{UNSPACED.pattern}[{_MARKS}]*"
_NO_BLANKS = re.compile(f"({_CHARACTER})")
_BETWEEN = re.compile(f"(?<={UNSPACED.pattern}) (?={_CHARACTER})")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_INSIDE = "\u02bc"
"""The letter that stands for an apostrophe inside a word while words are cut."""
_SENTENCE = re.compile(r"[.!?;:\n\u2026\u061f\u06d4\u0964\u3002\uff01\uff1f\uff1b\uff1a]+")


class _Letters(dict[int, int | str]):
    """A table for `str.translate` that keeps letters with their marks and turns all else into a blank."""

    def __missing__(self, code: int) -> int | str:
        self[code] = code if unicodedata.category(chr(code))[0] in "LM" else " "
        return self[code]


_LETTERS = _Letters()


def tokens_of(text: str) -> Tokens:
    """Cuts a text into words in lower case, or into characters where its script has no blanks between words.

    Digits and signs are left out; an apostrophe inside a word is a part of it.
    """
    plain = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    letters = _APOSTROPHE.sub(_INSIDE, plain).translate(_LETTERS).replace(_INSIDE, "'")
    return tuple(_NO_BLANKS.sub(r" \1 ", letters).split())


def runs_of(tokens: Tokens, length: int) -> list[Tokens]:
    """Gives every run of so many tokens, in their order; of a shorter text, all of it as one run."""
    if not tokens:
        return []
    return [tokens[start : start + length] for start in range(max(1, len(tokens) - length + 1))]


def sentences_of(text: str) -> list[Tokens]:
    """Cuts a text at full stops, semicolons, colons, line ends and the like, and each part into tokens."""
    return [own for part in _SENTENCE.split(text) if (own := tokens_of(part))]


def is_unspaced(tokens: Tokens) -> bool:
    """Whether most tokens are characters of a script without blanks between words."""
    return 2 * sum(_NO_BLANKS.match(token) is not None for token in tokens) > len(tokens)


def written(run: Tokens) -> str:
    """Writes a run of tokens as it is read: without blanks where its script has none."""
    return _BETWEEN.sub("", " ".join(run))


def counts_of(rows: Sequence[Sequence[Hashable]]) -> tuple[csr_array, list[Hashable]]:
    """Counts each item in each row: [row, item], with the items in the order in which they come first."""
    column: dict[Hashable, int] = {}
    columns = [column.setdefault(item, len(column)) for row in rows for item in row]
    numbers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    shape = (len(rows), len(column))
    return csr_array((np.ones(len(columns)), (numbers, columns)), shape=shape), list(column)
