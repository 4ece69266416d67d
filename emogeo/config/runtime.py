"""The configuration of how a run is computed, recorded and tracked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from omegaconf import MISSING

from emogeo.errors import ConfigError


class TrackingMode(Enum):
    """How a run reaches W&B."""

    online = "online"
    offline = "offline"
    disabled = "disabled"


@dataclass
class TrackingConfig:
    """Weights & Biases."""

    mode: TrackingMode = MISSING
    """online, offline (an offline run that `wandb sync` uploads later) or disabled."""
    project: str = "emogeo"
    """The W&B project."""
    entity: str | None = None
    """The W&B user or team; null for the account's default."""
    group: str | None = None
    """The W&B group of the runs."""
    tags: list[str] = field(default_factory=list)
    """Tags of the runs. Runs with the tag trial stay out of an analysis that does not ask for them."""


@dataclass
class StoreConfig:
    """The local record."""

    path: str = "store"
    """The folder in which runs are kept."""

    def check(self) -> None:
        """Refuses a file.

        Raises:
            ConfigError: see `check_folder`.
        """
        check_folder("store.path", self.path)


@dataclass
class RuntimeConfig:
    """How a run is computed; none of it is part of the key, except the token budget under LLM.int8 with outliers."""

    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    device_map: str | None = None
    """accelerate's device map (auto, balanced, sequential) for models that do not fit on one device."""
    threads: int | None = None
    """CPU threads; null for every core that the process may use (a share of them with cluster.slots)."""
    token_budget: int | None = None
    """Padded tokens per batch; null for 1,024 on a CPU and 16,384 on a GPU."""
    weights_cache: str = MISSING
    """Folder for converted package-index weights."""
    progress: bool = True
    """Whether progress is shown."""

    def check(self) -> None:
        """Refuses numbers below 1, a device map that accelerate does not know, and a file as the cache.

        Raises:
            ConfigError: names the field.
        """
        if self.device_map not in {None, *_DEVICE_MAPS}:
            raise ConfigError(f"runtime.device_map={self.device_map}: allowed are null, {', '.join(_DEVICE_MAPS)}.")
        for name, value in (("token_budget", self.token_budget), ("threads", self.threads)):
            if value is not None and value < 1:
                raise ConfigError(f"runtime.{name}={value}: at least 1, or null.")
        check_folder("runtime.weights_cache", self.weights_cache)


@dataclass
class ClusterConfig:
    """The machines and devices on which a sweep is computed."""

    name: str = "local"
    """local, gpus, slurm or ray."""
    slots: int | None = None
    """The number of jobs at once on this machine (cluster=gpus), one a GPU; on a CPU they share the cores."""
    gpus: int | None = None
    """The number of GPUs of each job (cluster=slurm, cluster=ray); null or 0 for none."""

    def check(self, runtime: RuntimeConfig) -> None:
        """Refuses numbers below their least, and slots where no job is given one.

        Raises:
            ConfigError: names the field.
        """
        for name, value, least in (("slots", self.slots, 1), ("gpus", self.gpus, 0)):
            if value is not None and value < least:
                raise ConfigError(f"cluster.{name}={value}: at least {least}, or null.")
        if self.slots is None:
            return
        if self.name != "gpus":
            raise ConfigError(f"cluster.slots={self.slots} does not go with cluster={self.name}: type cluster=gpus.")
        if runtime.device.startswith("cuda:") or runtime.device_map is not None:
            raise ConfigError("cluster=gpus gives every job one GPU: leave out runtime.device=cuda:N and device_map.")


def check_folder(option: str, typed: str) -> None:
    """Refuses a file where a folder is meant, and a folder that would lie in a file.

    Raises:
        ConfigError: names the file.
    """
    with suppress(OSError, RuntimeError):  # a name that is too long, no home directory: said where the folder is used
        path = Path(typed).expanduser()
        for own in (path, *path.parents):
            if own.exists() and not own.is_dir():
                what = "is a file" if own == path else f"would lie in {own}, which is a file"
                raise ConfigError(f"{option}={typed} {what}; type {option}=FOLDER.")


def check_seed(seed: int) -> None:
    """Refuses a seed below 0, which no generator takes.

    Raises:
        ConfigError: that.
    """
    if seed < 0:
        raise ConfigError(f"seed={seed}: 0 or more. Type seed=1.")


@dataclass
class SizeConfig:
    """Numbers that the runs of a study share."""

    name: str = MISSING
    """small or published."""
    max_new_tokens: int = MISSING
    """The longest text that a model writes, in tokens."""
    short_new_tokens: int = MISSING
    """`max_new_tokens` of the loose recipe."""
    samples: int = MISSING
    """Texts per prompt of the matched recipe."""


_DEVICE_MAPS = ("auto", "balanced", "balanced_low_0", "sequential")
