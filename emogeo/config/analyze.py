"""One analysis of many runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from emogeo.config.runtime import StoreConfig, TrackingConfig, TrackingMode
from emogeo.errors import ConfigError
from emogeo.geometry.options import Axes

_SHOWN = 10
"""How many files an error names."""


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
    """`emotions` are those without the neutral one (stimuli.neutral of each run), as published."""
    recentre: bool = True
    """Whether each run is centred again, on the mean of those conditions alone, as published."""


@dataclass
class MapConfig:
    """How conditions are laid out in two dimensions."""

    axes: Axes = Axes.scaling
    """`scaling` of the cosine RDM, or principal axes of the `vectors`, whose lengths then count too."""


@dataclass
class ConditionsConfig:
    """What conditions are called in the analysis, so that those of several runs match."""

    rename: dict[str, str] = field(default_factory=dict)
    """Other names of conditions, for every run that has them."""


@dataclass
class NormsConfig:
    """Norms of the user's own, which become baselines."""

    path: str | None = None
    """A list of words with columns of ratings."""
    word: str | None = None
    """The column of `path` that holds the words; null for the first column of text."""
    columns: list[str] | None = None
    """The columns of `path` that are dimensions; null for all that hold numbers."""
    rdm: str | None = None
    """A square table of dissimilarities with labels in its header and first column."""

    def check(self) -> None:
        """Refuses files that are not there, and columns without a list or without a name.

        Raises:
            ConfigError: that.
        """
        for option, given in (("path", self.path), ("rdm", self.rdm)):
            if given is not None:
                _refuse_absent(f"norms.{option}={given}", Path(given).expanduser())
        if self.path is None and (self.word is not None or self.columns is not None):
            raise ConfigError("norms.word and norms.columns name columns of a list of words: type norms.path=FILE too.")
        if self.columns is not None and (not self.columns or len(set(self.columns)) < len(self.columns)):
            raise ConfigError(f"norms.columns={self.columns}: name at least one column, and none of them twice.")


def _refuse_absent(given: str, path: Path) -> None:
    if not path.is_file():
        folder = path if path.is_dir() else path.parent
        files = sorted(file.name for file in folder.iterdir() if file.is_file())[:_SHOWN] if folder.is_dir() else []
        raise ConfigError(f"{given} is no file. In {folder} are {', '.join(files) or 'no files'}.")


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
    map: MapConfig = field(default_factory=MapConfig)
    norms: NormsConfig = field(default_factory=NormsConfig)
    conditions: ConditionsConfig = field(default_factory=ConditionsConfig)
    seed: int = 0

    def check(self) -> None:
        """Refuses too few permutations, a bound that bounds nothing, W&B as a source without its server, and norms that
        are not there.

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
        self.norms.check()
