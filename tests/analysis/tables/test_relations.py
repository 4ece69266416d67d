"""What agreement between models goes with: planted relations are found, over families."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.relations import relations_table
from tests.analysis.planted_models import catalogue
from tests.analysis.tables.read_alike import MODELS, tables


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    return catalogue(MODELS)


def test_families_are_what_is_counted(prepared: list[PreparedRun]) -> None:
    _, universality, descriptors = tables(prepared)
    found = relations_table(universality, descriptors, 100, 0).frame.set_index("relation")
    assert list(found.loc[["size", "anisotropy_params"], "note"]) == ["not identifiable (3 families, 6 needed)"] * 2
    assert found.loc["anisotropy_params", "published"] == reference()["size_correlations"]["anisotropy_vs_params"]
    assert found["r"].isna().all()
    said = r"; the mean rho_star is \d\.\d\d within families \(1 pair\) and \d\.\d\d between families \(5 pairs\)$"
    assert re.search(said, found.loc["within_family", "note"])


def test_a_planted_relation_to_size_is_found_over_six_families() -> None:
    """Agreement falls with distance in size; twelve models of six families are six."""
    sizes = {f"f{i}": 0.1 * 2**i for i in range(6)}
    names = [(f"{family}-{v}", family, size) for family, size in sizes.items() for v in ("x", "y")]
    rows = [
        {"reading": "r", "key_a": a, "key_b": b, "model_a": a, "model_b": b, "family_a": fa, "family_b": fb}
        | {"within_family": "yes" if fa == fb else "no", "log_size_ratio": abs(np.log(sa / sb))}
        | {"depth_difference": 0.0, "rho": 0.9, "rho_star": 0.9 - 0.05 * abs(np.log(sa / sb)), "published": np.nan}
        for i, (a, fa, sa) in enumerate(names)
        for b, fb, sb in names[:i]
    ]
    descriptors = pd.DataFrame(
        [
            {"key": name, "family": family, "params_b": size, "layer": 3, "n_layers": 10}
            | {"anisotropy": -np.log(size), "rdm_std": 0.1 + 0.01 * i}
            for i, (name, family, size) in enumerate(names)
        ]
    )
    found = relations_table(pd.DataFrame(rows), descriptors, 1000, 0).frame.set_index("relation")
    assert (found.loc["size", "n_models"], found.loc["size", "n_families"]) == (12, 6)
    assert found.loc["size", "r"] == pytest.approx(-1.0)
    assert found.loc["size", "p"] == found.loc["size", "p_min"] == pytest.approx(2 / 720)
    assert found.loc["within_family", "r"] == pytest.approx(
        0.9 - np.mean([r["rho_star"] for r in rows if r["within_family"] == "no"])
    )
    assert found.loc["within_family", "p"] <= 0.01
    assert found.loc["anisotropy_params", "r"] == pytest.approx(-1.0)
    assert found.loc["anisotropy_params", "p"] == pytest.approx(2 / 720)
    assert "left out" in found.loc["depth", "note"]  # all alike
