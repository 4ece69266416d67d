"""Finds where a run departs from the recipe that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

_OVERRIDE = "override /"
_GOVERNED = ("generation", "pooling", "centring", "denoising", "norm")
"""The fields that a recipe governs, beside groups; those that it leaves out are as `config.yaml` has them."""


def recipe_differences(config: DictConfig, conf: Path) -> dict[str, list[Any]]:
    """Gives the fields that were set otherwise than in a recipe: the recipe's value, then the run's.

    Args:
        config: the configuration as composed.
        conf: the folder of the groups.
    """
    file = conf / "recipe" / f"{config.recipe}.yaml"
    if config.recipe is None or not file.is_file():
        return {}
    own = OmegaConf.to_container(config, resolve=True, enum_to_str=True)
    wanted = _recipe(file, conf)
    actual = {field: _at(own, field) for field in wanted}
    return {field: [value, actual[field]] for field, value in wanted.items() if actual[field] != value}


def _recipe(file: Path, conf: Path) -> dict[str, Any]:
    """Gives every field of a recipe: from the main configuration, then the options that it chooses, then itself."""
    body, main = _load(file), _load(conf / "config.yaml")
    wanted = dict(_leaves({name: main[name] for name in _GOVERNED}))
    for entry in body.pop("defaults", []):
        for key, option in entry.items() if isinstance(entry, Mapping) else ():
            group = key.removeprefix(_OVERRIDE)
            own = _load(conf / group / f"{option}.yaml")
            own.pop("defaults", None)
            wanted |= {f"{group}.{field}": value for field, value in _leaves(own)}
    return wanted | dict(_leaves(body))


def _load(file: Path) -> dict[str, Any]:
    found = OmegaConf.to_container(OmegaConf.load(file))
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}


def _leaves(node: Mapping[Any, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _at(node: Any, field: str) -> Any:
    for part in field.split("."):
        node = node[part]
    return node
