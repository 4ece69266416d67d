"""The display of results: in a few lines, as a table in a notebook, as a row of a DataFrame."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import Any

import numpy as np


class Shown:
    """A dataclass of numbers, which a notebook shows as a table and a DataFrame takes as a row."""

    def to_dict(self) -> dict[str, Any]:
        """Gives the numbers under their names in tables; intervals as NAME_ci_low and NAME_ci_high."""
        row: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            row |= _columns(field.name, value)
        return row

    def _repr_html_(self) -> str:
        cells = [(name, _written(value)) for name, value in self.to_dict().items() if value is not None]
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in cells)
        return f"<table>{rows}</table>"


def _columns(name: str, value: Any) -> dict[str, Any]:
    low, high = getattr(value, "low", None), getattr(value, "high", None)
    if low is None:
        return {name: value}
    bounds = {f"{name}_ci_low": low, f"{name}_ci_high": high}
    return {name: value.value, **{column: None if np.isnan(bound) else bound for column, bound in bounds.items()}}


def _written(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
