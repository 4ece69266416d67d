"""Which pairs and measures are drawn."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import measures as own
from emogeo.analysis.figures.measures import FILE, TITLES, write_measure_figure
from emogeo.analysis.tables.measures import MEASURE_COLUMNS
from emogeo.figures.measures import PANELS_AT_MOST
from emogeo.geometry.measures import MEASURES

NAMES = {"a": "run a", "b": "run b"} | {str(i): f"run {i}" for i in range(20)}


def table(*pairs: tuple[str, str], disjoint: float = 0.5) -> pd.DataFrame:
    rows = [
        {"key_a": a, "key_b": b, "measure": measure.name, "value": place, "chance": 0.0, "disjoint": disjoint + place}
        for a, b in pairs
        for place, measure in enumerate(MEASURES)
    ]
    return pd.DataFrame(rows, columns=MEASURE_COLUMNS)


def test_every_measure_has_a_title() -> None:
    assert list(TITLES) == [measure.name for measure in MEASURES]


def test_a_pair_is_a_panel_with_its_measures_in_order(tmp_path: Path) -> None:
    shuffled = table(("a", "b")).iloc[::-1]
    with patch.object(own, "measures_figure", return_value=b"drawn") as figure:
        write_measure_figure(shuffled, NAMES, FigureFolder(tmp_path))
    measures, pairs = figure.call_args.args
    assert (measures, list(pairs)) == (list(TITLES.values()), ["run a · run b"])
    np.testing.assert_array_equal(pairs["run a · run b"].plain, range(len(MEASURES)))
    assert np.isnan(pairs["run a · run b"].disattenuated).all()
    assert (tmp_path / f"{FILE}.png").read_bytes() == b"drawn"


def test_many_pairs_are_a_cloud(tmp_path: Path) -> None:
    many = table(*(("a", str(i)) for i in range(PANELS_AT_MOST + 1)))
    with patch.object(own, "measures_cloud", return_value=b"drawn") as figure:
        write_measure_figure(many, NAMES, FigureFolder(tmp_path))
    of, values, others = figure.call_args.args
    assert (of, len(values), len(others)) == (TITLES["spearman"], PANELS_AT_MOST + 1, len(MEASURES) - 1)
    np.testing.assert_array_equal(others[TITLES["cka_biased"]], [0.5 + len(MEASURES) - 1] * len(values))


def test_nothing_is_drawn_without_disjoint_text(tmp_path: Path) -> None:
    write_measure_figure(table(("a", "b"), disjoint=float("nan")), NAMES, FigureFolder(tmp_path))
    write_measure_figure(table(), NAMES, FigureFolder(tmp_path))
    assert not list(tmp_path.iterdir())
