"""Formats numbers for the summary and the report."""

from __future__ import annotations

from math import isfinite

import pandas as pd

from emogeo.geometry.shown import decimals

ABSENT = "–"
_LONG = 1e9
"""From here on a number is written with a power of ten."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, digits: int = 2, bound: float = 1.0) -> str:
    """Writes a number as `decimals` does, a long one with a power of ten; a dash where there is none."""
    if value is None or pd.isna(value):
        return ABSENT
    is_long = isfinite(value) and abs(value) >= _LONG
    return _with_power(value) if is_long else decimals(value, digits, bound)


def _with_power(value: float) -> str:
    digits, power = f"{value:.1e}".split("e+")
    return f"{digits} × 10{power.lstrip('0').translate(_SUPERSCRIPTS)}"


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
