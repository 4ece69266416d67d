"""Which charts of decoding are drawn."""

from __future__ import annotations

from pathlib import Path

from emogeo.analysis.charts.decoding import ACCURACY, CONFUSION, drawn
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.decoding import write_decoding_charts
from tests.analysis.charts.test_decoding import accuracy, confusion


def test_both_are_written(tmp_path: Path) -> None:
    write_decoding_charts({"decoding": drawn(accuracy()), "decoding_confusion": confusion()}, FigureFolder(tmp_path))
    for name in (ACCURACY, CONFUSION):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    empty = tmp_path / "empty"
    empty.mkdir()
    write_decoding_charts(
        {"decoding": accuracy().head(0), "decoding_confusion": confusion().head(0)}, FigureFolder(empty)
    )
    assert not list(empty.iterdir())
