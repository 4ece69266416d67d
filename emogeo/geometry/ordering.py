"""One order of conditions for all matrices: that of the leaves of a tree that several RDMs have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from emogeo.arrays import Array
from emogeo.geometry.rdm import check_rdm, upper


@dataclass(frozen=True, eq=False)
class NamedRdm:
    """An RDM with the names of its conditions."""

    conditions: Sequence[str]
    values: Array
    """[condition, condition]"""


def consensus(rdms: Sequence[NamedRdm]) -> NamedRdm:
    """Gives the mean of several RDMs, each divided by its mean, over every condition of any, in alphabetical order.

    A pair of conditions has the mean of the RDMs that have both, and 1, the mean of all, where none has.

    Raises:
        GeometryError: what is no RDM.
    """
    names = sorted({name for own in rdms for name in own.conditions})
    sums, counts = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    for own in rdms:
        check_rdm(own.values, "an RDM of the consensus")
        at = np.ix_(*[[names.index(name) for name in own.conditions]] * 2)
        sums[at] += own.values / (float(upper(own.values).mean()) or 1.0)
        counts[at] += 1
    mean = np.where(counts > 0, sums / np.maximum(counts, 1), 1.0)
    np.fill_diagonal(mean, 0.0)
    return NamedRdm(names, mean)


def consensus_order(rdms: Sequence[NamedRdm]) -> list[str]:
    """Gives the conditions of several RDMs in the order of the leaves of their consensus's tree.

    The tree is that of average linkage; of the orders that its branches allow, the one with the least dissimilarity
    between neighbours (Bar-Joseph et al. 2001, Bioinformatics 17, S22).

    Raises:
        GeometryError: what is no RDM.
    """
    mean = consensus(rdms)
    if len(mean.conditions) < 3:
        return list(mean.conditions)
    pairs = squareform(np.maximum(mean.values, 0.0), checks=False)
    tree = linkage(pairs, method="average", optimal_ordering=True)
    return [mean.conditions[leaf] for leaf in leaves_list(tree)]
