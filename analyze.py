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
    shown(lambda: _analyze(config))


def _analyze(config: DictConfig) -> Path:
    asked = parse_analyze(config)
    from emogeo.analysis.analyze import analyze  # after the check: it takes seconds

    return analyze(asked)


if __name__ == "__main__":
    prepare(AnalyzeConfig, CONF)
    main()
