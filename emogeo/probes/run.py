"""Runs that measure what a model does: steering and behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emogeo.config.mode import Mode
from emogeo.config.train import TrainConfig
from emogeo.probes.behaviour import behaviour_task
from emogeo.probes.steering import steering_task
from emogeo.runs.task import Outcome, run_task


def run_probe(config: TrainConfig, departures: Mapping[str, Any] | None = None) -> Outcome | None:
    """Plans and runs a probe of steering or of behaviour; None where the model cannot be asked, which is logged.

    Args:
        departures: from the recipe that the configuration names, for the record of what is read beside.

    Raises:
        EmogeoError: anything that is the user's to mend.
    """
    asks = config.mode.name is Mode.behaviour
    task = behaviour_task(config) if asks else steering_task(config, departures)
    return None if task is None else run_task(task)
