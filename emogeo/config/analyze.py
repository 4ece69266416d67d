"""One analysis of many runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from omegaconf import MISSING

from emogeo.config.runtime import StoreConfig, TrackingConfig, TrackingMode
from emogeo.errors import ConfigError


class RecordSource(Enum):
    """Where the analysis finds its runs."""

    store = "store"
    wandb = "wandb"


@dataclass
class RunsConfig:
    """Which runs of the project are analysed (source=wandb)."""

    group: str | None = None
    tags: list[str] = field(default_factory=list)
    """Tags that a run must have, all of them."""
    filters: dict[str, Any] = field(default_factory=dict)
    """Further filters, as `wandb.Api().runs` takes them (MongoDB's query language)."""


class Conditions(Enum):
    """The conditions over which effects are computed."""

    emotions = "emotions"
    all = "all"


@dataclass
class EffectsConfig:
    """How runs are compared in the tables of effects and of variance."""

    conditions: Conditions = Conditions.emotions
    """`emotions` are the twenty without neutral, as published."""
    recentre: bool = True
    """Whether each run is centred again, on the mean of those conditions alone, as published."""


@dataclass
class AnalyzeConfig:
    """One analysis of many runs."""

    source: RecordSource = RecordSource.store
    tracking: TrackingConfig = MISSING
    """The project of source=wandb; and mode (online or disabled), group and tags of the analysis's own W&B run."""
    runs: RunsConfig = field(default_factory=RunsConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    output: str = MISSING
    """The folder for tables and figures."""
    permutations: int = 10_000
    """The number of label permutations in each Mantel test."""
    equivalence: float = 0.1
    """The bound on 1 - rho* within which two geometries are called the same."""
    effects: EffectsConfig = field(default_factory=EffectsConfig)
    seed: int = 0

    def check(self) -> None:
        """Refuses too few permutations, a bound that bounds nothing, and W&B as a source without its server.

        Raises:
            ConfigError: that.
        """
        if self.permutations < 100:
            raise ConfigError(f"permutations={self.permutations}: give at least 100, or p cannot be small.")
        if not 0 < self.equivalence < 1:
            raise ConfigError(
                f"equivalence={self.equivalence:g}: a bound on 1 − ρ*, above 0 and below 1; type equivalence=0.1."
            )
        if self.source is RecordSource.wandb and self.tracking.mode is TrackingMode.offline:
            raise ConfigError(
                "source=wandb needs the server: type tracking.mode=online, or disabled for no run of its own."
            )
