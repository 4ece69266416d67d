"""What to type to get a part of a configuration again: the overrides of `train.py` that lead to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from omegaconf import MISSING, OmegaConf

from emogeo.config.options import option_named
from emogeo.config.own_names import in_quotes, named
from emogeo.config.runtime import StoreConfig
from emogeo.config.train import TrainConfig
from emogeo.installation import CONF

_PLAIN = re.compile(r"[A-Za-z_./][\w./@+-]*")
_WORDS = {"true", "false", "null", "inf", "nan", "none"}
"""Words that Hydra takes for something else than text."""


def option_file(group: str, name: str) -> Path:
    """Gives where the file of a group's option is, if there is such an option."""
    return CONF / group / f"{option_named(CONF / group, name)}.yaml"


def option_of(group: str, name: str) -> str:
    """Gives how the option of a group is typed that is called so in its own file."""
    return option_named(CONF / group, name)


def typed(config: TrainConfig, parts: Sequence[str], conf: Path | None = None) -> list[str]:
    """Gives the overrides that lead from `conf/config.yaml` to some parts of a configuration.

    Args:
        parts: fields of the configuration; a group is named by its option, if that is not the usual one, and by what
            differs from the option's file.
        conf: the folder of the groups; None for the package's own.
    """
    conf = conf or CONF
    usual = _usual_options(conf)
    return [word for part in parts for word in _of_part(part, config, usual, conf)]


def in_store(path: str) -> list[str]:
    """Gives the override that names a store; none for the usual one."""
    return [] if path == StoreConfig().path else [override("store.path", path)]


def override(field: str, value: Any) -> str:
    """Writes one override in Hydra's grammar; a text that could be something else is quoted."""
    return f"{field}={_value(value)}"


def _of_part(part: str, config: TrainConfig, usual: dict[str, str], conf: Path) -> list[str]:
    own = getattr(config, part)
    if part not in usual or not hasattr(own, "name"):
        return list(_differing(part, own, _default(part)))
    name = option_named(conf / part, _name(own))
    chosen = [] if name == usual[part] else [f"{part}={name}"]
    return [*chosen, *_differing(part, own, _option(part, own, conf))]


def _name(option: Any) -> str:
    return str(option.name.value if isinstance(option.name, Enum) else option.name)


def _usual_options(conf: Path) -> dict[str, str]:
    """Gives the option of each group that `conf/config.yaml` chooses."""
    file = conf / "config.yaml"
    entries = _content(file).get("defaults", [])
    return {group: option for entry in entries if not isinstance(entry, str) for group, option in entry.items()}


def _content(file: Path) -> dict[Any, Any]:
    """Gives what a file of YAML holds; nothing where there is none, or none can be called so."""
    try:
        return _loaded(file, file.stat().st_mtime_ns)
    except (OSError, ValueError):
        return {}


@cache
def _loaded(file: Path, changed: int) -> dict[Any, Any]:
    """Gives what the file held when it was changed last, in nanoseconds; an analysis asks for it many times."""
    del changed
    return dict(OmegaConf.load(file).items())


def _default(part: str) -> Any:
    """Gives the default of a field that is no group."""
    found = next(field for field in fields(TrainConfig) if field.name == part)
    return found.default_factory() if callable(found.default_factory) else found.default


def _option(group: str, own: Any, conf: Path) -> Any:
    """Gives the content of a group's option, with the defaults of the fields that its file leaves out."""
    file, kind, name = conf / group / f"{option_named(conf / group, _name(own))}.yaml", type(own), _name(own)
    content = _content(file) or {"name": name}
    known = _MERGED.get((kind, file, name))
    if known is None or known[0] != content:
        given = {str(field): value for field, value in content.items() if field != "defaults"}
        known = _MERGED[kind, file, name] = content, OmegaConf.merge(OmegaConf.structured(kind), given)
    return known[1]


_MERGED: dict[tuple[type[Any], Path, str], tuple[dict[Any, Any], Any]] = {}
"""The content of each option's file with what it came to; many runs name the same."""


def _differing(path: str, own: Any, usual: Any) -> Iterator[str]:
    if not is_dataclass(own):
        if own != usual:
            yield override(path, own)
        return
    for name in get_type_hints(type(own)):
        yield from _differing(f"{path}.{name}", getattr(own, name), _at(usual, name))


def _at(usual: Any, name: str) -> Any:
    """Gives a field of what is usual; None where nothing is."""
    if OmegaConf.is_config(usual):
        return None if OmegaConf.is_missing(usual, name) else usual[name]
    return None if usual is None or usual == MISSING else getattr(usual, name)


def _value(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{named(str(name))}: {named(own)}' for name, own in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_value, value))}]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain else in_quotes(value)
    return str(value)
