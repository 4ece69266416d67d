"""Models read alike: pairs, variants, what agreement goes with; on planted catalogues."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.figures.models import universality as universality_figure
from emogeo.analysis.figures.models import write_model_figures
from emogeo.analysis.records.published import published_pair, reference
from emogeo.analysis.tables.base_instruct import base_instruct_table
from emogeo.analysis.tables.descriptors import descriptors_table
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.analysis.tables.partials import partials_table
from emogeo.analysis.tables.relations import relations_table
from emogeo.analysis.tables.universality import universality_table
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.planted_records import altered

QWEN, INSTRUCT = "qwen2.5-1.5b", "qwen2.5-1.5b-instruct"
MODELS = [
    PlantedModel(QWEN, "qwen2.5", "base", 1.54),
    PlantedModel(INSTRUCT, "qwen2.5", "instruct", 1.54, anisotropy=0.9),
    PlantedModel("smollm2-1.7b", "smollm2", "base", 1.7),
    PlantedModel("other", "other", "base", 0.2, own=0.9),
]


def tables(prepared: list[PreparedRun]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    pairs = pairs_table(prepared, 100, 0).frame
    return (
        pairs,
        universality_table(prepared, pairs, partials_table(prepared).frame).frame,
        descriptors_table([ready.run for ready in prepared], prepared, 99, 0).frame,
    )


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    return catalogue(MODELS)


def test_every_two_models_read_alike_are_a_row_with_all_of_their_figures(prepared: list[PreparedRun]) -> None:
    pairs, universality, _ = tables(prepared)
    assert len(universality) == 6
    row = universality[(universality["model_a"] == QWEN) & (universality["model_b"] == "smollm2-1.7b")].iloc[0]
    pair = pairs[(pairs["model_a"] == QWEN) & (pairs["model_b"] == "smollm2-1.7b")].iloc[0]
    for name in ("rho", "rho_star", "rho_star_ci_low", "reliability_a", "reliability_b", "p_holm"):
        assert row[name] == pair[name]
    assert row["published"] == published_pair(QWEN, "smollm2-1.7b") == 0.8203
    assert row["log_size_ratio"] == pytest.approx(abs(np.log(1.54 / 1.7)))
    assert (row["within_family"], row["depth_difference"]) == ("no", 0.0)
    assert row["rho_star"] > 0.85
    strange = universality[universality["model_b"] == "other"]
    assert (strange["rho_star"].fillna(0) < 0.75).all()


def test_a_second_run_of_a_model_is_left_out_and_said(prepared: list[PreparedRun]) -> None:
    (again,) = catalogue([PlantedModel("smollm2-1.7b", "smollm2", "base", 1.7)], seed=1)
    again = replace(again, run=altered(again.run, key="again"))
    both = [*prepared, again]
    pairs = pairs_table(both, 100, 0).frame
    universality = universality_table(both, pairs, partials_table(both).frame).frame
    assert len(universality) == 6
    concerned = universality[["model_a", "model_b"]].eq("smollm2-1.7b").any(axis=1)
    noted = universality["note"].str.contains("smollm2-1.7b: the first of 2 runs (also again)", regex=False)
    assert (noted == concerned).all()


def test_another_precision_is_another_reading(prepared: list[PreparedRun]) -> None:
    both = [*prepared, *catalogue([PlantedModel("smollm2-1.7b", "smollm2", "base", 1.7, precision="int8")])]
    pairs = pairs_table(both, 100, 0).frame
    assert len(universality_table(both, pairs, partials_table(both).frame).frame) == 6


def test_base_and_instruct_are_compared_and_what_moved_is_said(prepared: list[PreparedRun]) -> None:
    pairs, _, descriptors = tables(prepared)
    (row,) = base_instruct_table(prepared, pairs, descriptors).frame.to_dict("records")
    assert (row["family"], row["model_a"], row["model_b"], row["published"]) == ("qwen2.5", QWEN, INSTRUCT, 0.9752)
    assert row["moved"].startswith("anisotropy 0.800 to 0.900")


def test_base_comes_first_with_its_own_figures_whatever_the_names() -> None:
    """gemma-3-1b-it sorts before gemma-3-1b-pt."""
    base = PlantedModel("gemma-3-1b-pt", "gemma-3", "base", 1.0)
    ready = catalogue([PlantedModel("gemma-3-1b-it", "gemma-3", "instruct", 1.0), base])
    pairs, _, descriptors = tables(ready)
    (row,) = base_instruct_table(ready, pairs, descriptors).frame.to_dict("records")
    assert (row["model_a"], row["published"]) == ("gemma-3-1b-pt", 0.1895)
    assert row["reliability_a"] == descriptors.set_index("model").loc["gemma-3-1b-pt", "reliability"]
    without = descriptors.assign(**{f"anisotropy_ci_{end}": np.nan for end in ("low", "high")})
    (row,) = base_instruct_table(ready, pairs, without).frame.to_dict("records")
    assert row["moved"] == "no interval of anisotropy"


def test_families_are_what_is_counted(prepared: list[PreparedRun]) -> None:
    _, universality, descriptors = tables(prepared)
    found = relations_table(universality, descriptors, 100, 0).frame.set_index("relation")
    assert list(found.loc[["size", "anisotropy_params"], "note"]) == ["not identifiable (3 families, 6 needed)"] * 2
    assert found.loc["anisotropy_params", "published"] == reference()["size_correlations"]["anisotropy_vs_params"]
    assert found["r"].isna().all()
    assert "within families (1 pair)" in found.loc["within_family", "note"]


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


def test_figures_of_models(prepared: list[PreparedRun], tmp_path) -> None:  # type: ignore[no-untyped-def]
    _, universality, _ = tables(prepared)
    drawn = universality_figure(universality)
    assert drawn is not None and drawn.startswith(b"\x89PNG")
    assert universality_figure(universality.iloc[:1]) is None
    empty = pd.DataFrame()
    write_model_figures(
        {"universality": universality, "descriptors_by_layer": empty, "steering_shifts": empty}, tmp_path
    )
    assert [file.name for file in tmp_path.iterdir()] == ["universality_1.png"]
