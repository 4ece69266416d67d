"""The commands that compute untrained twins, as few as possible: what differs in one option alone is one sweep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_PLAIN = re.compile(r"[\w./@+-]+")
"""Values that Hydra's grammar lets stand side by side in a sweep."""
_SEEDS = "model.init_seed"

Command = tuple[tuple[str, tuple[str, ...]], ...]
"""The words of a command: a field with its values, of which several are a sweep."""


def merged(commands: Iterable[Sequence[str]]) -> list[list[str]]:
    """Joins commands that do the same but for the values of one field, without adding a run that no command asks for.

    Args:
        commands: the words of each.
    """
    found = list(dict.fromkeys(map(_parsed, commands)))
    while (pair := _alike(found)) is not None:
        first, second, joined = pair
        found[first] = joined
        del found[second]
    return [[_word(field, values) for field, values in command] for command in found]


def _alike(commands: Sequence[Command]) -> tuple[int, int, Command] | None:
    for second in range(1, len(commands)):
        for first in range(second):
            joined = _joined(commands[first], commands[second])
            if joined is not None:
                return first, second, joined
    return None


def _joined(a: Command, b: Command) -> Command | None:
    """Joins two commands, where they differ in the values of one field alone."""
    if [field for field, _ in a] != [field for field, _ in b]:
        return None
    differing = [at for at, (own, its) in enumerate(zip(a, b, strict=True)) if own != its]
    if len(differing) != 1:
        return None
    at = differing[0]
    field, values = a[at][0], tuple(dict.fromkeys((*a[at][1], *b[at][1])))
    if field in {"", _SEEDS} or not all(_PLAIN.fullmatch(value) for value in values):
        return None
    return (*a[:at], (field, values), *a[at + 1 :])


def _parsed(words: Sequence[str]) -> Command:
    """Takes words apart; those without a field stay whole."""
    parsed = []
    for word in words:
        field, equals, value = word.partition("=")
        several = tuple(value.split(",")) if all(map(_PLAIN.fullmatch, value.split(","))) else (value,)
        parsed.append((field, several) if equals else ("", (word,)))
    return tuple(parsed)


def _word(field: str, values: Sequence[str]) -> str:
    return f"{field}={','.join(values)}" if field else values[0]
