"""Which grids are made, and which block each way of choosing takes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emogeo.analysis.comparing.depth import (
    MOST_PAIRS,
    best_blocks,
    blocks_of,
    chosen_blocks,
    grids_of,
    imported_alike,
    rdms_over,
)
from emogeo.record.run import Run
from tests.analysis.planted_models import LAYERS, PlantedModel, catalogue
from tests.planted_records import altered


def models(n: int) -> list[Any]:
    return list(catalogue([PlantedModel(f"m{number}", "f", "base", 1.0) for number in range(n)]))


def test_pairs_come_first_then_each_of_their_runs_with_itself() -> None:
    a, b, c = models(3)
    grids, n_pairs = grids_of([[a, b], [c]])
    assert n_pairs == 1
    assert [(grid.first.name, grid.second.name) for grid in grids] == [
        (a.name, b.name),
        *[(x.name, x.name) for x in (a, b)],
    ]
    assert [grid.within for grid in grids] == [False, True, True]


def test_without_a_pair_a_run_meets_itself_and_many_pairs_are_bounded() -> None:
    (alone,) = models(1)
    (grid,), n_pairs = grids_of([[alone]])
    assert grid.within and n_pairs == 0
    many, n_pairs = grids_of([models(6)])
    assert n_pairs == 15 and sum(not grid.within for grid in many) == MOST_PAIRS


def test_one_block_or_few_conditions_in_common_make_no_grid() -> None:
    a, b = models(2)
    shallow = SimpleNamespace(run=SimpleNamespace(result=SimpleNamespace(layer=SimpleNamespace(layers=(3,)))))
    assert grids_of([[a, shallow]])[1] == 0  # type: ignore[list-item]
    few = SimpleNamespace(
        run=SimpleNamespace(key="k", result=b.run.result, conditions=[*b.run.conditions[:3], "another"])
    )
    assert grids_of([[a, few]])[1] == 0  # type: ignore[list-item]


def test_rdms_over_some_conditions_are_their_entries() -> None:
    (each,) = models(1)
    names = [each.run.conditions[at] for at in (5, 2, 9, 11)]
    places = [each.run.conditions.index(name) for name in names]
    wanted = each.run.rdm[np.ix_(places, places)][np.triu_indices(4, k=1)]
    found = rdms_over(each.run, names)
    assert found.shape == (LAYERS, 6) and found[1] == pytest.approx(wanted)
    assert rdms_over(each.run, each.run.conditions) == pytest.approx(each.run.rdm_by_layer)


def test_each_way_takes_its_block() -> None:
    (each,) = models(1)
    assert blocks_of(each.run) == [0, 1, 2, 3]
    assert chosen_blocks(each.run) == {
        **{"selected": 2, "middle": 2, "two_thirds": 2, "upper": 2, "min_mean_cosine": 0},
        **{"separation": 2, "reliability": 2},
    }


def test_a_way_without_its_curve_or_its_block_is_left_out() -> None:
    (each,) = models(1)
    result = each.run.result
    layer = replace(result.layer, index=None, layers=(0, 1))
    bare: Run = altered(each.run, result=replace(result, layer=layer, by_layer={"rdm_std": (0.1, 0.2)}))
    assert chosen_blocks(bare) == {}
    assert best_blocks(result) == {"min_mean_cosine": 0, "separation": 2, "reliability": 2}


def test_what_was_imported_is_grouped_by_its_texts() -> None:
    a, b = models(2)
    bare: Any = SimpleNamespace(run=None)
    imported = [replace(each, run=altered(each.run, imported=SimpleNamespace(texts_known=True))) for each in (a, b)]
    assert [len(group) for group in imported_alike(imported, [bare])] == [2, 1]
    assert imported_alike([a, b], []) == [[]]
