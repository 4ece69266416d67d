"""Which charts of predictors are drawn."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.charts.about import PREDICTORS, SHARES, SHOWN, predictors_spec, shares_of, shares_spec
from emogeo.analysis.drawing import FigureFolder


def write_about_charts(table: pd.DataFrame, figures: FigureFolder) -> None:
    """Draws both charts; none where no run has predictors."""
    if not shares_of(table).empty:
        figures.draw(SHARES, shares_spec, table)
    runs = list(dict.fromkeys(table.loc[table["rho"].notna(), "run"]))[:SHOWN]
    if runs:
        figures.draw(PREDICTORS, predictors_spec, table[table["run"].isin(runs)], runs)
