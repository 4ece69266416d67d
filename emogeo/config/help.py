"""The parts of `--help` that Hydra prints in long lines: groups with their options, and the whole configuration."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import yaml
from omegaconf import DictConfig, OmegaConf

from emogeo.installation import command
from emogeo.terminal import columns, paragraph

_WORD = 20
"""The longest word that YAML may begin just before the end of a line."""


def register_help(conf: Path) -> None:
    """Makes what the template of `--help` names available: `emogeo_groups`, `emogeo_fields`, and `emogeo_command`."""
    OmegaConf.register_new_resolver("emogeo_groups", partial(groups_shown, conf), replace=True)
    OmegaConf.register_new_resolver("emogeo_command", command, replace=True)
    OmegaConf.register_new_resolver("emogeo_fields", fields_shown, replace=True)


def groups_shown(conf: Path) -> str:
    """Lists every group under a folder with its options, in the terminal's columns."""
    files = [file.relative_to(conf) for file in conf.glob("*/**/*.yaml")]
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.parent.as_posix(), []).append(file.stem)
    lines = [f"{group}: {', '.join(sorted(options))}" for group, options in sorted(groups.items())]
    return "\n".join(part for line in lines for part in paragraph(line, columns(), rest="  "))


def fields_shown(*, _root_: DictConfig) -> str:
    """Writes the configuration as YAML in the terminal's columns."""
    own = OmegaConf.masked_copy(_root_, [str(name) for name in _root_ if name != "hydra"])
    found = OmegaConf.to_container(own, resolve=False, enum_to_str=True)
    text: str = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=columns() - _WORD)
    return text.rstrip().replace("$", "$$")  # as the template of Hydra has it
