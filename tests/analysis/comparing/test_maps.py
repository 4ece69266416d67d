"""Maps of runs, on planted ones."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emogeo.analysis.comparing import order
from emogeo.analysis.comparing.maps import maps_of, shifts_of
from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun, View
from emogeo.errors import GeometryError
from emogeo.geometry.inference import interval
from emogeo.geometry.procrustes import procrustes
from emogeo.geometry.regions import regions_of, square, without_each
from emogeo.stimuli.corpus import load_corpus
from tests.analysis.tables.planted_words import planted_run


def runs(n: int = 2, topics: int = 8) -> list[PreparedRun]:
    return [planted_run(load_corpus(topics=topics), f"run {seed}", seed) for seed in range(n)]


def bare_of(run: PreparedRun) -> PreparedBare:
    products = run.halves.products
    rdm = square(without_each(products.values)[0], len(products.conditions))
    own: Any = SimpleNamespace(key="bare", model="bare", conditions=products.conditions, rdm=rdm)
    return PreparedBare(own, "bare")


def test_maps_are_the_runs_own_turned_onto_one_consensus() -> None:
    own = runs(3)
    maps, absent = maps_of(own, 0)
    assert absent == [] and all(each.aligned and each.reason is None for each in maps)
    for each, run in zip(maps, own, strict=True):
        alone = regions_of(run.halves.products.values)
        turned = procrustes(each.regions.points, alone.points)
        assert turned(alone.points) == pytest.approx(each.regions.points, abs=1e-6)
        assert each.regions.ellipses()[:, :2] == pytest.approx(alone.ellipses()[:, :2])
    first, second = maps[0].regions.points, maps[1].regions.points
    assert abs(procrustes(first, second).rotation[0, 1]) < 0.5 or maps[0].regions.share < 0.4


def test_of_many_runs_one_more_turns_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "MANY", 2)
    own = runs(3)
    (few, _), (more, _) = maps_of(own[:2], 0), maps_of(own, 0)
    for before, after in zip(few, more, strict=False):
        np.testing.assert_array_equal(before.regions.points, after.regions.points)
    monkeypatch.undo()
    (every, _) = maps_of(own, 0)
    assert np.abs(every[0].regions.points - more[0].regions.points).max() > 1e-3


def test_the_nearest_condition_has_the_interval_of_its_dissimilarity() -> None:
    (run,) = runs(1)
    ((own,), _) = maps_of([run], 0)
    rdms = [square(rdm, len(own.conditions)) for rdm in without_each(run.halves.products.values)]
    for row in (0, 5):
        ((name, distance),) = own.nearest(row)
        other = own.conditions.index(name)
        assert rdms[0][row, other] == min(value for at, value in enumerate(rdms[0][row]) if at != row)
        assert distance == interval(
            rdms[0][row, other], [np.array([rdm[row, other] for rdm in rdms[1:]])], fisher=False
        )


def test_shifts_are_over_shared_conditions_and_in_the_place_of_the_first() -> None:
    a, b = runs(2)
    b = replace(b, view=View(tuple(b.run.conditions[:-2])))
    maps, _ = maps_of([a, b], 0)
    found = shifts_of(*maps)
    assert found.conditions == tuple(b.run.conditions[:-2])
    shown = maps[0].regions.points[: len(found.conditions)]
    assert np.abs(np.corrcoef(shown[:, 0], found.a.points[:, 0])[0, 1]) > 0.8
    assert found.shifts.lengths == pytest.approx(np.linalg.norm(found.b.points - found.a.points, axis=1))


def test_a_run_shifts_nowhere_from_itself() -> None:
    found = shifts_of(*maps_of(runs(1) * 2, 0)[0]).shifts
    assert found.lengths == pytest.approx(0, abs=1e-9) and (found.p == 1).all()


def test_without_texts_or_with_few_units_there_are_no_regions_and_a_reason() -> None:
    (run,), (few,) = runs(1), runs(1, topics=4)
    bare = bare_of(run)
    maps, _ = maps_of([bare, few], 0)
    assert [each.reason for each in maps] == ["imported without texts", "4 units, 6 are needed"]
    assert all(each.regions.n_units == 0 and each.tree.support is None for each in maps)
    assert np.isnan(maps[0].nearest(0)[0][1].low)
    with pytest.raises(GeometryError, match="imported without texts"):
        shifts_of(*maps)


def test_runs_with_few_conditions_in_common_keep_axes_of_their_own() -> None:
    a, b = runs(2)
    parts = [replace(a, view=View(tuple(a.run.conditions[:8]))), replace(b, view=View(tuple(b.run.conditions[6:])))]
    assert [own.aligned for own in maps_of(parts, 0)[0]] == [False, False]


def test_a_run_without_a_map_says_why() -> None:
    (run,) = runs(1)
    flat = bare_of(run)
    flat = replace(flat, run=SimpleNamespace(**{**vars(flat.run), "rdm": np.zeros_like(flat.run.rdm)}))  # type: ignore[arg-type]
    maps, ((named, why),) = maps_of([run, flat], 0)
    assert len(maps) == 1 and named is flat and "fewer than two dimensions" in why
