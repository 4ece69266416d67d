"""How often the nearest vector is that of a text's condition, at every block, over texts of groups not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.inference import Estimate
from emogeo.geometry.left_out import Design, Draws, Products
from emogeo.geometry.readout import permuted
from emogeo.geometry.readout_accuracy import can_permute, deletions_of, interval_of_share

_SEED = 23
_AT_ONCE = 1_000_000
"""The entries [text, draw, condition] that are worked on at once: 4 MB in single precision."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """What is found at each block, and how often it is right."""

    found: NDArray[np.intp]
    """[block, text], the place of the condition whose vector is nearest"""
    accuracy: Sequence[Estimate]
    """[block], the share of texts whose condition is found, with its interval over groups"""
    deleted: Array | None
    """[block, deletion], the same without some groups; None where that is not to be had"""
    p: Array | None
    """[block]; None without relabellings"""
    p_largest: Array | None
    """[block], adjusted for the search over all blocks"""
    draws: int


def decode(blocks: Iterable[Array], design: Design, draws: int, seed: int) -> Decoded:
    """Finds for each text the vector of largest cosine, all vectors and their centre made without the text's group.

    The interval is that of `readout_accuracy.share_found`. For p conditions are permuted within groups, the same at all
    blocks, and all vectors made anew: (1 + #) / (1 + draws), # being the relabellings with as many hits. `p_largest`
    takes the largest number of hits of all blocks instead (Westfall and Young 1993), so that the p of the best block is
    honest.

    Args:
        blocks: the states [text, d_model] of each block.
        draws: the number of relabellings; without any, and where no group has two conditions, there is no p.

    Raises:
        GeometryError: a condition that only one group has; states that are not finite, or a vector of length zero.
    """
    whole, deletions = Draws.of(design, design.place[None]), _deletions(design)
    relabelled = _relabelled(design, draws, seed) if draws and can_permute(design.labels, design.groups) else None
    if not whole.complete:
        raise GeometryError(_lonely(design, whole.left[:, 0]))
    found, deleted, hits = [], [], []
    for states in blocks:
        products = Products.of(states, design)
        found.append(products.nearest(whole)[:, :, 0])
        single = products.single
        if deletions is not None:
            deleted.append(np.concatenate([single.hits(own) / own.n_counted for own in deletions]))
        if relabelled is not None:
            hits.append(np.concatenate([single.hits(own) for own in relabelled]))
    return _decoded(design, np.array(found), np.array(deleted) if deleted else None, np.array(hits), draws)


def _decoded(
    design: Design, found: NDArray[np.intp], deleted: Array | None, hits: NDArray[np.intp], draws: int
) -> Decoded:
    places = np.empty((len(found), len(design.labels)), dtype=np.intp)
    places[:, design.rows[design.rows >= 0]] = found[:, design.rows >= 0]
    right = (places == design.place) & design.counted
    n, shares = int(design.counted.sum()), right.sum(axis=1) / design.counted.sum()
    without = [None] * len(shares) if deleted is None else list(deleted)
    accuracy = [
        interval_of_share(float(share), own, n, len(design.rows)) for share, own in zip(shares, without, strict=True)
    ]
    if not hits.size:
        return Decoded(places, accuracy, deleted, None, None, 0)
    own, largest = hits[:, :1], hits.max(axis=0)
    return Decoded(places, accuracy, deleted, (hits >= own).mean(axis=1), (largest >= own).mean(axis=1), draws)


def _lonely(design: Design, left: Array) -> str:
    group, condition = np.argwhere(left == 0)[0]
    named = design.groups[int(design.rows[group, 0])]
    return f"only {named} has texts of {design.conditions[condition]}"


def _deletions(design: Design) -> list[Draws] | None:
    """Lays out the deletions of a jackknife; None where there are too few groups, or one of them takes a condition."""
    blocks = deletions_of(design.groups)
    if blocks is None:
        return None
    firsts = blocks[design.rows[:, 0]]
    has = firsts != np.arange(blocks.max() + 1)[:, None]
    place = np.broadcast_to(design.place, (len(has), len(design.place)))
    parts = _parts(len(has), design)
    found = [Draws.of(design, place[own], has[own]).single for own in parts]
    return found if all(own.complete for own in found) else None


def _relabelled(design: Design, draws: int, seed: int) -> list[Draws]:
    """Lays out the conditions themselves, then relabellings."""
    generator = np.random.default_rng([_SEED, seed])
    names = [str(place) for place in design.place]
    place = np.array([names, *(permuted(names, design.groups, generator) for _ in range(draws))], dtype=np.intp)
    return [Draws.of(design, place[own]).single for own in _parts(len(place), design)]


def _parts(n: int, design: Design) -> list[slice]:
    size = max(1, _AT_ONCE // (design.rows.size * len(design.conditions)))
    return [slice(start, start + size) for start in range(0, n, size)]
