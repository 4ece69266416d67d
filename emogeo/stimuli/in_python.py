"""Messages about options of texts for those who call Python: `stimuli.mend=[rows]` is `mend=["rows"]` there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import yaml

from emogeo.config.texts import StimuliConfig
from emogeo.errors import StimuliError

_OPTION = re.compile(r"""'?\bstimuli\.([a-z.]+)=(\{[^{}]*\}|\[[^\[\]]*\]|'[^']*'|[\w*-]+(?:[./][\w*-]+)*)'?""")

_NAMED = re.compile(rf"\bstimuli\.(?=(?:{'|'.join(field.name for field in fields(StimuliConfig))})\b)")
"""What stands before the name of an option, and not in the name of a file."""


@contextmanager
def keywords(function: str) -> Iterator[None]:
    """Names options in errors as keywords of a function of `emogeo.stimuli.corpus`, and says so.

    Raises:
        StimuliError: the same in these words.
    """
    try:
        yield
    except StimuliError as error:
        said = in_keywords(str(error))
        whose = "" if said == str(error) else f" (Options are keywords of emogeo.stimuli.corpus.{function}.)"
        raise StimuliError(f"{said}{whose}") from error


def in_keywords(message: str) -> str:
    """Writes each option in a message as a keyword: `stimuli.fields.topic=null` as `fields={"topic": None}`."""
    return _NAMED.sub("", _OPTION.sub(_keyword, message))


def _keyword(found: re.Match[str]) -> str:
    name, *inner = found[1].split(".")
    try:
        value = yaml.safe_load(found[2])
    except yaml.YAMLError:
        return found[0]
    if name == "fields" and isinstance(value, list):
        value = {"columns": value}
    for key in reversed(inner):
        value = {key: value}
    return f"{name}={_written(value)}"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(str(key))}: {_written(own)}' for key, own in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
