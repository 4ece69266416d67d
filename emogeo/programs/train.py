"""Extracts the emotion vectors of one run, or of many in a sweep."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import cast

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.compose import parse_all, parse_train
from emogeo.config.jobs import Asked, asked_for, jobs_of, reported
from emogeo.config.mode import PROBES, Mode
from emogeo.config.model import ModelConfig
from emogeo.config.once import coming
from emogeo.config.recipes import recipe_differences
from emogeo.config.train import TrainConfig
from emogeo.entry import prepare, shown
from emogeo.errors import EmogeoError
from emogeo.installation import CONF
from emogeo.programs.finishing import finish, finished_beside, wait_for_finished
from emogeo.terminal import told
from emogeo.tracking.beside import mirrored_beside

_READING = (Mode.comprehension, Mode.generation)
"""Modes that use no record of another run."""
_HAD: set[frozenset[str]] = set()
"""What the runs of this process have said of their models."""


def start() -> None:
    """Checks the command line, then does the run or the sweep that it asks for."""
    prepare(TrainConfig, CONF)
    asked = asked_for(sys.argv[1:])
    if asked.dry and asked.shown is None:
        reported(lambda: _ahead(asked))
    elif asked.shown is not None and asked.many:
        reported(lambda: _show(asked))
    else:
        with mirrored_beside(), finished_beside() if asked.many else nullcontext():
            main()


def _ahead(asked: Asked) -> None:
    """Says what the runs would cost; ends with 1 where one of them could not be run as it is configured."""
    jobs = jobs_of(sys.argv[1:], CONF, asked)
    _end_with(_said_ahead(parse_all(zip(jobs.overrides, jobs.configs(), strict=True), parse_train)))


def _said_ahead(configs: Iterable[TrainConfig]) -> list[str]:
    from emogeo.forecast.ahead import say_ahead

    log = logging.getLogger("emogeo")
    before = log.level
    log.setLevel(logging.ERROR)  # what a run warns of is for when it is done
    try:
        return say_ahead(configs)
    except EmogeoError as error:
        return [f"{type(error).__name__}: {error}"]
    finally:
        log.setLevel(before)


def _end_with(wrong: Sequence[str]) -> None:
    for said in wrong:
        print(told(said), file=sys.stderr)
    if wrong:
        sys.exit(1)


def _show(asked: Asked) -> None:
    """Shows the configuration of each run."""
    typed = get_args_parser().parse_args(sys.argv[1:])
    jobs_of(sys.argv[1:], CONF, asked).show(asked, typed.package, typed.resolve)


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")
def main(config: DictConfig) -> None:
    """Does one run, as Hydra calls it."""
    shown(lambda: _run(config))


def _run(config: DictConfig) -> None:
    parsed, departures = parse_train(config), recipe_differences(config, CONF)
    if parsed.dry:  # set in a file
        _end_with(_said_ahead([parsed]))
        return
    if parsed.mode.name not in _READING:
        wait_for_finished()
    if parsed.mode.name is Mode.imported:
        from emogeo.extraction.imported_run import run_import

        run_import(parsed, departures)
        return
    from emogeo.models.ahead import followed_by

    with followed_by(_next_model(), Path(parsed.runtime.weights_cache).expanduser()):
        if parsed.mode.name in PROBES:
            from emogeo.probes.run import run_probe

            run_probe(parsed, {field: values for field, values in departures.items() if field != "mode.name"})
        else:
            from emogeo.extraction.run import begin_extraction

            rest = begin_extraction(parsed, departures)
            if _stays_here():
                finish(rest)
            else:
                rest.do()


def _stays_here() -> bool:
    """Whether relative paths mean the same in the next run."""
    return not (HydraConfig.initialized() and HydraConfig.get().job.chdir)


def _next_model() -> ModelConfig | None:
    """Gives the model of the first coming run of this process whose model no run has had; None where there is none."""
    if not HydraConfig.initialized() or HydraConfig.get().mode is not RunMode.MULTIRUN:
        return None
    _HAD.add(_of_model(HydraConfig.get().overrides.task))
    try:
        found = coming(lambda overrides: _of_model(overrides) not in _HAD)
        return None if found is None else cast(ModelConfig, OmegaConf.to_object(found.model))
    except (OmegaConfBaseException, EmogeoError):  # it is said when that run's turn has come
        return None


def _of_model(overrides: Sequence[str]) -> frozenset[str]:
    return frozenset(own for own in overrides if own.lstrip("+~").partition("=")[0].partition(".")[0] == "model")
