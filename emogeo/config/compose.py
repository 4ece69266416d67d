"""Turns a composed Hydra configuration into checked dataclasses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from shlex import join
from typing import TypeVar

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.own_names import decoded
from emogeo.config.probes import SteeringConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, EmogeoError

T = TypeVar("T")
_SHOWN = 3
"""Of how many runs with the same error the overrides are said."""


def register() -> None:
    """Makes the schemas available to Hydra's defaults lists."""
    store = ConfigStore.instance()
    store.store(name="train_schema", node=TrainConfig)
    store.store(name="analyze_schema", node=AnalyzeConfig)


def parse_train(config: DictConfig) -> TrainConfig:
    """Turns a composed configuration into dataclasses.

    Raises:
        ConfigError: values that are each well typed but out of range, or that contradict one another.
    """
    run: TrainConfig = OmegaConf.to_object(config)  # type: ignore[assignment]
    run.stimuli.decode()
    if isinstance(run.steering, SteeringConfig):
        run.steering.words = decoded(run.steering.words)
    run.check()
    return run


def parse_analyze(config: DictConfig) -> AnalyzeConfig:
    """Turns a composed analysis configuration into dataclasses.

    Raises:
        ConfigError: see `AnalyzeConfig.check`.
    """
    analysis: AnalyzeConfig = OmegaConf.to_object(config)  # type: ignore[assignment]
    analysis.conditions.rename = decoded(analysis.conditions.rename)
    analysis.check()
    return analysis


def parse_all(runs: Iterable[tuple[Sequence[str], DictConfig]], parse: Callable[[DictConfig], T]) -> list[T]:
    """Parses the configurations of all runs of a command line.

    Args:
        runs: the overrides and the composed configuration of each.
        parse: turns one configuration into dataclasses.

    Raises:
        ConfigError: says what is wrong, each error once, with the overrides of its runs.
    """
    parsed, wrong, typed = list[T](), dict[str, list[Sequence[str]]](), list[Sequence[str]]()
    for overrides, config in runs:
        typed.append(overrides)
        try:
            parsed.append(parse(config))
        except EmogeoError as error:
            wrong.setdefault(str(error), []).append(overrides)
    if wrong:
        raise ConfigError(next(iter(wrong)) if len(typed) == 1 else _of_runs(wrong, typed))
    return parsed


def _of_runs(wrong: dict[str, list[Sequence[str]]], typed: Sequence[Sequence[str]]) -> str:
    """Says each error, and by which overrides its runs differ from others."""
    count, shared = sum(map(len, wrong.values())), set(typed[0]).intersection(*typed)
    lines = [f"{count} of {len(typed)} runs have a wrong configuration, so none of them was begun."]
    for said, runs in wrong.items():
        own = [join(word for word in run if word not in shared) or join(run) for run in runs[:_SHOWN]]
        more = f"; and {len(runs) - _SHOWN} more" if len(runs) > _SHOWN else ""
        lines += [said, f"  Runs: {'; '.join(own)}{more}"]
    return "\n".join(lines)
