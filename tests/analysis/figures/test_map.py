"""Which maps are drawn, and what they are coloured by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.figures.map import OVER_EACH_OTHER, file_of, moved_most, valence, write_map_figures
from emogeo.analysis.tables.map import map_tables
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.norms import load_norms
from tests.analysis.tables.planted_words import planted_run


@pytest.mark.parametrize("topics", [4, 6])
def test_each_run_has_a_map_and_a_tree_and_pairs_lie_over_each_other(tmp_path: Path, topics: int) -> None:
    own = [planted_run(load_corpus(topics=topics), f"run {seed}", seed) for seed in range(2)]
    write_map_figures({name: table.frame for name, table in map_tables(own, 0).items()}, tmp_path)
    keys = [each.run.key for each in own]
    wanted = {file_of(kind, each.name, each.run.key) for kind in ("map", "tree") for each in own}
    pair = {f"shifts_{keys[0][:8]}_{keys[1][:8]}.png"} if topics == 6 else set()
    assert {file.name for file in tmp_path.iterdir()} == wanted | pair


def test_names_of_files_have_no_letter_that_a_shell_minds() -> None:
    assert file_of("map", "a b/c 'd'", "0123456789") == "map_a-b-c-d-_01234567.png"


def test_the_pairs_that_moved_most_come_first() -> None:
    rows = [{"key_a": "a", "key_b": str(n), "displacement": n / 10} for n in range(5)]
    found = moved_most(pd.DataFrame([*rows, {"key_a": "a", "key_b": "z", "displacement": None}]))
    assert [b for (_, b), _ in found] == ["4", "3", "2"] and len(found) == OVER_EACH_OTHER


def test_valence_is_that_of_the_norms_and_its_way_is_where_it_grows() -> None:
    norms = load_norms()
    names = [*list(norms)[:10], "zorblat"]
    values = np.array([norms[name][0] for name in names[:-1]])
    points = np.column_stack([[*values, 5.0], np.random.default_rng(0).normal(size=11)])
    found = valence(names, points)
    assert found is not None and found.way is not None and found.sure
    assert found.values[:-1] == pytest.approx(values) and np.isnan(found.values[-1])
    assert found.way == pytest.approx([1.0, 0.0], abs=1e-6) and found.said.startswith("arrow: valence grows, r = 1.00")


def test_conditions_that_the_norms_do_not_know_have_no_colours() -> None:
    assert valence(["red", "zorblat", "quux", "blarg", "happy"], np.zeros((5, 2))) is None
