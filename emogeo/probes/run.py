"""Cells that are no geometry."""

from __future__ import annotations

from emogeo.cell.run import Outcome
from emogeo.config.schema import Mode, TrainConfig


def run_probe(config: TrainConfig) -> Outcome | None:
    """Plans and runs a cell of steering or of behaviour; None where the model cannot be asked, which is logged.

    Raises:
        EmogeoError: anything that is the user's to mend.
    """
    raise NotImplementedError(config.mode.name is Mode.steering)
