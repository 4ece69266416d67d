"""Hydra composes every run of a sweep twice, and reads and merges the same files each time; here it does each once.

What is kept is kept as bytes, because Hydra goes on to change what it is given.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hydra._internal import config_loader_impl as loading
from hydra._internal import hydra as hydra_main
from hydra._internal.config_repository import CachingConfigRepository, IConfigRepository
from hydra._internal.defaults_list import DefaultsList, Overrides, create_defaults_list
from hydra.types import RunMode
from omegaconf import DictConfig

from emogeo.config.jobs import without_hydra

_LOADER, _HYDRA = loading.ConfigLoaderImpl, hydra_main.Hydra
_COMPOSE, _COMPOSE_JOB, _MODE = _LOADER._compose_config_from_defaults_list, _LOADER.load_sweep_config, _HYDRA.get_mode
_files: dict[Any, bytes] = {}
_lists: dict[Any, DefaultsList] = {}
_merged: dict[int, bytes] = {}
"""By the identity of a list in `_lists`."""
_jobs: dict[Any, tuple[DictConfig, bytes]] = {}
"""By the identity of the master configuration, which is kept so that no other has it, and by what is overridden."""


def compose_once() -> None:
    """Has Hydra keep what it reads, merges and composes, for as long as this process lives."""
    replaced: tuple[tuple[Any, str, Any], ...] = (
        (loading, "CachingConfigRepository", _Repository),
        (loading, "create_defaults_list", _list_of),
        (_LOADER, "_compose_config_from_defaults_list", _merged_from),
        (_LOADER, "load_sweep_config", _job),
        (_HYDRA, "get_mode", _mode_of),
    )
    for owner, name, own in replaced:
        setattr(owner, name, own)


class _Repository(CachingConfigRepository):
    """Files of options that are read once."""

    def __init__(self, delegate: IConfigRepository) -> None:
        self.delegate = copy.copy(delegate)  # Hydra copies all of it, but no more than its list of sources is replaced
        self.cache: dict[str, Any] = {}

    def load_config(self, config_path: str) -> Any:
        key = _sources(self), config_path
        if f"config_path={config_path}" not in self.cache and key in _files:
            self.cache[f"config_path={config_path}"] = pickle.loads(_files[key])
        elif key not in _files:
            _files[key] = pickle.dumps(super().load_config(config_path))
        return super().load_config(config_path)


def _list_of(
    repo: CachingConfigRepository,
    config_name: str | None,
    overrides_list: list[Any],
    prepend_hydra: bool,
    skip_missing: bool,
) -> DefaultsList:
    """Gives the files that are merged, which depend on the chosen options alone, not on fields that are set."""
    own = Overrides(repo=repo, overrides_list=overrides_list)
    chosen = repr((own.override_choices, own.append_group_defaults, own.deletions))
    key = _sources(repo), config_name, prepend_hydra, chosen
    if (key, False) in _lists:
        return replace(_lists[key, False], config_overrides=own.config_overrides)  # nothing was missing
    if (key, skip_missing) not in _lists:
        _lists[key, skip_missing] = create_defaults_list(repo, config_name, overrides_list, prepend_hydra, skip_missing)
    return replace(_lists[key, skip_missing], config_overrides=own.config_overrides)


def _merged_from(self: Any, defaults: list[Any], repo: CachingConfigRepository) -> DictConfig:
    if not any(defaults is known.defaults for known in _lists.values()):
        return _COMPOSE(self, defaults=defaults, repo=repo)
    if id(defaults) not in _merged:
        _merged[id(defaults)] = pickle.dumps(_COMPOSE(self, defaults=defaults, repo=repo))
    found: DictConfig = pickle.loads(_merged[id(defaults)])
    return found


def _job(self: Any, master_config: DictConfig, sweep_overrides: list[str]) -> DictConfig:
    """Composes a run of a sweep when the sweep is checked, and gives the same when it starts."""
    key = id(master_config), tuple(sweep_overrides)
    if key in _jobs:
        kept: DictConfig = pickle.loads(_jobs.pop(key)[1])
        return kept
    found = _COMPOSE_JOB(self, master_config=master_config, sweep_overrides=sweep_overrides)
    _jobs[key] = master_config, pickle.dumps(found)
    return found


def coming(unlike: Callable[[Sequence[str]], bool]) -> DictConfig | None:
    """Gives the configuration of the first run of the sweep that has not started and is wanted, without Hydra's part.

    Args:
        unlike: says of a run's overrides whether it is wanted.
    """
    for (_, overrides), (_, composed) in _jobs.items():
        if unlike(overrides):
            found: DictConfig = pickle.loads(composed)
            return without_hydra(found)
    return None


def _mode_of(self: Any, config_name: str | None, overrides: list[str]) -> Any:
    """Finds whether this is a sweep, from the composition that the run itself takes unless the mode is typed."""
    if any("hydra.mode" in word for word in overrides):
        return _MODE(self, config_name=config_name, overrides=overrides)
    try:
        return self.compose_config(config_name, overrides, RunMode.RUN, validate_sweep_overrides=False).hydra.mode
    except Exception:  # as Hydra: whoever composes next says what is wrong
        return None


def _sources(repo: CachingConfigRepository) -> tuple[tuple[str, str], ...]:
    return tuple((source.provider, source.path) for source in repo.get_sources())
