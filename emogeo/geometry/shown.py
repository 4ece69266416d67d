"""The display of results: in a few lines, as a table in a notebook, as a row of a DataFrame."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import Any

import numpy as np

_MOST_DIGITS = 4
"""Decimals to which a number that equals a bound is the bound."""


def decimals(value: float, digits: int = 2, bound: float = 1.0) -> str:
    """Writes a number with fixed decimals, and no minus before a zero.

    A number beside a bound has as many decimals as it takes not to be written as the bound: 0.996, not 1.00.

    Args:
        bound: 1 for an agreement, 0 for what an agreement lacks.
    """
    if f"{value:z.{_MOST_DIGITS}f}" != f"{bound:.{_MOST_DIGITS}f}":
        while f"{value:z.{digits}f}" == f"{bound:.{digits}f}":
            digits += 1
    return f"{value:z.{digits}f}"


class Shown:
    """A dataclass of numbers, which a notebook shows as a table and a DataFrame takes as a row."""

    def to_dict(self) -> dict[str, Any]:
        """Gives the numbers under their names in tables; intervals as NAME_ci_low and NAME_ci_high."""
        row: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            if not field.name.startswith("_"):
                row |= _columns(field.name, getattr(self, field.name), "Estimate" in str(field.type))
        return row

    def _repr_html_(self) -> str:
        cells = [(name, _written(value)) for name, value in self.to_dict().items() if value is not None]
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{value}</td></tr>" for name, value in cells)
        return f"<table>{rows}</table>"


def _columns(name: str, value: Any, with_interval: bool) -> dict[str, Any]:
    """The same columns whatever is absent, so that rows of a DataFrame are alike."""
    if not with_interval:
        return {name: value}
    low, high = f"{name}_ci_low", f"{name}_ci_high"
    if value is None:
        return dict.fromkeys((name, low, high))
    bounds = {low: value.low, high: value.high}
    return {name: value.value, **{column: None if np.isnan(bound) else bound for column, bound in bounds.items()}}


def _written(value: Any) -> str:
    """The HTML of a figure or a note."""
    return f"{value:.4g}" if isinstance(value, float) else escape(str(value)).replace("\n", "<br>")
