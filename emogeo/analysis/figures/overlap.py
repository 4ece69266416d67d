"""The figure of agreement by the words that texts have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.drawing import FigureFolder
from emogeo.figures.overlap import OverlapCurve, overlap_figure
from emogeo.geometry.shown import decimals


def write_overlap_figure(
    prepared: Sequence[PreparedRun], tables: Mapping[str, pd.DataFrame], figures: FigureFolder
) -> None:
    """Draws the pairs that can be compared by the words that their texts have in common."""
    strata = tables["overlap_strata"].dropna(subset=["rho_disjoint_half_ci_low"])
    names = {each.run.key: each.name for each in prepared}
    curves = [
        _curve(f"{names[str(a)]} · {names[str(b)]}", own)
        for (a, b), own in strata.groupby(["key_a", "key_b"], sort=False)
        if len(own) > 1
    ]
    if curves:
        figures.draw("overlap", overlap_figure, curves)


def _curve(name: str, strata: pd.DataFrame) -> OverlapCurve:
    def numbers(*columns: str) -> pd.DataFrame:
        return strata[list(columns)].to_numpy(dtype=float)

    last = strata.iloc[-1]
    star = last["rho_star"] if last["shared_at_most"] == "0" else float("nan")
    return OverlapCurve(
        name,
        numbers("shared_words")[:, 0],
        numbers("rho_disjoint_half", "rho_disjoint_half_ci_low", "rho_disjoint_half_ci_high"),
        numbers("reliability_a", "reliability_b"),
        "ρ* not identifiable" if pd.isna(star) else f"ρ* {decimals(star)} {_ends(last)}",
    )


def _ends(row: pd.Series) -> str:
    return f"[{decimals(row['rho_star_ci_low'])}, {decimals(row['rho_star_ci_high'])}]"
