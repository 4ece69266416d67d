"""The runs that a command line asks for, composed as Hydra would, without starting any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path, get_args_parser
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.types import RunMode
from omegaconf import DictConfig, flag_override
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.compose import parse_all
from emogeo.errors import ConfigError

_TRUE = {"true", "yes", "on", "y", "1"}
"""Words that OmegaConf takes for true."""
NAME = "config"
"""The primary configuration of `train.py`."""


@dataclass(frozen=True)
class Asked:
    """What a command line asks for."""

    multirun: bool
    study: bool
    dry: bool
    """Whether an account of the runs is asked for, and none of them."""
    shown: str | None
    """Which configuration `--cfg` shows: job, hydra or all; None without it."""

    @property
    def many(self) -> bool:
        """Whether it is a sweep; a study is one by itself."""
        return self.multirun or self.study


def asked_for(arguments: Sequence[str]) -> Asked:
    """Reads what a command line asks for; words that Hydra refuses are left to Hydra."""
    typed = {word.lstrip("+").partition("=")[0]: word.partition("=")[2] for word in arguments if "=" in word}
    plain = [word for word in arguments if word.startswith("-")]
    shown = get_args_parser().parse_known_args(list(arguments))[0].cfg if _shows(plain) else None
    return Asked(
        multirun=bool({"-m", "--multirun"} & set(plain)) or typed.get("hydra.mode") == "MULTIRUN",
        study="study" in typed,
        dry=typed.get("dry", "").lower() in _TRUE,
        shown=shown,
    )


def _shows(flags: Sequence[str]) -> bool:
    return any(flag in ("-c", "--cfg") or flag.startswith("--cfg=") for flag in flags)


@dataclass
class Jobs:
    """The runs of a command line, each a list of overrides, and what composes their configurations."""

    hydra: Hydra
    master: DictConfig
    overrides: list[list[str]]
    """Those of each run; the options of Hydra itself are apart."""
    _composed: dict[tuple[str, ...], DictConfig] = field(default_factory=dict)

    @property
    def of_hydra(self) -> list[str]:
        """What was typed for Hydra itself, which every run has."""
        return [str(own) for own in self.master.hydra.overrides.hydra]

    def configs(self) -> Iterator[DictConfig]:
        """Composes the configuration of each run, without Hydra's own part.

        Runs that choose the same options of groups are composed once; their fields are set afterwards, as Hydra does.
        """
        parser = OverridesParser.create(config_loader=self.hydra.config_loader)
        for job in self.overrides:
            parsed = parser.parse_overrides(job)
            chosen = [own for own in parsed if self._is_group(own)]
            config = deepcopy(self._of_groups(tuple(str(own.input_line) for own in chosen)))
            ConfigLoaderImpl._apply_overrides_to_config([own for own in parsed if own not in chosen], config)
            yield config

    def show(self, asked: Asked, package: str | None, resolve: bool) -> None:
        """Prints the configuration of each run as YAML, a document each, under the overrides that it has."""
        for number, job in enumerate(self.overrides, start=1):
            print(f"{'---' + chr(10) if number > 1 else ''}# {number} of {len(self.overrides)}: {' '.join(job)}")
            self.hydra.show_cfg(NAME, [*self.of_hydra, *job], str(asked.shown), package, resolve)

    def _is_group(self, own: Override) -> bool:
        loader = self.hydra.config_loader
        return own.package is not None or loader.repository.group_exists(own.key_or_group)  # type: ignore[attr-defined]

    def _of_groups(self, chosen: tuple[str, ...]) -> DictConfig:
        if chosen not in self._composed:
            config = self.hydra.config_loader.load_configuration(NAME, [*self.of_hydra, *chosen], RunMode.RUN)
            self._composed[chosen] = without_hydra(config)
        return self._composed[chosen]


def without_hydra(config: DictConfig) -> DictConfig:
    """Takes Hydra's own part away from a composed configuration."""
    with flag_override(config, ["struct", "readonly"], [False, False]):
        del config["hydra"]
    return config


def check_first(parse: Callable[[DictConfig], object]) -> None:
    """Has the configuration of every run of a sweep parsed when Hydra composes it, before the first run starts.

    A sweeper that decides on a run when others are finished goes on as it does.
    """

    def check(sweeper: Any, batch: Sequence[Sequence[str]]) -> None:
        if not hasattr(sweeper, "get_job_batch"):
            _COMPOSE_EACH(sweeper, batch)
            return
        load = sweeper.hydra_context.config_loader.load_sweep_config
        parse_all(((job, without_hydra(load(sweeper.config, list(job)))) for job in batch), known)

    def known(config: DictConfig) -> object:
        try:
            return parse(config)
        except OmegaConfBaseException:  # what only the run itself has, as its number; or it is said in its turn
            return None

    Sweeper.validate_batch_is_legal = check  # type: ignore[method-assign, assignment]


_COMPOSE_EACH = Sweeper.validate_batch_is_legal


def jobs_of(arguments: Sequence[str], conf: Path, asked: Asked) -> Jobs:
    """Lists the runs that a command line asks for.

    Raises:
        ConfigError: a sweeper that decides on a run when others are finished.
        HydraException: what Hydra refuses.
    """
    typed = get_args_parser().parse_args(list(arguments))
    path = create_config_search_path(str(conf))
    if typed.config_dir is not None:
        own = f"file://{Path(typed.config_dir).resolve()}"
        path.prepend(provider="command-line", path=own, anchor=SearchPathQuery(provider="schema"))
    hydra = Hydra("train", ConfigLoaderImpl(config_search_path=path))
    mode = RunMode.MULTIRUN if asked.many else RunMode.RUN
    master = hydra.compose_config(NAME, typed.overrides, run_mode=mode, with_log_configuration=False)
    words = [str(own) for own in master.hydra.overrides.task]
    return Jobs(hydra, master, _swept(hydra, master, words) if asked.many else [words])


def _swept(hydra: Hydra, master: DictConfig, words: Sequence[str]) -> list[list[str]]:
    """Gives the overrides of each run of a sweep, as its sweeper would start them."""
    sweeper: Any = Plugins.instance()._instantiate(master.hydra.sweeper)
    if not hasattr(sweeper, "get_job_batch"):  # Hydra executes its plugins' modules anew: their classes are others
        name = type(sweeper).__name__
        raise ConfigError(f"hydra/sweeper: {name} chooses runs by the results of others, so they are not known before.")
    parser: OverridesParser = OverridesParser.create(config_loader=hydra.config_loader)
    overrides = parser.parse_overrides([*sweeper._parse_config(), *words])
    sweeper.overrides = sweeper.split_arguments(overrides, None)
    return [list(job) for job in sweeper.get_job_batch()]


def reported(call: Callable[[], None]) -> None:
    """Has Hydra say its own errors as it does for any command."""
    from hydra._internal import utils

    utils.run_and_report(call)
