"""One analysis of many runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from omegaconf import MISSING

from emogeo.config.runtime import StoreConfig, TrackingConfig, TrackingMode
from emogeo.errors import ConfigError


class RecordSource(Enum):
    """Where the analysis finds its cells."""

    store = "store"
    wandb = "wandb"


@dataclass
class RunsConfig:
    """source=wandb: which runs of the project."""

    group: str | None = None
    tags: list[str] = field(default_factory=list)
    """All of them."""
    filters: dict[str, Any] = field(default_factory=dict)
    """As `wandb.Api().runs` takes them (MongoDB's)."""


class Conditions(Enum):
    """Which conditions effects are of."""

    emotions = "emotions"
    all = "all"


@dataclass
class EffectsConfig:
    """Which geometries the effects and variance tables compare."""

    conditions: Conditions = Conditions.emotions
    """emotions: the twenty without neutral, as published."""
    recentre: bool = True
    """Each run once more on the mean of those conditions, as published."""


@dataclass
class AnalyzeConfig:
    """One analysis of many cells."""

    source: RecordSource = RecordSource.store
    tracking: TrackingConfig = MISSING
    """source=wandb: the project, and of the analysis's own run mode (online or disabled), group and tags."""
    runs: RunsConfig = field(default_factory=RunsConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    output: str = MISSING
    """Folder for tables and figures."""
    permutations: int = 10_000
    """Label permutations of each Mantel test."""
    effects: EffectsConfig = field(default_factory=EffectsConfig)
    seed: int = 0

    def check(self) -> None:
        """Refuses too few permutations, and W&B as a source without its server.

        Raises:
            ConfigError: that.
        """
        if self.permutations < 100:
            raise ConfigError(f"permutations={self.permutations}: give at least 100, or p cannot be small.")
        if self.source is RecordSource.wandb and self.tracking.mode is TrackingMode.offline:
            raise ConfigError(
                "source=wandb needs the server: type tracking.mode=online, or disabled for no run of its own."
            )
