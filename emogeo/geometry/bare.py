"""A bare geometry: vectors of conditions, or their dissimilarities alone, without the texts behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import ConfigError, GeometryError
from emogeo.geometry.descriptors import mean_cosine, participation_ratio
from emogeo.geometry.layers import UNITS_PER_HALF, LayerChoice, blocks_up_to, named_choice, side_by_side
from emogeo.geometry.options import Centring, GeometryOptions, LayerRule, Selection
from emogeo.geometry.rdm import MIN_CONDITIONS, cosine_rdm, rdm_std, upper
from emogeo.geometry.vectors import Vectors, centre, scale


@dataclass(frozen=True, eq=False)
class Bare:
    """The dissimilarities of conditions at each block, and the block that was chosen."""

    conditions: tuple[str, ...]
    layers: tuple[int, ...]
    choice: LayerChoice
    rdm: Array
    """[condition, condition]"""
    rdm_by_layer: Array
    """[layer, pair]; one row for dissimilarities whose block is not known"""
    curves: dict[str, Array]
    """By layer: rdm_std; of vectors, mean_cosine and participation_ratio as well."""
    vectors: Array | None
    """[condition, layer, d_model], centred and scaled; None where only dissimilarities are known."""


def named_among(rule: LayerRule, layers: Sequence[int], n_layers: int | None) -> int | None:
    """Finds the block that a rule names among the blocks that there are; None where it names none.

    A share of depth means the nearest of them: files have a few blocks only. A single block needs no choice.

    Args:
        n_layers: the blocks of the model; None where nobody says.

    Raises:
        ConfigError: a block that is not there, or a share of depth of a model whose depth is not known.
    """
    last = max(layers, default=0) + 1
    if rule.selection is Selection.index and rule.index is not None:
        index = rule.index if rule.index >= 0 else rule.index + (n_layers or last)
        if index not in layers:
            raise ConfigError(
                f"layer_selection.index={rule.index}: the file has block {', '.join(map(str, layers)) or 'none'}."
            )
        return index
    if rule.selection not in (Selection.middle, Selection.depth):
        return layers[0] if len(layers) == 1 and rule.selection is not Selection.all else None
    if len(layers) == 1:
        return layers[0]
    if n_layers is None:
        raise ConfigError(
            f"layer_selection={rule.selection.value} is a share of the model's depth, and the file does not say how "
            "many blocks that has: type imported.n_layers=N, or layer_selection=index layer_selection.index="
            f"{layers[len(layers) // 2]}."
        )
    wanted = n_layers // 2 if rule.selection is Selection.middle else blocks_up_to(rule.depth or 1.0, n_layers) - 1
    return min(layers, key=lambda block: (abs(block - wanted), block))


def check_rule(rule: LayerRule, layers: Sequence[int], kind: str) -> None:
    """Refuses a criterion that needs texts, where there are vectors or dissimilarities of several blocks.

    Raises:
        ConfigError: says which selections there are.
    """
    if len(layers) > 1 and rule.selection in UNITS_PER_HALF:
        other = "" if kind == "rdm" else ", or layer_selection=min_mean_cosine"
        raise ConfigError(
            f"layer_selection={rule.selection.value} compares texts, and {kind} by themselves have none. There are "
            f"blocks {', '.join(map(str, layers))}: type layer_selection=index layer_selection.index="
            f"{layers[len(layers) // 2]}{other}."
        )


def bare_of_vectors(
    read: Callable[[int], Array],
    conditions: Sequence[str],
    layers: Sequence[int],
    options: GeometryOptions,
    named: int | None,
) -> Bare:
    """Measures the vectors of conditions, block by block.

    Args:
        read: gives the vectors [condition, d_model] at one place among `layers`, in float64.
        named: the block that the layer rule names; None for a criterion, or for every block.

    Raises:
        GeometryError: too few conditions, a vector without a direction, or a centre that is not there.
        ConfigError: a criterion that needs texts.
    """
    check_rule(options.layer, layers, "vectors")
    if options.centring is Centring.topic_mean:
        raise ConfigError("centring=topic_mean takes topics out of texts, and vectors have none: type grand_mean.")
    order = sorted(range(len(conditions)), key=lambda row: conditions[row])
    names = [conditions[row] for row in order]
    values = np.stack([read(row)[order] for row in range(len(layers))], axis=1)
    centred = centre(values, names, options.centring, options.neutral)
    if len(centred.conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(centred.conditions)} conditions; an RDM needs at least {MIN_CONDITIONS}.")
    vectors = scale(centred, options.norm)
    rdms = [_rdm_at(vectors, row, layer) for row, layer in enumerate(layers)]
    by_layer = np.moveaxis(vectors.values - vectors.values.mean(axis=0), 1, 0)
    curves = {
        "mean_cosine": mean_cosine(vectors.values),
        "participation_ratio": participation_ratio(by_layer @ by_layer.swapaxes(1, 2)),
        "rdm_std": np.array([rdm_std(rdm) for rdm in rdms]),
    }
    choice = named_choice(options.layer, named, layers)
    if choice is None:
        choice = LayerChoice(layers[int(np.argmin(curves["mean_cosine"]))], "lowest mean pairwise cosine")
    if choice.index is None:
        rdm = cosine_rdm(side_by_side(centred.values, centred.values), centred.conditions)
    else:
        rdm = rdms[layers.index(choice.index)]
    pairs = np.stack([upper(own) for own in rdms])
    return Bare(vectors.conditions, tuple(layers), choice, rdm, pairs, curves, vectors.values)


def bare_of_rdms(rdms: Sequence[Array], conditions: Sequence[str], layers: Sequence[int], named: int | None) -> Bare:
    """Takes dissimilarities as they were measured.

    Args:
        rdms: [condition, condition] for each of `layers`; a single one where its block is not known.
        named: the block that the layer rule names.

    Raises:
        GeometryError: too few conditions.
        ConfigError: several blocks, of which none is named.
    """
    if len(conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(conditions)} conditions; an RDM needs at least {MIN_CONDITIONS}.")
    if len(rdms) > 1 and named is None:
        raise ConfigError(
            f"There are RDMs of blocks {', '.join(map(str, layers))}: type layer_selection=index "
            f"layer_selection.index={layers[len(layers) // 2]}."
        )
    order = sorted(range(len(conditions)), key=lambda row: conditions[row])
    kept = [np.asarray(rdm, dtype=np.float64)[np.ix_(order, order)] for rdm in rdms]
    choice = LayerChoice(named, "given")
    return Bare(
        tuple(conditions[row] for row in order),
        tuple(layers),
        choice,
        kept[0] if named is None else kept[layers.index(named)],
        np.stack([upper(rdm) for rdm in kept]),
        {"rdm_std": np.array([rdm_std(rdm) for rdm in kept])},
        None,
    )


def _rdm_at(vectors: Vectors, row: int, layer: int) -> Array:
    try:
        return cosine_rdm(vectors.values[:, row], vectors.conditions)
    except GeometryError as error:
        raise GeometryError(f"Block {layer}: {error}") from error
