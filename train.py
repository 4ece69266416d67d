"""Extracts the emotion vectors of one run, or of many in a sweep: `python train.py --help`."""

from pathlib import Path

import hydra
from omegaconf import DictConfig

from emogeo.config.compose import parse_train
from emogeo.config.mode import PROBES, Mode
from emogeo.config.recipes import recipe_differences
from emogeo.config.train import TrainConfig
from emogeo.entry import prepare, shown

CONF = Path(__file__).parent / "conf"


@hydra.main(version_base="1.3", config_path="conf", config_name="config")
def main(config: DictConfig) -> None:
    shown(lambda: _run(config))


def _run(config: DictConfig) -> None:
    parsed, departures = parse_train(config), recipe_differences(config, CONF)
    if parsed.mode.name is Mode.imported:
        from emogeo.extraction.imported_run import run_import

        run_import(parsed, departures)
        return
    from emogeo.extraction.run import run_extraction
    from emogeo.probes.run import run_probe

    if parsed.mode.name in PROBES:
        run_probe(parsed, {field: values for field, values in departures.items() if field != "mode.name"})
    else:
        run_extraction(parsed, departures)


if __name__ == "__main__":
    prepare(TrainConfig, CONF)
    main()
