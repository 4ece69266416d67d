"""Labels and texts as messages show them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 24
"""How many labels a message shows."""


def listed(labels: Iterable[str], most: int = _SHOWN) -> str:
    """Lists labels for a message, the first few of many."""
    found = [short(label) for label in labels]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{more}" if found else "none"


def short(text: str, letters: int = 40) -> str:
    """Gives a label or a text for a message: on one line, without control characters, cut where it is long."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return plain if len(plain) <= letters else f"{plain[:letters]}…"


def hint(word: str, allowed: Iterable[str]) -> str:
    """Asks whether the label that is most like a word was meant."""
    close = get_close_matches(word, list(allowed), n=1)
    return f" Did you mean {close[0]}?" if close else ""
