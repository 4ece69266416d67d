"""Which charts of decoding are drawn."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.charts.decoding import ACCURACY, CONFUSION, confusion_spec, drawn, panels_spec
from emogeo.analysis.drawing import FigureFolder


def write_decoding_charts(tables: Mapping[str, pd.DataFrame], figures: FigureFolder) -> None:
    """Draws both charts, where the tables have rows for them."""
    rows, confusion = drawn(tables["decoding"]), tables["decoding_confusion"]
    if len(rows):
        figures.draw(ACCURACY, panels_spec, rows)
    if len(confusion):
        figures.draw(CONFUSION, confusion_spec, confusion)
