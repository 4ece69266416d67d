"""Trees and the support of their branches, against scipy and plain resamples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import squareform

from emogeo.errors import GeometryError
from emogeo.geometry.branches import members_of, resampled, supported_tree, tree_of
from emogeo.geometry.rdm import cosine_rdm
from tests.bench.map_regions import CONDITIONS, World, code, products

WORLD = World((1.0, 0.7, 0.3), 12, 0.5)


def test_the_tree_is_scipys_average_linkage() -> None:
    rdm = cosine_rdm(code(WORLD, np.random.default_rng(0)), CONDITIONS)
    tree = tree_of(rdm)
    assert tree.linkage == pytest.approx(linkage(squareform(rdm, checks=False), "average"))
    for clusters in range(1, 6):
        cut = cut_tree(tree.linkage, n_clusters=clusters)[:, 0]
        parts = {frozenset(np.flatnonzero(cut == part)) for part in range(clusters)}
        assert {part for part in parts if len(part) > 1} <= {*tree.members}
    assert tree.members == members_of(tree.linkage) and tree.support is None


def test_support_is_the_share_of_resamples_with_the_branch() -> None:
    generator = np.random.default_rng(1)
    own = products(WORLD, code(WORLD, generator), generator)
    tree = supported_tree(own, seed=5, resamples=60)
    kept = np.zeros(len(tree.members))
    for counts in resampled(12, 5, 60):
        gram = np.zeros((len(CONDITIONS), len(CONDITIONS)))
        for u in range(12):
            for v in range(12):
                if u != v:
                    gram += counts[u] * counts[v] * own[u, v]
        lengths = np.sqrt(np.maximum(np.diag(gram), 0.01 * np.abs(np.diag(gram)).mean()))
        rdm = np.maximum(1 - (gram + gram.T) / 2 / np.outer(lengths, lengths), 0)
        np.fill_diagonal(rdm, 0)
        found = {*members_of(linkage(squareform(rdm, checks=False), "average"))}
        kept += [branch in found for branch in tree.members]
    assert tree.support == pytest.approx(kept / 60)
    assert tree.support is not None and tree.support[-1] == 1


def test_resamples_have_as_many_units_and_two_different_ones() -> None:
    counts = resampled(6, 0, 5000)
    assert (counts.sum(axis=1) == 6).all() and ((counts > 0).sum(axis=1) >= 2).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(6), abs=0.05)


def test_few_units_have_no_support() -> None:
    generator = np.random.default_rng(1)
    own = products(WORLD, code(WORLD, generator), generator)
    with pytest.raises(GeometryError, match="5 units; the support of branches needs 6"):
        supported_tree(own[:5, :5], seed=0)
