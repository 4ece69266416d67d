"""What files say of their run."""

from __future__ import annotations

from dataclasses import replace

from emogeo.config.states import DenoisingConfig, DenoisingMethod, PoolingConfig, Position
from emogeo.export.metadata import metadata_of
from emogeo.geometry.options import Norm
from emogeo.record.run import Run
from tests.planted_records import altered


def test_it_names_the_weights_and_the_way_to_the_vectors(run: Run) -> None:
    said = metadata_of(run)
    assert all(isinstance(value, str) and value for value in said.values())
    assert said["run"] == run.key
    assert (said["model"], said["family"], said["precision"], said["mode"]) == (
        *("tiny-llama", run.record.model.family, "fp32", "comprehension"),
    )
    assert (said["pooling"], said["centring"], said["denoising"], said["norm"]) == (
        "last",
        "grand_mean",
        "none",
        "none",
    )
    assert (said["layer_selection"], said["selected_block"], said["n_layers"]) == ("index 1", "1", "4")
    assert said["units"] == "residual stream"


def test_options_that_change_the_vectors_are_said(run: Run) -> None:
    config = replace(
        run.config,
        pooling=PoolingConfig(Position.mean, 3),
        denoising=DenoisingConfig(DenoisingMethod.neutral_pcs),
        norm=Norm.unit,
    )
    said = metadata_of(altered(run, config=config, layer_index=None))
    assert said["pooling"] == "mean, without the first 3"
    assert said["denoising"] == "neutral_pcs 0.5 of facts"
    assert (said["units"], said["selected_block"]) == ("unit length", "all")
