"""The mode of a run: what the model does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from omegaconf import MISSING

from emogeo.config.precision import PrecisionConfig
from emogeo.errors import ConfigError


class Mode(Enum):
    """What the model does: it reads texts, writes them, reads what was written before, is steered, or is asked; it
    reads any texts with the vectors of another run; or what was measured elsewhere is imported."""

    comprehension = "comprehension"
    generation = "generation"
    replay = "replay"
    steering = "steering"
    behaviour = "behaviour"
    readout = "readout"
    imported = "imported"


PROBES = (Mode.steering, Mode.behaviour, Mode.readout)
"""The modes that probe what a model does; the others measure a geometry."""


@dataclass
class ModeConfig:
    """The mode of a run, and the run that it builds on."""

    name: Mode = MISSING
    """What the model does."""
    source: str | None = None
    """Replay: key (or its first digits) of a generation run or of its texts, or wandb:ENTITY/PROJECT/ARTIFACT:VERSION;
    null for what this very configuration has written at the precision of `writer`.
    Steering and readout: key of the run whose vectors are added, or are what texts are projected on; null for this
    configuration in mode=comprehension."""
    writer: PrecisionConfig | None = None
    """Replay: the precision at which this configuration's texts were written."""

    def check_source(self) -> None:
        """Refuses a source that is neither a key nor an artifact.

        Raises:
            ConfigError: says what a source looks like.
        """
        if self.source and not re.fullmatch("[0-9a-f]{1,64}|wandb:.+", self.source):
            raise ConfigError(
                f"mode.source={self.source} is neither a key (hexadecimal digits; quote one that could be a number, as "
                "in \"mode.source='12e4'\") nor wandb:ENTITY/PROJECT/ARTIFACT:VERSION."
            )

    def check_run(self) -> None:
        """Refuses a source that is not the key of a run.

        Raises:
            ConfigError: says what a key looks like.
        """
        if self.source and not re.fullmatch("[0-9a-f]{1,64}", self.source):
            raise ConfigError(f"mode.source={self.source}: the key of a run, in hexadecimal digits.")
