"""A command line is checked before Hydra reads it: contradictions, and what this machine lacks, are said once."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import yaml

from emogeo.config.checkpoints import as_sweep
from emogeo.config.overrides import check_overrides
from emogeo.config.own_names import as_hydra_wants
from emogeo.config.words import in_order
from emogeo.installation import install

QUANTIZED = install("quantized")
"""What installs bitsandbytes."""
_BITSANDBYTES = ("int8", "nf4")


def checked(arguments: Sequence[str], schema: type, conf: Path) -> list[str]:
    """Gives a command line as Hydra takes it.

    Raises:
        ConfigError: one that is contradictory, or names what there is not; it says what is allowed.
    """
    words = as_sweep([as_hydra_wants(argument) for argument in in_order(arguments, schema, conf)], conf)
    check_overrides(words, schema, conf)
    return words


def lacking(arguments: Sequence[str], conf: Path) -> list[str]:
    """Says which of the chosen precisions need a library that is not installed.

    It is no error: runs that are finished need none.

    Args:
        arguments: words of the command line.
        conf: the folder with the groups.
    """
    if find_spec("bitsandbytes") is not None:
        return []
    words = [argument.removeprefix("precision=") for argument in arguments if argument.startswith("precision=")]
    chosen = [name for word in words for name in word.split(",")]
    names = [name for name in chosen if _needs_bitsandbytes(conf / "precision" / f"{name}.yaml")]
    if not names:
        return []
    return [f"precision={','.join(names)} needs bitsandbytes, which is not installed. Type: {QUANTIZED}"]


def _needs_bitsandbytes(option: Path) -> bool:
    return option.is_file() and yaml.safe_load(option.read_text()).get("quantization") in _BITSANDBYTES
