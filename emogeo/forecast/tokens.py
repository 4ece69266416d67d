"""Counts of tokens without torch: by a tokenizer's own file, else by the letters of a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from emogeo.errors import WeightsError
from emogeo.stimuli.templates import Text

LETTERS = 4.0
"""Letters of a token, where the tokenizer is not here; English has 4 to 5 with vocabularies of 50,000 to 250,000."""


def count_tokens(texts: Sequence[Text], folder: Path | None) -> int:
    """Counts the tokens of texts; those that are given with a text count as they are.

    Args:
        folder: the folder with the tokenizer; None where it is not here.

    Raises:
        WeightsError: a tokenizer that cannot be read.
    """
    given = sum(len(text.ids) for text in texts if text.ids is not None)
    return given + _cut(tuple(text for text in texts if text.ids is None), folder)


def can_cut(folder: Path | None) -> bool:
    """Whether a folder has a tokenizer that needs no torch: a `tokenizer.json`."""
    return folder is not None and (folder / "tokenizer.json").is_file()


@lru_cache(maxsize=256)
def _cut(texts: tuple[Text, ...], folder: Path | None) -> int:
    if folder is None or not can_cut(folder):
        return round(sum(len(text.content) for text in texts) / LETTERS)
    tokenizer, found = _tokenizer(folder / "tokenizer.json"), 0
    for special in (True, False):
        own = [text.content for text in texts if text.special_tokens is special]
        found += sum(len(one.ids) for one in tokenizer.encode_batch(own, add_special_tokens=special))
    return found


@lru_cache(maxsize=8)
def _tokenizer(file: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises no type of its own
        raise WeightsError(f"{file} is no tokenizer that this version of tokenizers reads: {error}") from error
    found.no_padding()
    found.no_truncation()
    return found
