"""Names and words of the user's own on the command line, in any script, as Hydra's grammar takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import yaml

V = TypeVar("V")
OWN_NAMES = ("stimuli.rename", "stimuli.words", "steering.words", "imported.fields", "conditions.rename")
"""Fields whose names are the user's own."""
_FILTERS = tuple(
    f"runs.{name}"
    for name in ("model", "mode", "precision", "keys", "tags", "group", "since", "until", "twins", "rereads")
)
"""Filters of `analyze.py`, which may be typed as runs.filters.NAME, too."""
_LISTS = 5
"""How many of them, from the first on, are lists, which may be typed without brackets."""
_PLAIN = re.compile(r"[A-Za-z_][\w-]*(?: [\w-]+)*", re.ASCII)
_HOME = re.compile(r"(?<=[=,[])~(?=/)")
_WORDS = {"true", "false", "null", "inf", "nan", "none", "on", "off", "yes", "no"}


def as_hydra_wants(argument: str) -> str:
    """Rewrites what Hydra takes in another form only.

    A list of the names of columns, `stimuli.fields=[emotion,topic,text]`, gets the field that it is for, and a list of
    filters, `runs.model=a,b`, its brackets, wherever it stands; names that are the user's own,
    `stimuli.rename={joyful: happy}`, are added, since the schema has none of them, and written so that Hydra takes any
    of them; texts in other scripts are quoted; `~` stands for the home directory, as in a shell.
    """
    if "=" not in argument:
        return argument  # a flag, or what it is given: the name of a field, say
    argument = _HOME.sub(lambda _: str(Path.home()), argument)
    name, _, value = argument.partition("=")
    name = name.replace("runs.filters.", "runs.") if name.replace("filters.", "", 1) in _FILTERS else name
    if name == "stimuli.fields" and value.startswith("["):
        return f"{name}.columns={value}"
    if name in _FILTERS[:_LISTS] and value and not value.startswith(("[", "'", '"')):
        return f"{name}=[{value}]"
    if name in OWN_NAMES:
        return f"+{name}={_named(value)}"
    if name == "runs.filters" or name.startswith(("runs.filters.", *(f"{own}." for own in OWN_NAMES))):
        return f"+{argument}"
    if name in _FILTERS:
        return f"{name}={value}"
    return f"{name}={_spelled(value)}" if name.startswith("stimuli.") and not value.isascii() else argument


def decoded(own: Mapping[str, V]) -> dict[str, V]:
    """Gives names as the user typed them."""
    return {unquote(name): value for name, value in own.items()}


def in_quotes(text: str) -> str:
    """Quotes a text for Hydra: backslashes count only before a quote, where each is doubled."""
    inner = re.sub(r"(\\*)'", r"\1\1\\'", text)
    last = inner[len(inner.rstrip("\\")) :]
    return f"'{inner}{last}'"


def named(value: str | list[str]) -> str:
    """Writes a name of the user's own, or words for it, as they are typed between braces."""
    if isinstance(value, list):
        return f"[{', '.join(map(named, value))}]"
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)


def _named(value: str) -> str:
    found = _loaded(value)
    if not isinstance(found, dict):
        return value
    return f"{{{', '.join(f'{_encoded(str(name))}: {_written(own)}' for name, own in found.items())}}}"


def _spelled(value: str) -> str:
    if value[:1] in {"'", '"'}:
        return value
    found = _loaded(value)
    return _written(found) if isinstance(found, str | list) else value


def _loaded(value: str) -> Any:
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return None


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else in_quotes(text)


def _encoded(name: str) -> str:
    """Writes a name in letters, digits and percent signs, where it is not a plain one."""
    if _PLAIN.fullmatch(name) and name.lower() not in _WORDS:
        return name
    return f"%{name[:1].encode().hex('%').upper()}{quote(name[1:], safe='')}" if name else name
