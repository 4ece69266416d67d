"""What a file says of itself: lists of labels and layers, and single values as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_LONGEST = 2_000
"""The most characters of a value that is kept."""
Said = tuple[dict[str, tuple[str, ...]], dict[str, tuple[int, ...]], dict[str, str]]


def said_in(values: Mapping[str, Any]) -> Said:
    """Sorts what metadata hold into lists of words, lists of whole numbers, and single values as text.

    A text that is a list in JSON is read as that list. Nothing is interpreted as a path or as code.
    """
    words: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, tuple[int, ...]] = {}
    said: dict[str, str] = {}
    _sort(values, "", words, numbers, said)
    return words, numbers, said


def _sort(
    values: Mapping[str, Any],
    outer: str,
    words: dict[str, tuple[str, ...]],
    numbers: dict[str, tuple[int, ...]],
    said: dict[str, str],
) -> None:
    for key, given in values.items():
        name, value = f"{outer}{key}", _listed(given)
        if isinstance(value, Mapping):
            if not outer:
                _sort(value, f"{name}.", words, numbers, said)
        elif isinstance(value, list):
            if value and all(isinstance(one, str) for one in value):
                words[name] = tuple(value)
            elif value and all(_is_whole(one) for one in value):
                numbers[name] = tuple(int(one) for one in value)
        elif isinstance(value, str | int | float | bool):
            said[name] = str(value)[:_LONGEST]
            if _is_whole(value) or (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6):
                numbers[name] = (int(value),)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _listed(value: Any) -> Any:
    """Gives the list that a text is in JSON, else the value."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return found if isinstance(found, list) else value
    return value
