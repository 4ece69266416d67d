"""What the columns of the report's tables mean."""

from __future__ import annotations

from collections.abc import Sequence


def definition(file: str, columns: Sequence[str]) -> str:
    """Gives the sentence that defines what a sheet shows of these columns of a table; empty where there is none."""
    shown = " / ".join(columns)
    return {}.get(f"{file}: {shown}", "")
