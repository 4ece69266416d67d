"""Phrases for findings: ranges, counts and lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from emogeo.analysis.report.numbers import in_words, number
from emogeo.analysis.tables.notes import Note
from emogeo.stimuli.conditions import Noun

NAMED = 4
"""The most rows or notes that a finding names."""


def range_of(rows: pd.DataFrame, column: str) -> str:
    """Writes the value of one row with its interval; for several rows the least, the largest and the median."""
    given = rows[rows[column].notna()]
    if len(given) == 1:
        row = given.iloc[0]
        return in_words(row[column], row.get(f"{column}_ci_low"), row.get(f"{column}_ci_high"))
    values = given[column]
    return f"{number(values.min())} to {number(values.max())} (median {number(values.median())})"


def number_of(n: int, one: str, many: str | None = None) -> str:
    """Writes a count, as in `1 pair`, `2 pairs`."""
    return f"{n} {one if n == 1 else many or f'{one}s'}"


def commonest(notes: Iterable[Iterable[Note]]) -> list[tuple[Note, int]]:
    """Gives the most frequent notes, with their numbers of rows."""
    return Counter(note for own in notes for note in own).most_common(NAMED)


def verdicts(rows: pd.DataFrame, noun: Noun) -> list[str]:
    """Counts the verdicts of equivalence in a sentence; none where there are none."""
    counts = Counter(rows["equivalence"].dropna()).most_common()
    return [f"For these {noun.many}: {listed([f'{n} {verdict}' for verdict, n in counts])}."] if counts else []


def listed(words: Sequence[str]) -> str:
    """Writes a list, as in `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
