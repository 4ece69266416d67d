"""Which block the RDM is read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.config.schema import LayerSelectionConfig, Selection
from emogeo.errors import ConfigError, GeometryError, NonFiniteError
from emogeo.geometry.vectors import condition_means

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LayerChoice:
    """The selected block; None means every block, side by side."""

    index: int | None
    criterion: str
    """What was maximized or minimized, or that the layer was given."""


def blocks_up_to(depth: float, n_layers: int) -> int:
    """How many blocks a share of depth is: the nearest whole number, half up, at least one."""
    return max(int(depth * n_layers + 0.5), 1)


def resolve_layer(selection: LayerSelectionConfig, n_layers: int, n_blocks: int) -> int | None:
    """The block that a selection by index or depth names, before anything is computed; else None.

    Args:
        n_layers: blocks of the model.
        n_blocks: blocks that are run (fewer with max_depth).

    Raises:
        ConfigError: a block that does not exist or is not run.
    """
    if selection.name is Selection.index and selection.index is not None:
        if not -n_layers <= selection.index < n_layers:
            raise ConfigError(
                f"layer_selection.index={selection.index}: the model has {n_layers} blocks, 0 to {n_layers - 1} "
                f"(or -{n_layers} to -1 from the top)."
            )
        index = selection.index % n_layers
    elif selection.name is Selection.depth and selection.depth is not None:
        index = blocks_up_to(selection.depth, n_layers) - 1
    else:
        return None
    if index >= n_blocks:
        raise ConfigError(
            f"layer_selection={selection.name.value} asks for block {index}, and max_depth stops after {n_blocks} of "
            f"{n_layers} blocks. Type a larger max_depth, or max_depth=null."
        )
    return index


def choose_layer(
    selection: LayerSelectionConfig, named: int | None, layers: Sequence[int], curves: dict[str, Array]
) -> LayerChoice:
    """Applies a selection to the blocks that are there.

    Args:
        named: what `resolve_layer` said.
        layers: 0-based indices of the (finite) blocks.
        curves: `mean_cosine` and `separation`, each [layer], over `layers`.

    Raises:
        NonFiniteError: the named block is not among the finite ones.
        GeometryError: `separation` without at least two units.
    """
    if selection.name is Selection.all:
        return LayerChoice(None, "every block")
    if named is not None:
        if named not in layers:
            raise NonFiniteError(f"Block {named} is not among the finite ones, {list(layers)}.")
        return LayerChoice(named, "given")
    if selection.name is Selection.min_mean_cosine:
        return LayerChoice(layers[int(np.argmin(curves["mean_cosine"]))], "lowest mean pairwise cosine")
    if "separation" not in curves:
        raise GeometryError(
            "layer_selection=separation compares topics and needs at least two of them. "
            "Type layer_selection=depth, or give stimuli with more passages per condition."
        )
    return LayerChoice(layers[int(np.argmax(curves["separation"]))], "highest cross-validated separation")


def separation(states: Array, emotions: Sequence[str], units: Sequence[str], conditions: Sequence[str]) -> Array:
    """Between-emotion over within-emotion variance at each layer, cross-validated over units.

    With c[e,u] the state of emotion e in unit u minus that unit's mean over emotions:
    between = mean over e and u != v of <c[e,u], c[e,v]>, which text noise leaves at
    zero when emotions share nothing; within = mean over e of the variance of c[e,u]
    over u (n - 1), summed over dimensions.

    Args:
        states: [text, layer, d_model], one text per emotion and unit.

    Returns:
        [layer]

    Raises:
        GeometryError: fewer than two units.
    """
    names = list(dict.fromkeys(units))
    n = len(names)
    if n < 2:
        raise GeometryError(f"Separation compares units and there is only {n}.")
    centred = np.stack([_centred_unit(states, emotions, units, name, conditions) for name in names])
    total = centred.sum(axis=0)
    squares = (centred**2).sum(axis=(0, -1))
    between = ((total**2).sum(axis=-1) - squares) / (n * (n - 1))
    within = (squares - (total**2).sum(axis=-1) / n) / (n - 1)
    return np.asarray(between.mean(axis=0) / within.mean(axis=0))


def _centred_unit(
    states: Array, emotions: Sequence[str], units: Sequence[str], name: str, conditions: Sequence[str]
) -> Array:
    rows = [row for row, unit in enumerate(units) if unit == name]
    means = condition_means(states[rows], [emotions[row] for row in rows], conditions)
    return np.asarray(means - means.mean(axis=0))


def side_by_side(values: Array, vectors: Array) -> Array:
    """Every block's features in one row, each block scaled so that its `vectors` have unit total variance.

    Args:
        values: [row, layer, d_model], what is laid side by side.
        vectors: [condition, layer, d_model], centred.

    Returns:
        [row, layer * d_model]
    """
    scales = np.sqrt((vectors**2).sum(axis=(0, 2)))
    return np.asarray((values / scales[:, None]).reshape(len(values), -1))
