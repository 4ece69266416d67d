"""Turns a composed Hydra configuration into checked dataclasses."""

from __future__ import annotations

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.own_names import decoded
from emogeo.config.probes import SteeringConfig
from emogeo.config.train import TrainConfig


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
