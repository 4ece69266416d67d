"""Runs that measure what a model does, or apply vectors to texts: steering, behaviour and readout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emogeo.config.mode import Mode
from emogeo.config.train import TrainConfig
from emogeo.probes.behaviour import behaviour_task
from emogeo.probes.readout import readout_task
from emogeo.probes.steering import steering_task
from emogeo.runs.task import Outcome, run_task


def run_probe(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Outcome | None:
    """Plans and runs a probe; None where the model cannot be asked for its behaviour, which is logged.

    Args:
        departures: from the recipe that the configuration names, for the record of what is read beside.

    Raises:
        EmogeoError: anything that is the user's to mend.
    """
    mode = config.mode.name
    if mode is Mode.behaviour:
        task = behaviour_task(config)
        return None if task is None else run_task(task)
    return run_task((readout_task if mode is Mode.readout else steering_task)(config, departures))
