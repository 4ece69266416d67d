"""Text in CSV files that a spreadsheet does not take for a formula."""

from __future__ import annotations

_BEGINS = ("=", "+", "-", "@", "\t", "\r")
"""What a formula may begin with, as spreadsheets read CSV files."""
_QUOTE = "'"


def guarded(text: str) -> str:
    """Puts an apostrophe before what a spreadsheet would compute; other text, and numbers, stay as they are."""
    return _QUOTE + text if text.lstrip(_QUOTE).startswith(_BEGINS) and not _is_number(text) else text


def unguarded(text: str) -> str:
    """Gives back the text that `guarded` was given."""
    begins = text.startswith(_QUOTE) and text.lstrip(_QUOTE).startswith(_BEGINS)
    return text[1:] if begins and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
