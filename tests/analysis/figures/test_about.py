"""Which charts of predictors are drawn."""

from __future__ import annotations

from pathlib import Path

from emogeo.analysis.charts.chart import COLUMN_ENDING, ENDINGS
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.about import write_about_charts
from tests.analysis.charts.test_about import about_rows, table


def test_charts_are_written_where_there_is_something_to_draw(tmp_path: Path) -> None:
    write_about_charts(table(), FigureFolder(tmp_path))
    assert not list(tmp_path.iterdir())
    write_about_charts(table(about_rows("a"), about_rows("b")), FigureFolder(tmp_path))
    names = {f"about_{name}{ending}" for name in ("shares", "predictors") for ending in (*ENDINGS, COLUMN_ENDING)}
    assert {file.name for file in tmp_path.iterdir()} == names
