"""Questions about labels that look like slips of the pen, like numbers, or like something else than labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from emogeo.config.own_names import named
from emogeo.geometry.options import NEUTRAL
from emogeo.stimuli.conditions import STUDIED
from emogeo.stimuli.looks import share_of_usual
from emogeo.stimuli.messages import listed, short
from emogeo.stimuli.reading import Row

NEARLY = 0.6
"""The share of the study's labels from which on a file is taken to mean them all."""
NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")
_DIGITS = re.compile(r"\d")
_MISSING = {"nan", "none", "null", "na", "n/a", "<na>", "nil", "-", "?"}
"""What programs write for what is absent."""
_QUESTIONS = 5
"""The most questions about pairs of labels."""
_LONG = 5
"""From so many letters on, two labels that are one slip apart are asked about, however many texts each has."""
_RARER = 4
"""How many times the texts of a label the other has, where shorter labels are asked about."""


def questions(rows: Sequence[Row]) -> list[str]:
    """Asks about labels that look like slips, or like none."""
    counts = Counter(str(row.emotion) for row in rows)
    asked = [
        f"{_counted(a, counts)} and {_counted(b, counts)} are one typing error apart: one condition? Then type "
        f"{_rename(rare, usual)}"
        for a, b in combinations(sorted(counts), 2)
        for rare, usual in [sorted((a, b), key=counts.__getitem__)]
        if one_slip_apart(a, b, 2 if counts[rare] * _RARER <= counts[usual] else _LONG)
    ]
    if len(asked) > _QUESTIONS:
        asked = [*asked[:_QUESTIONS], f"and {len(asked) - _QUESTIONS} more pairs of labels are one typing error apart"]
    return [*asked, *_missing(counts), *_numbers(counts), *_swapped(rows), *_of_the_study(counts)]


def _missing(counts: Mapping[str, int]) -> Iterator[str]:
    for label in sorted(counts):
        if label.lower() in _MISSING:
            yield (
                f"{_counted(label, counts)} looks like a label that is missing: is it a condition? If its texts stand "
                f"for no emotion, type {_rename(label, NEUTRAL)}; to leave them out, list the other labels in "
                "stimuli.conditions"
            )


def _numbers(counts: Mapping[str, int]) -> Iterator[str]:
    if all(NUMBER.fullmatch(label) for label in counts):
        found = sorted(counts, key=float)
        yield (
            f"labels are numbers: {listed(found)}; to name them, type "
            f"stimuli.rename={{{', '.join(f'{label}: NAME' for label in found[:2])}}} and so on"
        )


def _swapped(rows: Sequence[Row]) -> Iterator[str]:
    labels, topics = {str(row.emotion) for row in rows}, {row.topic for row in rows if row.topic is not None}
    if len(topics) > 1 and share_of_usual(sorted(topics)) >= NEARLY and not share_of_usual(sorted(labels)):
        yield (
            f"topics are words for emotions ({listed(sorted(topics), 3)}), and labels are not "
            f"({listed(sorted(labels), 3)}): are the two swapped? Then type "
            "'stimuli.fields={emotion: topic, topic: emotion}', with the names that the two fields have"
        )


def _of_the_study(counts: Mapping[str, int]) -> Iterator[str]:
    usual, own = sorted(set(STUDIED) - set(counts)), sorted(set(counts) - set(STUDIED))
    if own and usual and len(STUDIED) - len(usual) >= NEARLY * len(STUDIED):
        yield (
            f"most labels are the study's {len(STUDIED)}, but {listed(own)} {'is' if len(own) == 1 else 'are'} not, "
            f"and {listed(usual)} {'is' if len(usual) == 1 else 'are'} absent: is that meant? If not, type "
            f"{_rename(own[0], usual[0])}, say"
        )
    elif usual and not own and len(usual) <= 3:
        yield f"all labels are the study's, but {listed(usual)} {'is' if len(usual) == 1 else 'are'} absent"


def _rename(label: str, other: str) -> str:
    return f"'stimuli.rename={{{named(label)}: {named(other)}}}'"


def _counted(label: str, counts: Mapping[str, int]) -> str:
    return f"{short(label)!r} ({counts[label]} text{'s' if counts[label] != 1 else ''})"


def one_slip_apart(a: str, b: str, least: int = _LONG) -> bool:
    """Whether one letter more, less, other, or two swapped, make one word of the other.

    Words that differ by digits alone are not.

    Args:
        least: the fewest letters of each.
    """
    if min(len(a), len(b)) < least or abs(len(a) - len(b)) > 1 or _DIGITS.sub("", a) == _DIGITS.sub("", b):
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = len(rest_a) > 1 and len(rest_b) > 1 and rest_a[1::-1] + rest_a[2:] == rest_b
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]
