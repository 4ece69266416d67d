"""Formats numbers for the summary and the report."""

from __future__ import annotations

import pandas as pd

from emogeo.geometry.shown import decimals

ABSENT = "–"


def number(value: float | None, digits: int = 2, bound: float = 1.0) -> str:
    """Writes a number as `decimals` does; a dash where there is none."""
    return ABSENT if value is None or pd.isna(value) else decimals(value, digits, bound)


def with_interval(table: pd.DataFrame, name: str, digits: int = 2, bound: float = 1.0) -> list[str]:
    """Writes a column with the intervals of `NAME_ci_low` and `NAME_ci_high`, where these are given."""
    figures = table[[name, f"{name}_ci_low", f"{name}_ci_high"]].itertuples(index=False)
    return [in_words(value, low, high, digits, bound) for value, low, high in figures]


def intervals(table: pd.DataFrame, name: str, digits: int = 2) -> list[str]:
    """Writes the intervals of `NAME_ci_low` and `NAME_ci_high` alone; a dash where there is none."""
    ends = table[[f"{name}_ci_low", f"{name}_ci_high"]].itertuples(index=False)
    return [ABSENT if pd.isna(low) else f"[{number(low, digits)}, {number(high, digits)}]" for low, high in ends]


def in_words(value: float | None, low: float | None, high: float | None, digits: int = 2, bound: float = 1.0) -> str:
    """Writes one number with its interval, if it has one."""
    if low is None or pd.isna(low):
        return number(value, digits, bound)
    return f"{number(value, digits, bound)} [{number(low, digits, bound)}, {number(high, digits, bound)}]"
