"""Compares the runs of a store."""

from __future__ import annotations

from pathlib import Path

import hydra
from omegaconf import DictConfig

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.compose import parse_analyze
from emogeo.entry import prepare, shown
from emogeo.installation import CONF


def start() -> None:
    """Checks the command line, then makes the analysis that it asks for."""
    prepare(AnalyzeConfig, CONF)
    main()


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="analyze")
def main(config: DictConfig) -> None:
    """Makes one analysis, as Hydra calls it."""
    shown(lambda: _analyze(config))


def _analyze(config: DictConfig) -> Path:
    asked = parse_analyze(config)
    from emogeo.analysis.analyze import analyze  # after the check: it takes seconds

    return analyze(asked)
