"""Compares the runs of a store: `python analyze.py --help`."""

from pathlib import Path

import hydra
from omegaconf import DictConfig

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.compose import parse_analyze
from emogeo.entry import prepare, shown

CONF = Path(__file__).parent / "conf"


@hydra.main(version_base="1.3", config_path="conf", config_name="analyze")
def main(config: DictConfig) -> None:
    from emogeo.analysis.analyze import analyze

    shown(lambda: analyze(parse_analyze(config)))


if __name__ == "__main__":
    prepare(AnalyzeConfig, CONF)
    main()
