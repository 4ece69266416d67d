"""Pooling, denoising and the selection of a layer, each with what it needs and nothing else."""

from __future__ import annotations

import pytest

from emogeo.config.states import DenoisingConfig, LayerSelectionConfig, PoolingConfig, Position
from emogeo.errors import ConfigError
from emogeo.geometry.options import LayerRule, Selection

Checked = PoolingConfig | DenoisingConfig | LayerSelectionConfig


@pytest.mark.parametrize(
    "part",
    [
        *(PoolingConfig(position) for position in Position),
        PoolingConfig(Position.mean, 7),
        DenoisingConfig(share=0.001),
        *(LayerSelectionConfig(own) for own in Selection if own not in {Selection.index, Selection.depth}),
        LayerSelectionConfig(Selection.index, index=0),
        LayerSelectionConfig(Selection.depth, depth=1.0),
    ],
)
def test_what_goes_together_passes(part: Checked) -> None:
    part.check()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        *(
            (
                PoolingConfig(position, skip),
                f"pooling.skip={skip} with pooling.position={position.value}: skip is 0 or more, and more than 0 only "
                "for pooling.position=mean.",
            )
            for position, skip in ((Position.last, 1), (Position.middle, 2), (Position.mean, -1))
        ),
        *(
            (DenoisingConfig(share=share), f"denoising.share={share}: a share of variance between 0 and 1.")
            for share in (0.0, 1.0, -0.5)
        ),
        (
            LayerSelectionConfig(Selection.index),
            "layer_selection=index needs a value: type layer_selection.index=...",
        ),
        (
            LayerSelectionConfig(Selection.depth, index=3),
            "layer_selection.index=3 does not go with layer_selection=depth; type layer_selection=index "
            "layer_selection.index=3.",
        ),
        (
            LayerSelectionConfig(Selection.middle, depth=0.5),
            "layer_selection.depth=0.5 does not go with layer_selection=middle; type layer_selection=depth "
            "layer_selection.depth=0.5.",
        ),
        (
            LayerSelectionConfig(Selection.depth, depth=0.0),
            "layer_selection.depth=0.0: a share of depth above 0 and up to 1.",
        ),
        (
            LayerSelectionConfig(Selection.depth, depth=1.1),
            "layer_selection.depth=1.1: a share of depth above 0 and up to 1.",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(part: Checked, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        part.check()
    assert str(error.value) == said


def test_the_rule_is_the_selection_with_its_number() -> None:
    assert LayerSelectionConfig(Selection.index, index=-2).rule == LayerRule(Selection.index, index=-2)
    assert LayerSelectionConfig(Selection.depth, depth=0.5).rule == LayerRule(Selection.depth, depth=0.5)
