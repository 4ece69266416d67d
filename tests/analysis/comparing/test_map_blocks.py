"""The map of a run at each of its blocks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emogeo.analysis.comparing.map_blocks import block_maps
from emogeo.analysis.comparing.maps import maps_of
from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun
from emogeo.geometry.options import Axes
from emogeo.geometry.procrustes import normalised, procrustes
from emogeo.geometry.regions import square
from emogeo.geometry.scaling import planes
from emogeo.record.files import RDM
from emogeo.store.tensors import pack
from tests.analysis.charts.planted import BLOCKS, deep
from tests.planted_records import altered


def test_each_block_is_scaled_and_turned_onto_the_runs_map() -> None:
    run = deep(0)
    ((own,), _) = maps_of([run], 0)
    found = block_maps(own)
    assert found.blocks == list(BLOCKS) and found.points.shape == (4, len(own.conditions), 2)
    for rdm, points, share in zip(run.run.rdm_by_layer, found.points, found.shares, strict=True):
        alone, held = planes(2 * square(rdm, len(own.conditions)))
        turned = procrustes(own.regions.points, normalised(alone))
        assert points == pytest.approx(turned(normalised(alone)), abs=1e-9) and share == pytest.approx(held)


def test_a_block_without_a_map_is_left_out() -> None:
    run = deep(0)
    flat = run.run.rdm_by_layer.copy()
    flat[1] = 0.0
    ((own,), _) = maps_of([PreparedRun(altered(run.run, {RDM: pack({"rdm_by_layer": flat})}), run.name, 0)], 0)
    assert block_maps(own).blocks == [0, 2, 3]


def test_axes_of_vectors_need_vectors_and_are_of_each_block() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 3, 9)).astype(np.float32)
    gram = vectors[:, 1] @ vectors[:, 1].T
    length = np.sqrt(np.diag(gram))
    layer = SimpleNamespace(index=1, layers=[0, 1, 2])
    own: Any = SimpleNamespace(
        **{"key": "k", "model": "m", "conditions": list("abcdef"), "rdm": 1 - gram / np.outer(length, length)},
        **{"vectors": vectors, "layer": 1, "result": SimpleNamespace(layer=layer)},
    )
    ((found,), absent) = maps_of([PreparedBare(own, "bare")], 0, Axes.vectors)
    assert absent == [] and found.axes is Axes.vectors
    by_block = block_maps(found)
    assert by_block.points[1] == pytest.approx(found.regions.points, abs=1e-6)
    own.vectors = None
    (maps, ((_, why),)) = maps_of([PreparedBare(own, "bare")], 0, Axes.vectors)
    assert maps == [] and "without vectors" in why
