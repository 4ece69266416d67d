"""Compares the runs of a store."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import hydra
from omegaconf import DictConfig

from emogeo.analysis.forking import make_ready
from emogeo.config.analyze import AnalyzeConfig, RecordSource
from emogeo.config.compose import parse_analyze
from emogeo.entry import prepare, shown
from emogeo.errors import ConfigError
from emogeo.installation import CONF, command


def start() -> None:
    """Checks the command line, then makes the analysis that it asks for.

    One thread computes its many small products sooner than two do (docs/speed.md), so it is one unless the environment
    has another `OMP_NUM_THREADS`.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when numpy is imported, which comes later
    prepare(AnalyzeConfig, CONF)
    main()


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="analyze")
def main(config: DictConfig) -> None:
    """Makes one analysis, as Hydra calls it."""
    shown(lambda: _analyze(config))


def _analyze(config: DictConfig) -> Path:
    asked = parse_analyze(config)
    _refuse_no_runs(asked)
    make_ready()
    from emogeo.analysis.analyze import analyze  # after the check: it takes seconds

    if not gc.get_freeze_count():  # the first analysis of a sweep
        gc.freeze()  # what is imported stays
    return analyze(asked)


def _refuse_no_runs(asked: AnalyzeConfig) -> None:
    """Says at once that a store is nowhere or empty, since the analysis takes seconds to import."""
    path = Path(asked.store.path).expanduser()
    runs = path / "runs"
    if asked.source is RecordSource.wandb or (runs.is_dir() and any(runs.iterdir())):
        return  # a folder that may not be read is an error of the machine
    what = "it holds no run" if path.is_dir() else "there is no such folder"
    raise ConfigError(f"store.path={path}: {what}. Run `{command('train')}` first, or give store.path=FOLDER.")
