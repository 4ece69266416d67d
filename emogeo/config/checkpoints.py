"""Lists on the command line that become a sweep: checkpoints of one model, and files that are imported."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import OverrideParseException
from omegaconf import OmegaConf

from emogeo.config.options import option_named
from emogeo.config.typed import override
from emogeo.errors import ConfigError

REVISIONS, WEIGHTS, FILES = "model.revisions", "model.weights", "imported.path"
_EXAMPLE = "as in -m model=smollm2-1.7b 'model.revisions=[main,COMMIT]'"


def as_sweep(arguments: Sequence[str], conf: Path) -> list[str]:
    """Turns `model.revisions=[A,B]` and `model.weights=[A,B]` into a sweep over weights; gives the rest as it is.

    `imported.path=[A,B]`, or a pattern such as `vectors/*.npz`, becomes a sweep over files.

    Args:
        conf: the folder of the groups, where the hub id of a model's option stands.

    Raises:
        ConfigError: a list without -m, an empty one, a pattern that no file fits, or revisions of a model that is not
            on the hub.
    """
    arguments = _over_files(arguments)
    given = {name: found for name in (REVISIONS, WEIGHTS) if (found := _list_of(name, arguments)) is not None}
    if not given:
        return list(arguments)
    if not {"-m", "--multirun"} & set(arguments):
        raise ConfigError(f"{next(iter(given))}=[…] is a sweep over checkpoints of one model: type -m.")
    if not all(given.values()):
        raise ConfigError(f"{next(iter(given))} is empty: name the checkpoints, {_EXAMPLE}.")
    weights = given[WEIGHTS] if REVISIONS not in given else _revisions(given[REVISIONS], arguments, conf)
    return _replaced(arguments, (REVISIONS, WEIGHTS), _swept(WEIGHTS, weights))


def _over_files(arguments: Sequence[str]) -> list[str]:
    """Turns a list or a pattern of files that are imported into a sweep."""
    given = next((argument for argument in reversed(arguments) if _key(argument) == FILES), "")
    pattern = given.partition("=")[2].strip("\"'")
    files = _list_of(FILES, arguments)
    if files is None and any(letter in pattern for letter in "*?") and not Path(pattern).expanduser().exists():
        files = sorted(glob(str(Path(pattern).expanduser())))  # noqa: PTH207 (a pattern may begin at the root)
        if not files:
            raise ConfigError(f"{FILES}={pattern}: no file fits that pattern.")
    if files is None:
        return list(arguments)
    if not files or not {"-m", "--multirun"} & set(arguments):
        raise ConfigError(f"{FILES}={pattern} is a sweep over files: type -m, and at least one file.")
    return _replaced(arguments, (FILES,), _swept(FILES, files))


def _swept(name: str, values: Sequence[str]) -> str:
    return f"{name}={','.join(override('', own)[1:] for own in values)}"


def _replaced(arguments: Sequence[str], names: Sequence[str], new: str) -> list[str]:
    """Puts one option where the first of some stands, so that it comes before flags as they do."""
    first = next(at for at, argument in enumerate(arguments) if _key(argument) in names)
    kept = [argument for argument in arguments[first:] if _key(argument) not in names]
    return [*arguments[:first], new, *kept]


def _key(argument: str) -> str:
    return argument.partition("=")[0].lstrip("+")


def _list_of(name: str, arguments: Sequence[str]) -> list[str] | None:
    """Gives the list that a field was given, if it was given one; revisions may be a single word."""
    value = _value(name, arguments)
    if isinstance(value, list):
        return [str(getattr(own, "text", own)) for own in value]
    return [str(value)] if name == REVISIONS and value is not None else None


def _value(name: str, arguments: Sequence[str]) -> Any:
    typed = [argument for argument in arguments if _key(argument) == name and "=" in argument]
    try:
        found = OverridesParser.create().parse_overrides(typed)
    except OverrideParseException:
        return None  # Hydra says where the grammar breaks
    swept = found and found[-1].is_sweep_override()
    return None if not found or (swept and name != REVISIONS) else _plain(found[-1])


def _plain(found: Any) -> Any:
    return list(found.sweep_iterator()) if found.is_sweep_override() else found.value()


def _revisions(revisions: Sequence[str], arguments: Sequence[str], conf: Path) -> list[str]:
    """Names the weights of each revision by hub id."""
    repository = _value(WEIGHTS, arguments) or _hub_id(_value("model", arguments), conf)
    if not isinstance(repository, str) or "@" in repository or Path(repository).expanduser().exists():
        raise ConfigError(
            f"{REVISIONS} are of one model of the hub: {_EXAMPLE}, or {WEIGHTS}=Org/Name. For folders type "
            f"{WEIGHTS}=[FOLDER,FOLDER]."
        )
    return [f"{repository}@{revision}" for revision in revisions]


def _hub_id(model: Any, conf: Path) -> str | None:
    """Gives the hub id of a model's option; None for one that is not read from the hub, or where none is named."""
    file = conf / "model" / f"{option_named(conf / 'model', str(model))}.yaml"
    option = dict(OmegaConf.load(file).items()) if file.is_file() else {}
    return str(option["id"]) if option.get("source") == "hub" else None
