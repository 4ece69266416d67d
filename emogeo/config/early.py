"""What a command line asks for and this machine lacks: said once, before the first run of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import yaml

from emogeo.installation import install

QUANTIZED = install("quantized")
"""What installs bitsandbytes."""
_BITSANDBYTES = ("int8", "nf4")


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
