"""Extracts the emotion vectors of one run, or of many in a sweep."""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from emogeo.config.compose import parse_train
from emogeo.config.mode import PROBES, Mode
from emogeo.config.recipes import recipe_differences
from emogeo.config.train import TrainConfig
from emogeo.entry import prepare, shown
from emogeo.installation import CONF


def start() -> None:
    """Checks the command line, then does the run or the sweep that it asks for."""
    prepare(TrainConfig, CONF)
    main()


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def main(config: DictConfig) -> None:
    """Does one run, as Hydra calls it."""
    shown(lambda: _run(config))


def _run(config: DictConfig) -> None:
    parsed, departures = parse_train(config), recipe_differences(config, CONF)
    if parsed.mode.name is Mode.imported:
        from emogeo.extraction.imported_run import run_import

        run_import(parsed, departures)
        return
    if parsed.mode.name in PROBES:
        from emogeo.probes.run import run_probe

        run_probe(parsed, {field: values for field, values in departures.items() if field != "mode.name"})
    else:
        from emogeo.extraction.run import run_extraction

        run_extraction(parsed, departures)
