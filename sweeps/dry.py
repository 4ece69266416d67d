"""Says what a W&B sweep would cost: `python -m sweeps.dry sweeps/universality.yaml`; starts nothing, asks no W&B."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.compose import parse_all, parse_train, register
from emogeo.config.early import checked
from emogeo.config.help import register_help
from emogeo.config.jobs import asked_for, jobs_of
from emogeo.config.once import compose_once
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, first_line
from emogeo.forecast.ahead import say_ahead
from emogeo.installation import CONF
from emogeo.machine import exit_code
from emogeo.terminal import Described, told

PROGRAM = "${program}"
_COUNTED = "train.py"
_LIKE = "Type a sweep's YAML file, as sweeps/universality.yaml is one."


def sweep_in(file: Path) -> dict[str, Any]:
    """Reads a sweep's file.

    Raises:
        ConfigError: a file that is not there, cannot be read, or is no sweep of `train.py`.
    """
    try:
        sweep = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}. {_LIKE}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{file} is no YAML ({first_line(error)}). {_LIKE}") from error
    if not isinstance(sweep, dict) or "method" not in sweep or not isinstance(sweep.get("parameters"), dict):
        raise ConfigError(f"{file} is no sweep: it lacks method: or parameters:. {_LIKE}")
    if Path(program := str(sweep.get("program", _COUNTED))).name != _COUNTED:
        raise ConfigError(f"{file}: it is a sweep of {program}; only of {_COUNTED} it is known what its runs would do.")
    _check_command(file, sweep.get("command", [PROGRAM]))
    for name, own in sweep["parameters"].items():
        if not isinstance(own, dict) or not isinstance(own.get("values", [None]), list) or own.get("values") == []:
            raise ConfigError(f"{file}: {name}: {own!r} is no parameter of a sweep: type value:, or a list as values:.")
    return sweep


def _check_command(file: Path, command: Any) -> None:
    if not isinstance(command, list) or PROGRAM not in command:
        raise ConfigError(f"{file}: its command: is no list of words with {PROGRAM} among them. {_LIKE}")


def commands_of(sweep: dict[str, Any]) -> Iterator[list[str]]:
    """Gives the words of each run's command line, without the program.

    Raises:
        ConfigError: a sweep whose runs are not known before, since it is no grid of values.
    """
    parameters = sweep["parameters"]
    listed = {name: own.get("values", [own["value"]] if "value" in own else None) for name, own in parameters.items()}
    if sweep["method"] != "grid" or None in listed.values():
        raise ConfigError("Only of a grid (method: grid, with values) it is known before which runs there will be.")
    command = [str(word) for word in sweep.get("command", [PROGRAM])]
    fixed = [word for word in command[command.index(PROGRAM) + 1 :] if not word.startswith("${args")]
    fixed = [word for word in fixed if not word.startswith("hydra.sweep.dir=")]  # which names a run of W&B
    for values in itertools.product(*listed.values()):
        yield [*fixed, *(f"{name}={value}" for name, value in zip(listed, values, strict=True))]


def configs_of(file: Path) -> list[TrainConfig]:
    """Composes the configuration of each run of a sweep's file.

    Raises:
        ConfigError: no sweep, one whose runs are not known before, or runs that `train.py` would refuse, all of them.
    """
    try:
        return parse_all(_composed(commands_of(sweep_in(file))), parse_train)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(f"{file}: {first_line(error)}") from error
    except ConfigError as error:
        said = str(error)
        raise ConfigError(said if said.startswith(f"{file}") else f"{file}: {said}") from error


def _composed(commands: Iterable[list[str]]) -> Iterator[tuple[list[str], DictConfig]]:
    for words in commands:
        typed = checked(words, TrainConfig, CONF)
        for config in jobs_of(typed, CONF, asked_for(typed)).configs():
            yield typed, config


def main(words: list[str] | None = None) -> int:
    """Prints the account of a sweep; gives 1 where one of its runs could not be run as it is configured."""
    parser = argparse.ArgumentParser(prog="python -m sweeps.dry", description=__doc__, formatter_class=Described)
    parser.add_argument("file", type=Path, help="the sweep's YAML file")
    file = parser.parse_args(words).file
    compose_once()
    register()
    register_help(CONF)
    return exit_code(lambda: _said(file))


def _said(file: Path) -> int:
    wrong = say_ahead(configs_of(file))
    for said in wrong:
        print(told(said), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
