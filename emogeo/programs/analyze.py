"""Compares the runs of a store."""

from __future__ import annotations

from pathlib import Path

import hydra
from omegaconf import DictConfig

from emogeo.config.analyze import AnalyzeConfig, RecordSource
from emogeo.config.compose import parse_analyze
from emogeo.entry import prepare, shown
from emogeo.errors import ConfigError
from emogeo.installation import CONF, command


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
    _refuse_no_folder(asked)
    from emogeo.analysis.analyze import analyze  # after the check: it takes seconds

    return analyze(asked)


def _refuse_no_folder(asked: AnalyzeConfig) -> None:
    """Says at once that a store is nowhere, since the analysis takes seconds to import."""
    path = Path(asked.store.path).expanduser()
    if asked.source is RecordSource.store and not path.is_dir():
        what = f"store.path={path}: there is no such folder"
        raise ConfigError(f"{what}. Run `{command('train')}` first, or give store.path=FOLDER.")
