"""One analysis of many runs."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from emogeo.config.mode import Mode
from emogeo.config.runtime import StoreConfig, TrackingConfig, TrackingMode, check_folder, check_seed
from emogeo.errors import ConfigError
from emogeo.geometry.options import Axes

_SHOWN = 10
"""How many files an error names."""


class RecordSource(Enum):
    """Where the analysis finds its runs."""

    store = "store"
    wandb = "wandb"


class Pairs(Enum):
    """Which two trained runs are compared."""

    auto = "auto"
    """Every two of at most 24; of more, those that are comparable, and those of one model apart in one parameter."""
    all = "all"
    """Every two, whose number grows with the square of the runs: an hour and more for a thousand."""


class Figures(Enum):
    """Which runs are drawn."""

    auto = "auto"
    """All of at most 24 runs; of more, twelve comparable ones as far as there are so many."""
    all = "all"
    """Every run, which takes a second or more for each."""


@dataclass
class RunsConfig:
    """Which runs are analysed, of a store or of a W&B project: those that pass every filter that is set.

    Untrained twins and rereads of these runs stay, because they are their nulls and their floor.
    """

    model: list[str] = field(default_factory=list)
    """Names of models, with * and ? for any letters."""
    mode: list[Mode] = field(default_factory=list)
    """Modes, as comprehension or generation."""
    precision: list[str] = field(default_factory=list)
    """Precisions as resolved, with * and ?; int8 is any of its kinds."""
    keys: list[str] = field(default_factory=list)
    """Keys, or what they begin with."""
    since: str | None = None
    """The first day (2026-11-01), or moment (2026-11-01T12:00), at which a run was computed; UTC."""
    until: str | None = None
    """The last day, or the moment before which a run was computed."""
    group: str | None = None
    """The W&B group (tracking.group) of the runs."""
    tags: list[str] = field(default_factory=list)
    """Tags that a run must have, all of them."""
    twins: bool = True
    """Whether untrained twins of the runs that are meant are taken."""
    rereads: bool = True
    """Whether rereads of the runs that are meant are taken."""
    filters: dict[str, Any] = field(default_factory=dict)
    """Further filters of source=wandb, as `wandb.Api().runs` takes them (MongoDB's query language)."""

    @property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """Gives the moment from which on, and the moment before which, runs were computed."""
        return _moment("since", self.since, False), _moment("until", self.until, True)

    def check(self, source: RecordSource) -> None:
        """Refuses dates that are none, an end before its beginning, and filters of W&B for a store.

        Raises:
            ConfigError: that.
        """
        since, until = self.period
        if since is not None and until is not None and since >= until:
            raise ConfigError(f"runs.since={self.since} is not before runs.until={self.until}: no run can be meant.")
        if self.filters and source is not RecordSource.wandb:
            names = ", ".join(f"runs.{own.name}" for own in fields(self) if own.name != "filters")
            raise ConfigError(f"runs.filters asks W&B (source=wandb). For a store there are {names}.")


def _moment(name: str, given: str | None, end: bool) -> datetime | None:
    """Reads a day or a moment.

    Args:
        end: a day means the beginning of the next one.
    """
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise ConfigError(
            f"runs.{name}={given} is no date: type runs.{name}=2026-11-01, or 'runs.{name}=\"2026-11-01T12:00\"'."
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found + timedelta(days=1) if end and len(given) <= len("2026-11-01") else found


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
    """Where the runs are: a local store, or a W&B project."""
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
    pairs: Pairs = Pairs.auto
    """Which two trained runs are compared; `all` takes time and room by the square of their number."""
    figures: Figures = Figures.auto
    """Which runs are drawn; tables always have all of them."""
    effects: EffectsConfig = field(default_factory=EffectsConfig)
    map: MapConfig = field(default_factory=MapConfig)
    norms: NormsConfig = field(default_factory=NormsConfig)
    conditions: ConditionsConfig = field(default_factory=ConditionsConfig)
    seed: int = 0
    """Seeds permutations and splits of the analysis."""

    def check(self) -> None:
        """Refuses too few permutations, a bound that bounds nothing, W&B as a source without its server, norms that
        are not there, and files where folders are meant.

        Raises:
            ConfigError: that.
        """
        check_seed(self.seed)
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
        self.store.check()
        check_folder("output", self.output)
        self.norms.check()
        self.runs.check(self.source)
