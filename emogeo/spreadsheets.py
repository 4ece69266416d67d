"""Text in CSV files that a spreadsheet does not take for a formula."""

from __future__ import annotations

import re

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a formula may begin with, as spreadsheets read CSV files."""
_QUOTE = "'"
_ALONE = re.compile(r"\r(?!\n)")


def guarded(text: str) -> str:
    """Puts an apostrophe before what a spreadsheet would compute; other text, and numbers, stay as they are.

    A carriage return alone becomes a line feed: writers of CSV do not quote it, and what follows it would be a cell.
    """
    kept = _ALONE.sub("\n", text)
    return _QUOTE + kept if text.lstrip(_QUOTE).startswith(_BEGINS) and not _is_number(text) else kept


def unguarded(text: str) -> str:
    """Gives back the text that `guarded` was given, with line feeds for carriage returns that stand alone."""
    begins = text.startswith(_QUOTE) and text.lstrip(_QUOTE).startswith(_BEGINS)
    return text[1:] if begins and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
