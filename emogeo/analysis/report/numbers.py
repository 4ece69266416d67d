"""Formats numbers for the summary and the report."""

from __future__ import annotations

import pandas as pd

ABSENT = "–"


def number(value: float | None, digits: int = 2) -> str:
    """Writes a number with fixed decimals and no minus before a zero; a dash where there is none."""
    return ABSENT if value is None or pd.isna(value) else f"{value:z.{digits}f}"


def with_interval(table: pd.DataFrame, name: str, digits: int = 2) -> list[str]:
    """Writes a column with the intervals of `NAME_ci_low` and `NAME_ci_high`, where these are given."""
    figures = table[[name, f"{name}_ci_low", f"{name}_ci_high"]].itertuples(index=False)
    return [in_words(value, low, high, digits) for value, low, high in figures]


def intervals(table: pd.DataFrame, name: str, digits: int = 2) -> list[str]:
    """Writes the intervals of `NAME_ci_low` and `NAME_ci_high` alone; a dash where there is none."""
    ends = table[[f"{name}_ci_low", f"{name}_ci_high"]].itertuples(index=False)
    return [ABSENT if pd.isna(low) else f"[{number(low, digits)}, {number(high, digits)}]" for low, high in ends]


def in_words(value: float | None, low: float | None, high: float | None, digits: int = 2) -> str:
    """Writes one number with its interval, if it has one."""
    if low is None or pd.isna(low):
        return number(value, digits)
    return f"{number(value, digits)} [{number(low, digits)}, {number(high, digits)}]"
