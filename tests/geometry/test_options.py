"""Options in the words of the command line."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import ConfigError
from emogeo.geometry.options import Centring, GeometryOptions, LayerRule, Norm, Selection


@pytest.mark.parametrize(
    ("layer", "rule"),
    [
        ("reliability", LayerRule(Selection.reliability)),
        (12, LayerRule(Selection.index, index=12)),
        (-1, LayerRule(Selection.index, index=-1)),
        (0.85, LayerRule(Selection.depth, depth=0.85)),
        (np.float32(0.5), LayerRule(Selection.depth, depth=0.5)),
        (np.int64(3), LayerRule(Selection.index, index=3)),
        (Selection.middle, LayerRule(Selection.middle)),
        (LayerRule(Selection.all), LayerRule(Selection.all)),
    ],
)
def test_layers(layer: str | int | float | LayerRule, rule: LayerRule) -> None:
    assert GeometryOptions.of(layer, "none", "unit", 3) == GeometryOptions(rule, Centring.none, Norm.unit, 3)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("index", "give the number itself"),
        (1.5, "a share of depth"),
        ("top", "Allowed: all, index"),
        (True, "layer=True: give a criterion"),
        (None, "layer=None: give a criterion"),
        ([1], "give a criterion"),
    ],
)
def test_wrong_layers(layer: str | float, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        GeometryOptions.of(layer, "none", "none", 0)


def test_a_rule_by_a_number_has_one_and_a_seed_is_whole() -> None:
    with pytest.raises(ConfigError, match="by index needs the index"):
        LayerRule(Selection.index)
    with pytest.raises(ConfigError, match="seed=-1: a whole number of at least 0"):
        GeometryOptions.of("middle", "none", "none", -1)
