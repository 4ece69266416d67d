"""Cells that are no geometry."""

from __future__ import annotations

from emogeo.cell.run import Outcome, run_task
from emogeo.config.schema import Mode, TrainConfig
from emogeo.probes.behaviour import behaviour_task
from emogeo.probes.steering import steering_task


def run_probe(config: TrainConfig) -> Outcome | None:
    """Plans and runs a cell of steering or of behaviour; None where the model cannot be asked, which is logged.

    Raises:
        EmogeoError: anything that is the user's to mend.
    """
    task = behaviour_task(config) if config.mode.name is Mode.behaviour else steering_task(config)
    return None if task is None else run_task(task)
