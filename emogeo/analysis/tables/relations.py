"""The `relations` table: correlates of the agreement between models, and of their descriptors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind, left_out
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.permutation import FewTest, mantel_of_few, permute_few
from emogeo.geometry.rdm import standard_ranks

FEWEST = 6
"""The fewest families (or models) with which a relation between them can be told from chance."""
RELATION_COLUMNS = ["reading", "relation", "n_models", "n_families", "r", "p", "p_min", "published", "note"]
_WORDS = ["reading", "relation", "note"]
_OF_PAIRS = {"size": "log_size_ratio", "depth": "depth_difference"}
"""Relations of the agreement of two models to how far apart they are."""
_OF_MODELS = {
    "anisotropy_params": ("anisotropy", "anisotropy_vs_params"),
    "best_layer_depth_params": ("depth", "best_layer_depth_vs_params"),
    "rdm_std_params": ("rdm_std", "rdm_std_vs_params"),
}
"""Relations of a descriptor to size, and what the published file calls them."""


def relations_table(universality: pd.DataFrame, descriptors: pd.DataFrame, permutations: int, seed: int) -> Table:
    """Relates, for comparable runs: agreement to size and depth, descriptors to size, and measured to published.

    Models of a family are not independent, so families are what is counted and permuted.
    """
    rows = []
    for reading, pairs in universality.groupby("reading", sort=False):
        keys = list(dict.fromkeys([*pairs["key_a"], *pairs["key_b"]]))
        own = descriptors[descriptors["key"].isin(keys)]
        head = {"reading": reading, "n_models": len(keys), "n_families": own["family"].nunique()}
        rows += [{**head, **_of_pairs(name, column, pairs, permutations, seed)} for name, column in _OF_PAIRS.items()]
        rows += [
            {**head, **_of_models(name, column, label, own, permutations, seed)}
            for name, (column, label) in _OF_MODELS.items()
        ]
        rows.append({**head, **_of_families(pairs, permutations, seed)})
        rows.append({**head, **_with_published(pairs)})
    return typed(rows, RELATION_COLUMNS, _WORDS)


def _of_pairs(name: str, column: str, pairs: pd.DataFrame, permutations: int, seed: int) -> Row:
    """Relates agreement between families to their distance in size or depth, over the means of each family's models."""
    between = pairs[pairs["within_family"] == "no"]
    families = sorted({*between["family_a"], *between["family_b"]})
    if len(families) < FEWEST:
        return {"relation": name, "note": too_few(len(families))}
    agreement = _agreement(between)
    measured = [_by_family(between, families, figure) for figure in (agreement, column)]
    if any(np.isnan(matrix).any() for matrix in measured):
        return {"relation": name, "note": [left_out(f"no {column} of some models")]}
    first, second = measured
    found = _tested(lambda: mantel_of_few(first, second, permutations, seed, two_sided=True), Note(f"of {agreement}"))
    return {"relation": name, **found}


def _by_family(pairs: pd.DataFrame, families: Sequence[str], column: str) -> Array:
    """Gives means [family, family] over the pairs of models between them; 0 on the diagonal."""
    matrix = np.zeros((len(families), len(families)))
    for i, a in enumerate(families):
        for j, b in enumerate(families[:i]):
            wanted = pairs["family_a"].isin([a, b]) & pairs["family_b"].isin([a, b])
            matrix[i, j] = matrix[j, i] = pairs.loc[wanted, column].mean()
    return matrix


def _of_families(pairs: pd.DataFrame, permutations: int, seed: int) -> Row:
    """Gives how much more models of one family agree: mean within less mean between; p by permuting models."""
    families = dict(zip(pairs["model_a"], pairs["family_a"], strict=True))
    families |= dict(zip(pairs["model_b"], pairs["family_b"], strict=True))
    models, agreement = list(families), _agreement(pairs)
    labels, values = np.array(list(families.values())), pairs[agreement].to_numpy(dtype=float)
    a, b = (np.array([models.index(name) for name in pairs[side]]) for side in ("model_a", "model_b"))
    within = labels[a] == labels[b]
    kinds = {"within families": values[within], "between families": values[~within]}
    means = " and ".join(
        f"{np.nanmean(own):.2f} {name} ({len(own)} pair{'s' * (len(own) > 1)})"
        for name, own in kinds.items()
        if len(own)
    )
    row, note = {"relation": "within_family"}, Note(f"the mean {agreement} is {means}")
    n_families = len(set(families.values()))
    if n_families < FEWEST or not within.any():
        return {**row, "note": [*too_few(n_families), note]}

    def difference(order: NDArray[np.int64]) -> float:
        same = labels[order][a] == labels[order][b]
        return float(values[same].mean() - values[~same].mean())

    test = partial(permute_few, difference, len(models), permutations, seed, two_sided=False)
    return {**row, **_tested(test, note)}


def _agreement(pairs: pd.DataFrame) -> str:
    return "rho_star" if pairs["rho_star"].notna().all() else "rho"


def _of_models(name: str, column: str, label: str, descriptors: pd.DataFrame, permutations: int, seed: int) -> Row:
    row: Row = {"relation": name, "published": reference()["size_correlations"][label]}
    table = descriptors.assign(depth=(descriptors["layer"].astype("float64") + 1) / descriptors["n_layers"])
    table = table.assign(size=np.log(table["params_b"]))[["family", "size", column]].dropna()
    means = table.groupby("family").mean()
    if len(means) < FEWEST:
        return {**row, "note": too_few(len(means))}

    def test() -> FewTest:
        first, second = (standard_ranks(means[figure].to_numpy(dtype=float)) for figure in ("size", column))
        return permute_few(lambda order: float(first @ second[order]), len(means), permutations, seed, two_sided=True)

    note = Note("of means of families; the published number is over twelve models")
    return {**row, **_tested(test, note)}


def _with_published(pairs: pd.DataFrame) -> Row:
    """Gives Spearman's rho of measured and published agreement over pairs; no p, as pairs share models."""
    known = pairs.dropna(subset=["rho", "published"])
    if len(known) < FEWEST:
        return {"relation": "published", "note": too_few(len(known), "pairs of published models")}
    ranks = [standard_ranks(known[column].to_numpy(dtype=float)) for column in ("rho", "published")]
    notes = [Note(f"{len(known)} pairs"), Note("rho on shared passages")]
    return {"relation": "published", "r": float(ranks[0] @ ranks[1]), "note": notes}


def _tested(test: Callable[[], FewTest], note: Note) -> Row:
    try:
        found = test()
    except GeometryError as error:  # all values are equal
        return {"note": [left_out(error)]}
    return {"r": found.r, "p": found.p, "p_min": found.p_min, "note": [note]}


def too_few(n: int, of: str | None = None) -> list[Note]:
    """Notes that there are too few families, or too few of something else, for a relation."""
    counted = of or ("family" if n == 1 else "families")
    return [Note(f"not identifiable ({n} {counted}, {FEWEST} needed)", NoteKind.not_identifiable)]
