"""Whether a difference was found, was found absent, or could not be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from emogeo.config.analyze import AnalyzeConfig
from emogeo.geometry.beyond import Beyond

EQUIVALENCE = AnalyzeConfig.equivalence
"""The bound on 1 - rho* within which two geometries are the same for the purposes of an analysis."""
SAME, DIFFERS, CANNOT_TELL = "same within", "differs", "cannot tell"
NO_FLOOR = f"{CANNOT_TELL} (no floor)"
"""Cannot tell where rho* is known, and no floor above which a difference counts."""


def equivalence(row: Mapping[str, Any], counts: bool, bound: float) -> str:
    """Gives the verdict on a row with rho*: same within the bound, differs, both, or cannot tell (and why: no floor).

    It is the same within the bound where the 90% interval of 1 - rho* lies below the bound: two one-sided tests at 5%
    each (Schuirmann 1987), of which that against a negative difference is no question here.

    Args:
        counts: whether the difference counts, by the rule of the table.
    """
    same = _given(row, "rho_star_ci90_low") and 1 - row["rho_star_ci90_low"] < bound
    if counts:
        return f"{DIFFERS}, by less than {bound:g}" if same else DIFFERS
    if same:
        return f"{SAME} {bound:g}"
    return NO_FLOOR if _given(row, "rho_star") and not _given(row, "floor") else CANNOT_TELL


def equivalence_of_pair(row: Mapping[str, Any], bound: float) -> str:
    """Gives the verdict on two runs: they are the same with words included, unless they agree beyond words."""
    said = equivalence(row, above_floor(row), bound)
    shown = _given(row, "beyond_words") and row["beyond_words"] == Beyond.yes.value
    return said if shown or not said.startswith(SAME) else f"{said}, words included"


def _given(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    return value is not None and not pd.isna(value)


def above_floor(row: Mapping[str, Any]) -> bool:
    """Whether 1 - rho* lies above the numerical floor with its 95% interval; False where either is not known."""
    high, floor = row.get("rho_star_ci_high"), row.get("floor")
    return high is not None and floor is not None and 1 - high > floor
