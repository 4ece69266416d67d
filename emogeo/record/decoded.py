"""JSON that others wrote: what Python, a table or a file would fail on later is refused when it is read."""

from __future__ import annotations

import json
import math
from collections import deque
from typing import Any, TypeAlias

from emogeo.errors import RecordError
from emogeo.stimuli.messages import short
from emogeo.store.keys import Json

_DEEPEST = 64
"""The deepest nesting that is read; records go eight deep."""
_LARGEST = 2**63
"""Whole numbers that a column of a table can hold lie below this, and above its negative."""
_MOST = 256 * 2**20
"""The most bytes of JSON that are read, which takes many times as much memory; texts' rows are read one by one."""
_Path: TypeAlias = tuple[str, ...]


def decoded(content: bytes, where: str) -> Any:
    """Reads JSON.

    Args:
        where: the file, and the line if it has several, for messages.

    Raises:
        RecordError: no JSON, or more than a record has; a field that stands twice, text that is no Unicode, a number
            that is too large or not finite, a nesting too deep; names the field.
    """
    if len(content) > _MOST:
        raise RecordError(f"{where}: {len(content) / 2**20:,.0f} MiB of JSON, more than a record has")
    try:
        found = json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError as error:
        raise RecordError(f"{where}: nested too deep for a record") from error
    except ValueError as error:
        raise RecordError(f"{where}: not JSON: {error}") from error
    _refuse_unusable(found, where)
    return found


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {short(twice)} stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _refuse_unusable(found: Any, where: str) -> None:
    waiting: deque[tuple[Any, _Path]] = deque([(found, ())])
    while waiting:
        value, path = waiting.popleft()
        place = f"{where}: {'.'.join(path)}" if path else where
        if len(path) > _DEEPEST:
            raise RecordError(f"{where}: nested too deep for a record")
        if isinstance(value, dict):
            for name, part in value.items():
                _refuse_text(name, f"{place}: the name of a field")
                waiting.append((part, (*path, name)))
        elif isinstance(value, list):
            waiting.extend((part, (*path, str(number))) for number, part in enumerate(value))
        elif isinstance(value, str):
            _refuse_text(value, place)
        elif isinstance(value, int) and abs(value) >= _LARGEST:
            raise RecordError(f"{place}: a whole number beyond 64 bits")
        elif isinstance(value, float) and not math.isfinite(value):
            raise RecordError(f"{place}: a number that is not finite")


def _refuse_text(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RecordError(f"{place}: half of a surrogate pair, which is no text (character {error.start})") from error
