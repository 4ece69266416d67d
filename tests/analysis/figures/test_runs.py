"""Figures of runs, two by two and one by one, of planted runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import runs
from emogeo.analysis.figures.runs import MATRICES, write_pair_figures, write_run_figures
from emogeo.figures.curves import Band
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.planted_records import altered

NAN = float("nan")
DRAW = ("rho_figure", "rdm_figure", "halves_figure", "reliability_figure")


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    models = [("m", "bf16"), ("m", "int8"), ("n", "bf16")]
    return catalogue([PlantedModel(name, name, "base", 1.0, precision=precision) for name, precision in models])


def pairs(prepared: list[PreparedRun]) -> pd.DataFrame:
    a, b, c = (ready.run.key for ready in prepared)
    columns = [
        "key_a",
        "key_b",
        "rho",
        "rho_star",
        "rho_same_half",
        "rho_disjoint_half",
        "reliability_a",
        "reliability_b",
        "p_same_text",
    ]
    rows = [(a, b, 0.5, 0.75, 0.7, 0.6, 0.81, 0.25, 0.001), (a, c, 0.4, NAN, NAN, NAN, 0.5, 0.5, 0.001)]
    return pd.DataFrame([*rows, (b, c, 0.3, 0.6, 0.5, 0.1, -0.2, 0.9, 0.001)], columns=columns)


def calls(prepared: list[PreparedRun], table: pd.DataFrame, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    patches = {name: patch.object(runs, name, return_value=b"drawn") for name in DRAW}
    drawn = {name: own.start() for name, own in patches.items()}
    try:
        write_pair_figures(prepared, table, FigureFolder(folder))
        write_run_figures(prepared, shared_order(prepared), FigureFolder(folder))
    finally:
        for own in patches.values():
            own.stop()
    return {name: [tuple(call.args) for call in mock.call_args_list] for name, mock in drawn.items()}


def test_matrices_hold_the_pairs_in_the_order_of_the_runs(prepared: list[PreparedRun], tmp_path: Path) -> None:
    raw, star = calls(prepared, pairs(prepared), tmp_path)["rho_figure"]
    np.testing.assert_array_equal(raw[0], [[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])
    np.testing.assert_array_equal(star[0], [[1, 0.75, NAN], [0.75, 1, 0.6], [NAN, 0.6, 1]])
    for call, words in zip((raw, star), MATRICES.values(), strict=True):
        assert call[1:] == (["m bf16", "m int8", "n bf16"], *words)


def test_halves_are_of_pairs_that_have_both_under_the_root_of_reliabilities(
    prepared: list[PreparedRun], tmp_path: Path
) -> None:
    ((names, same, disjoint, ceiling),) = calls(prepared, pairs(prepared), tmp_path)["halves_figure"]
    assert names == ["m bf16 · m int8", "m int8 · n bf16"]
    assert (same.tolist(), disjoint.tolist()) == ([0.7, 0.5], [0.6, 0.1])
    assert ceiling.tolist() == [pytest.approx(0.45), 0.0], "a reliability below 0 gives no ceiling"


def test_halves_of_other_texts_are_not_drawn_as_the_same(prepared: list[PreparedRun], tmp_path: Path) -> None:
    other = pairs(prepared)
    other.loc[0, "p_same_text"] = NAN
    ((names, *_),) = calls(prepared, other, tmp_path)["halves_figure"]
    assert names == ["m int8 · n bf16"]


def test_reliability_is_drawn_by_model_and_runs_without_it_are_not(prepared: list[PreparedRun], tmp_path: Path) -> None:
    first, *others = prepared
    without = PreparedRun(altered(first.run, result_by_layer={}), first.name, 0)
    ((panels,),) = calls([without, *others], pairs(prepared), tmp_path)["reliability_figure"]
    assert {model: [band.name for band in bands] for model, bands in panels.items()} == {
        "m": ["m int8"],
        "n": ["n bf16"],
    }
    band: Band = panels["n"][0]
    assert (band.layers.tolist(), band.values.tolist(), band.selected) == ([0, 1, 2, 3], [0.1, 0.3, 0.5, 0.4], 2)
    np.testing.assert_allclose([band.values - band.low, band.high - band.values], 0.1)


def test_every_run_has_its_rdm_under_a_name_that_files_may_have(prepared: list[PreparedRun], tmp_path: Path) -> None:
    odd = PreparedRun(altered(prepared[0].run, key="0123456789", layer_index=None), 'm/1 "x"', 0)
    (rdm, conditions, title), *_ = calls([odd], pairs(prepared).iloc[:0], tmp_path)["rdm_figure"]
    assert (conditions, title) == (shared_order([odd]), 'm/1 "x", every block')
    places = [odd.run.conditions.index(name) for name in conditions]
    np.testing.assert_array_equal(rdm, odd.run.rdm[np.ix_(places, places)])
    assert (tmp_path / "rdm_m-1-x-_01234567.png").is_file()
    assert calls(prepared[:1], pairs(prepared).iloc[:0], tmp_path)["rdm_figure"][0][2] == "m bf16, block 2"


def test_no_runs_have_no_figures(prepared: list[PreparedRun], tmp_path: Path) -> None:
    assert calls([], pairs(prepared).iloc[:0], tmp_path) == {name: [] for name in DRAW}
    assert list(tmp_path.iterdir()) == []


def test_files_are_pictures(prepared: list[PreparedRun], tmp_path: Path) -> None:
    write_pair_figures(prepared[:2], pairs(prepared).head(1), FigureFolder(tmp_path))
    write_run_figures(prepared[:2], shared_order(prepared), FigureFolder(tmp_path))
    for ending, begins in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        files = list(tmp_path.glob(f"*{ending}"))
        assert len(files) == 2 + 1 + 1 + 2
        assert all(file.read_bytes().startswith(begins) for file in files)
