"""The layer of the RDM: named, or chosen by a criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import ConfigError, NonFiniteError
from emogeo.geometry.criteria import products_by_layer, reliabilities, separation_of
from emogeo.geometry.halves import MIN_UNITS, split_units
from emogeo.geometry.inference import Estimate
from emogeo.geometry.options import NEUTRAL, Centring, LayerRule, Selection
from emogeo.geometry.states import BlockStates
from emogeo.geometry.units import UnitProducts

UNITS_PER_HALF = {Selection.separation: 2, Selection.reliability: MIN_UNITS}
"""Selections that choose on one half of the units and report on the other, with the units that a half needs."""


@dataclass(frozen=True)
class Chooser:
    """How a layer is chosen where it is not named: the rule, and the options of the geometry that it is applied to."""

    rule: LayerRule
    centring: Centring
    seed: int
    neutral: str = NEUTRAL

    @property
    def criterion_centring(self) -> Centring:
        """Gives the centring of the units that the criterion looks at; separation has one of its own."""
        return Centring.grand_mean if self.rule.selection is Selection.separation else self.centring


@dataclass(frozen=True)
class LayerChoice:
    """The selected block; None means every block, side by side."""

    index: int | None
    criterion: str
    """The criterion that was maximized or minimized, or `given` where the layer was named."""
    held_out: Estimate | None = None
    """The criterion at this block on the units that did not choose it (NaN where there is no interval)."""
    n_choosing: int | None = None
    """The number of units that chose the layer."""


def blocks_up_to(depth: float, n_layers: int) -> int:
    """Counts the blocks up to a share of depth: the nearest whole number, half up, at least one."""
    return max(int(depth * n_layers + 0.5), 1)


def resolve_layer(rule: LayerRule, n_layers: int, n_blocks: int) -> int | None:
    """Finds the block that a selection by index or depth names, before anything is computed; else None.

    Args:
        n_layers: blocks of the model.
        n_blocks: blocks that are run (fewer with max_depth).

    Raises:
        ConfigError: a block that does not exist or is not run.
    """
    if rule.selection is Selection.index and rule.index is not None:
        if not -n_layers <= rule.index < n_layers:
            raise ConfigError(
                f"There is no layer {rule.index}: the model has {n_layers} blocks, 0 to {n_layers - 1} "
                f"(or -{n_layers} to -1 from the top)."
            )
        index = rule.index % n_layers
    elif rule.selection is Selection.middle:
        index = n_layers // 2
    elif rule.selection is Selection.depth and rule.depth is not None:
        index = blocks_up_to(rule.depth, n_layers) - 1
    else:
        return None
    if index >= n_blocks:
        raise ConfigError(
            f"layer_selection={rule.selection.value} asks for block {index}, and max_depth stops after {n_blocks} of "
            f"{n_layers} blocks. Type a larger max_depth, or max_depth=null."
        )
    return index


def check_units(rule: LayerRule, n_units: int) -> None:
    """Refuses a selection on one half of the units where a half is too small.

    Raises:
        ConfigError: says how many units there are and are needed.
    """
    needed = 2 * UNITS_PER_HALF.get(rule.selection, 0)
    if n_units < needed:
        raise ConfigError(
            f"layer_selection={rule.selection.value} chooses on one half of the units and reports on the other; "
            f"it needs {needed} units and there are {n_units}. "
            "Type layer_selection=depth (or min_mean_cosine, as published), or give stimuli with more topics."
        )


def choosing_half(units: Sequence[str], seed: int) -> tuple[list[str], list[str]]:
    """Divides units, by seed and order, into those that choose a layer and those on which it is reported."""
    names = list(dict.fromkeys(units))
    chosen = split_units(len(names), seed, n_splits=1)[0, 0].astype(bool)
    return (
        [name for name, choosing in zip(names, chosen, strict=True) if choosing],
        [name for name, choosing in zip(names, chosen, strict=True) if not choosing],
    )


def named_choice(rule: LayerRule, named: int | None, layers: Sequence[int]) -> LayerChoice | None:
    """Gives the choice that needs no criterion: every block, or one by index or depth; else None.

    Args:
        named: the block that `resolve_layer` gave.
        layers: 0-based indices of the (finite) blocks.

    Raises:
        NonFiniteError: the named block is not among the finite ones.
    """
    if rule.selection is Selection.all:
        return LayerChoice(None, "every block")
    if named is None:
        return None
    if named not in layers:
        raise NonFiniteError(f"Block {named} is not among the finite ones, {list(layers)}.")
    return LayerChoice(named, "given")


def choose_layer(
    chooser: Chooser, texts: BlockStates, layers: Sequence[int], mean_cosines: Array, figures: Sequence[Estimate]
) -> LayerChoice:
    """Chooses by a criterion: the published one on all units, the others on one half, with their value on the other.

    Args:
        layers: 0-based indices of the (finite) blocks that `texts` has states of.
        mean_cosines: [layer], mean pairwise cosine of the centred vectors, which the published criterion minimizes.
        figures: [layer], what `on_choosing_half` gave; of no use to the published criterion.

    Raises:
        GeometryError: too few units in a half.
    """
    if chooser.rule.selection not in UNITS_PER_HALF:
        return LayerChoice(layers[int(np.argmin(mean_cosines))], "lowest mean pairwise cosine")
    choosing, reporting = choosing_half(texts.units, chooser.seed)
    best = int(np.argmax([figure.value for figure in figures]))
    half = texts.at(best).of_units(reporting)
    held_out = _criterion(chooser, list(products_by_layer(half, chooser.criterion_centring, chooser.neutral)))[0]
    return LayerChoice(layers[best], f"highest {chooser.rule.selection.value}", held_out, len(choosing))


def on_choosing_half(chooser: Chooser, blocks: Sequence[UnitProducts]) -> list[Estimate]:
    """Gives the criterion at each block, on the units that choose.

    Args:
        blocks: products of all units, centred as `chooser.criterion_centring` says.

    Raises:
        GeometryError: too few units in a half.
    """
    choosing = choosing_half(blocks[0].units, chooser.seed)[0]
    return _criterion(chooser, [own.restricted(choosing, own.conditions) for own in blocks])


def _criterion(chooser: Chooser, blocks: Sequence[UnitProducts]) -> list[Estimate]:
    if chooser.rule.selection is Selection.reliability:
        return reliabilities(blocks, chooser.seed)
    return [Estimate(separation_of(own), np.nan, np.nan) for own in blocks]


def side_by_side(values: Array, vectors: Array) -> Array:
    """Lays every block's features in one row, each block scaled so that its `vectors` have unit total variance.

    Args:
        values: [row, layer, d_model], what is laid side by side.
        vectors: [condition, layer, d_model], centred.

    Returns:
        [row, layer * d_model]
    """
    scales = np.sqrt((vectors**2).sum(axis=(0, 2)))
    return np.asarray((values / scales[:, None]).reshape(len(values), -1))
