"""The map of a run at each of its blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emogeo.analysis.comparing.depth import blocks_of, rdms_over
from emogeo.analysis.comparing.maps import RunMap
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.options import Axes
from emogeo.geometry.procrustes import onto
from emogeo.geometry.regions import map_of, square, squared_distances


@dataclass(frozen=True, eq=False)
class BlockMaps:
    """The conditions of a run in two dimensions, block by block."""

    blocks: list[int]
    points: Array
    """[block, condition, 2], of each block turned onto the run's map and as large"""
    shares: list[float]
    """The share that two dimensions hold of each."""


def block_maps(own: RunMap) -> BlockMaps:
    """Makes the maps of every block that a run has dissimilarities of; a block without a map is left out.

    They are of plain dissimilarities, as recorded: without the texts' states at every block their noise stays in.
    """
    blocks, points, shares = list[int](), [], []
    known = blocks_of(own.of.run)  # none, where only the dissimilarities of a block that nobody names are there
    for block, squared in zip(known, _squared(own)[: len(known)], strict=True):
        try:
            found = map_of(squared)
        except GeometryError:
            continue
        blocks.append(block)
        points.append(found.moved(onto(own.regions.points, found.points)).points)
        shares.append(found.share)
    return BlockMaps(blocks, np.array(points).reshape(len(blocks), len(own.conditions), 2), shares)


def _squared(own: RunMap) -> Array:
    """Gives squared distances at every block: [block, condition, condition]."""
    run, n = own.of.run, len(own.conditions)
    vectors = run.vectors if own.axes is Axes.vectors else None
    if vectors is None:
        return 2 * np.stack([square(pairs, n) for pairs in rdms_over(run, own.conditions)])
    rows = [run.conditions.index(name) for name in own.conditions]
    by_block = vectors[rows].astype(np.float64).transpose(1, 0, 2)
    return squared_distances(by_block @ by_block.transpose(0, 2, 1))
