"""Behaviour beside geometry, on planted answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.tables.behaviour import (
    behaviour_items_table,
    behaviour_table,
)
from emogeo.analysis.tables.behaviour_geometry import GEOMETRY_COLUMNS, behaviour_geometry_table, behaviour_relations
from emogeo.analysis.tables.frame import write_tables
from emogeo.analysis.tables.relations import RELATION_COLUMNS
from tests.analysis.tables.planted_answers import able, base


def universality(models: Sequence[str], rho: dict[frozenset[str], float], star: bool) -> pd.DataFrame:
    rows = [
        {"reading": "alike", "model_a": a, "model_b": b, "rho": 0.1, "rho_star": rho[frozenset((a, b))]}
        if star
        else {"reading": "alike", "model_a": a, "model_b": b, "rho": rho[frozenset((a, b))], "rho_star": np.nan}
        for a, b in combinations(models, 2)
    ]
    return pd.DataFrame(rows, columns=["reading", "model_a", "model_b", "rho", "rho_star"])


@pytest.mark.parametrize("star", [True, False])
def test_behaviour_beside_geometry(star: bool) -> None:
    models = [f"m{i}x" for i in range(7)]
    runs = [able(name, i, i) for i, name in enumerate(models)]
    table = behaviour_table(Catalogue(probes=runs), seed=0).frame
    # geometry is planted to follow behaviour: flip rate i / 10, compliance (i + 10) / 20
    apart = {frozenset((a, b)): 1 - 0.01 * abs(models.index(a) - models.index(b)) for a in models for b in models}
    beside = behaviour_geometry_table(table, universality(models, apart, star)).frame
    assert list(beside.columns) == GEOMETRY_COLUMNS
    assert len(beside) == 21
    first = beside.iloc[0]
    assert first["behaviour_distance"] == pytest.approx(np.hypot(0.1, 0.05))
    assert first["geometry_distance"] == pytest.approx(0.01)
    assert first["note"] == ("1 - rho_star" if star else "1 - rho")
    relations = behaviour_relations(beside, table, 100, seed=0).frame
    assert list(relations.columns) == RELATION_COLUMNS
    (found,) = relations.to_dict("records")
    assert (found["relation"], found["n_models"], found["n_families"]) == ("behaviour", 7, 7)
    assert found["r"] == pytest.approx(1.0)
    assert found["p"] == found["p_min"] == pytest.approx(2 / 5040)  # the order and its mirror image


def test_fewer_than_six_models_are_not_identifiable() -> None:
    models = [f"m{i}x" for i in range(5)]
    table = behaviour_table(Catalogue(probes=[able(name, i, 9 - i) for i, name in enumerate(models)]), seed=0).frame
    apart = {frozenset((a, b)): 0.5 for a in models for b in models}
    (found,) = behaviour_relations(
        behaviour_geometry_table(table, universality(models, apart, True)).frame, table, 100, seed=0
    ).frame.to_dict("records")
    assert found["note"] == "not identifiable (5 models, 6 needed)"
    assert pd.isna(found["r"]) and pd.isna(found["p"])


def test_a_pair_without_behaviour_or_without_geometry_is_named() -> None:
    table = behaviour_table(
        Catalogue(runs=[base("plain")], probes=[able("one", 1, 2), able("two", 2, 3)]), seed=0
    ).frame
    apart = {frozenset(("one", "plain")): 0.9}
    beside = behaviour_geometry_table(table, universality(["one", "plain"], apart, True)).frame
    assert list(beside["note"]) == [
        "1 - rho_star; behaviour: not both facets are given for plain",
        "no comparable geometries",
    ]
    assert list(beside["behaviour_distance"].isna()) == [True, False]
    assert list(beside["geometry_distance"].isna()) == [False, True]


def test_an_empty_catalogue_has_only_published_rows(tmp_path: Path) -> None:
    table = behaviour_table(Catalogue(), seed=0)
    assert set(table.frame["source"]) == {"published"}
    beside = behaviour_geometry_table(table.frame, universality([], {}, True))
    relations = behaviour_relations(beside.frame, table.frame, 100, 0)
    for empty in (beside, behaviour_items_table(Catalogue()), relations):
        assert empty.frame.empty
    write_tables({"behaviour": table.frame, "behaviour_geometry": beside.frame}, tmp_path)
