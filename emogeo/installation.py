"""How this emogeo was installed: where the configuration groups lie, and how its commands are typed."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from importlib.metadata import requires
from pathlib import Path
from shlex import quote

_PACKAGE = Path(__file__).parent
FROM_WHEEL = (_PACKAGE / "conf").is_dir()
"""Whether the groups lie inside the package, where a wheel has them; a clone has them beside it."""
CONF = (_PACKAGE if FROM_WHEEL else _PACKAGE.parent) / "conf"
"""The folder of the groups, with `config.yaml` and `analyze.yaml`."""
SCRIPTS = ("train", "analyze")
"""Programs that have a file of their own in a clone."""


def command(name: str) -> str:
    """Gives how a program is typed: `train` is `python train.py` in a clone, and `emogeo train` from a wheel.

    Args:
        name: one of `SCRIPTS`, or a package of emogeo that can be run, as `stimuli`.
    """
    if FROM_WHEEL:
        return f"emogeo {name}"
    return f"python {name}.py" if name in SCRIPTS else f"python -m emogeo.{name}"


@cache
def code_digest(*folders: str) -> str:
    """Digests code and data in folders of the package (all of it without any), and the groups of the configuration."""
    parts = [_PACKAGE / folder for folder in folders] or [_PACKAGE]
    files = [file for part in parts for file in part.rglob("*.*") if file.is_file() and file.suffix != ".pyc"]
    files += CONF.rglob("*.yaml")
    found = sha256()
    for file in sorted(set(files)):
        found.update(file.read_bytes())
    return found.hexdigest()


def install(extra: str, pinned: bool = True) -> str:
    """Gives the command that installs what an extra needs.

    Args:
        pinned: whether a clone installs the versions of constraints.txt.
    """
    if not FROM_WHEEL:
        return f"pip install {'-c constraints.txt ' if pinned else ''}-e '.[{extra}]'"
    wanted = re.compile(rf"(\S+) *; *extra == ['\"]{extra}['\"]")
    found = (wanted.fullmatch(line) for line in requires("emogeo") or ())
    return f"pip install {' '.join(quote(match[1]) for match in found if match)}"
