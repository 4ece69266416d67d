"""Which maps are drawn, and in which files."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from emogeo.analysis.charts.chart import COLUMN_ENDING, ENDINGS
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import map as figures
from emogeo.analysis.figures.map import OVER_EACH_OTHER, file_of, moved_most, pair_of, write_map_figures
from tests.analysis.charts.planted import keys, tables


@pytest.mark.parametrize("topics", [4, 8])
def test_each_run_has_a_map_and_a_tree_and_pairs_lie_beside_and_over_each_other(tmp_path: Path, topics: int) -> None:
    write_map_figures(tables(topics), FigureFolder(tmp_path))
    wanted = {file_of(kind, f"run {at}", key) for kind in ("map", "tree") for at, key in enumerate(keys(topics))}
    pair = {pair_of(kind, *keys(topics)) for kind in ("maps", "shifts")} if topics == 8 else set()
    drawn = {file.name for file in tmp_path.iterdir() if not file.name.endswith(COLUMN_ENDING)}
    assert drawn == {f"{name}{end}" for name in wanted | pair for end in ENDINGS}


def test_of_many_runs_some_are_drawn_and_the_first_have_sliders(tmp_path: Path) -> None:
    with (
        patch.object(figures, "DRAWN", 1),
        patch.object(figures, "SLIDERS", 0),
        patch.object(figures, "map_spec", wraps=figures.map_spec) as made,
    ):
        write_map_figures(tables(), FigureFolder(tmp_path))
    assert [call.args[1:] for call in made.call_args_list] == [(keys()[0], False)]


def test_names_of_files_have_no_letter_that_a_shell_minds() -> None:
    assert file_of("map", "a b/c 'd'", "0123456789") == "map_a-b-c-d-_01234567"


def test_the_pairs_that_moved_most_come_first_and_those_of_two_models_before_others() -> None:
    rows = [{"key_a": "a", "key_b": str(n), "displacement": n / 10} for n in range(5)]
    frame = pd.DataFrame([*rows, {"key_a": "a", "key_b": "z", "displacement": None}]).assign(
        model_a="m", model_b="n", comparable="yes"
    )
    frame.loc[4, "model_b"], frame.loc[3, "comparable"] = "m", "no"
    found = moved_most(frame)
    assert [b for (_, b), _ in found] == ["2", "1", "0"] and len(found) == OVER_EACH_OTHER
    assert [b for (_, b), _ in moved_most(frame.assign(model_b="m"))] == ["4", "3", "2"]
