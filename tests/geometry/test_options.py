"""Options in the words of the command line."""

from __future__ import annotations

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
        (LayerRule(Selection.all), LayerRule(Selection.all)),
    ],
)
def test_layers(layer: str | int | float | LayerRule, rule: LayerRule) -> None:
    assert GeometryOptions.of(layer, "none", "unit", 3) == GeometryOptions(rule, Centring.none, Norm.unit, 3)


@pytest.mark.parametrize(
    ("layer", "said"), [("index", "give the number itself"), (1.5, "a share of depth"), ("top", "Allowed: all, index")]
)
def test_wrong_layers(layer: str | float, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        GeometryOptions.of(layer, "none", "none", 0)
