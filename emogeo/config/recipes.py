"""Where a cell departs from the recipe that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

_OVERRIDE = "override /"


def recipe_differences(config: DictConfig, conf: Path) -> dict[str, list[Any]]:
    """Fields and groups that a recipe sets and that were set otherwise: the recipe's value, then the cell's.

    Args:
        config: as composed.
        conf: folder of the groups.
    """
    file = conf / "recipe" / f"{config.recipe}.yaml"
    if config.recipe is None or not file.is_file():
        return {}
    cell = OmegaConf.to_container(config, resolve=True, enum_to_str=True)
    recipe = OmegaConf.to_container(OmegaConf.load(file))
    assert isinstance(cell, dict) and isinstance(recipe, dict)
    groups = [
        (key.removeprefix(_OVERRIDE), option) for entry in recipe.pop("defaults") for key, option in entry.items()
    ]
    wanted = {f"{group}.name": option for group, option in groups} | dict(_leaves(recipe))
    actual = {field: _at(cell, field) for field in wanted}
    return {field: [value, actual[field]] for field, value in wanted.items() if actual[field] != value}


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
