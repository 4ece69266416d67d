"""Values on the command line that no field takes, answered before Hydra merges them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, make_dataclass
from enum import Enum
from typing import Any, get_args, get_origin

from hydra.core.override_parser.types import Override, QuotedString
from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from emogeo.errors import ConfigError

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def check_value(override: Override, hint: Any) -> None:
    """Tries a value, or each of a sweep, on a field of its type.

    Args:
        hint: the type of the field, as its dataclass has it.

    Raises:
        ConfigError: a value that the field does not take; says what it takes, and what to type.
    """
    key = override.key_or_group
    if str(override.input_line or "").endswith("="):
        raise ConfigError(f"{key}= gives no value; {_wanted(key, hint)}")
    for value in _values(override):
        own_names = isinstance(value, dict) and get_origin(kind_of(hint)) is dict
        if own_names or (isinstance(value, str) and "${" in value):
            continue
        try:
            OmegaConf.update(_holder(hint), "value", value)
        except OmegaConfBaseException:
            raise ConfigError(f"{key}={shown(value)}: {_wanted(key, hint, value)}") from None


def kind_of(hint: Any) -> Any:
    """Gives the type of a field, without null where it takes that, too."""
    inner = [own for own in get_args(hint) if own is not type(None)]
    return inner[0] if len(inner) == 1 and type(None) in get_args(hint) else hint


def _values(override: Override) -> Iterable[Any]:
    if not override.is_sweep_override():
        return [override.value()]
    if override.is_choice_sweep():
        return [value.text if isinstance(value, QuotedString) else value for value in override.sweep_iterator()]
    return []


def _holder(hint: Any) -> Any:
    return OmegaConf.structured(make_dataclass("Holder", [("value", hint, MISSING)]))


def shown(value: Any) -> str:
    """Writes a value as it is typed."""
    if isinstance(value, list):
        return f"[{','.join(map(shown, value))}]"
    return "null" if value is None else str(value)


def _wanted(key: str, hint: Any, value: Any = "VALUE") -> str:
    """Says what a field takes, and how that is typed."""
    null = ", or null" if type(None) in get_args(hint) else ""
    kind = kind_of(hint)
    if is_dataclass(kind):
        return _of_fields(key, kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"allowed are {', '.join(member.name for member in kind)}{null}."
    if get_origin(kind) is list:
        (of,) = get_args(kind)
        named = isinstance(of, type) and issubclass(of, Enum)
        members = f" of {', '.join(member.name for member in of)}" if named else ""
        return f"it takes a list{members}{null}: type '{key}=[A,B]'."
    if get_origin(kind) is dict:
        return f"it takes names with values{null}: type '{key}={{NAME: VALUE}}'."
    return f"it takes {_KINDS.get(kind, 'another value')}{null}: type {key}=VALUE."


def _of_fields(key: str, kind: Any, value: Any) -> str:
    names = [own.name for own in fields(kind)]
    plain = value if isinstance(value, str | int | float) else "VALUE"
    if len(names) == 1:
        return f"it has one field, {names[0]}: type {key}.{names[0]}={plain}."
    return f"it has fields: {', '.join(names)}. Type {key}.{names[0]}=VALUE, say."
