"""Short names for runs: a letter each, said once in a legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, islice, product, takewhile
from string import ascii_uppercase


def letters(keys: Sequence[str]) -> dict[str, str]:
    """Gives each key a letter: A to Z, then AA, AB and so on."""
    words = ("".join(letters) for n in count(1) for letters in product(ascii_uppercase, repeat=n))
    return dict(zip(keys, islice(words, len(keys)), strict=True))


def in_common(names: Sequence[str]) -> str:
    """Gives the words that all of several names begin with; none where a name would be left without any."""
    split = [name.split(" ") for name in names]
    side_by_side = zip(*(words[:-1] for words in split), strict=False) if len(names) > 1 else ()
    return " ".join(words[0] for words in takewhile(lambda words: len(set(words)) == 1, side_by_side))


def pair_of(row: Mapping[str, object], of: Mapping[str, str]) -> str:
    """Names a row's two runs by their letters, as in `A–B`."""
    return "–".join(of[str(row[f"key_{side}"])] for side in "ab")
