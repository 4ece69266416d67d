"""Descriptors of every geometry, as they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.geometries import descriptors_section, rdms_section
from emogeo.analysis.report.heatmap import HeatMaps
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Sheet
from emogeo.analysis.tables.descriptors import DESCRIPTOR_COLUMNS
from tests.analysis.report.planted import HOSTILE, MODEL, frame, material
from tests.analysis.report.shown import absent, cells, pictures, sheets


def test_descriptors_have_a_column_each(tmp_path: Path) -> None:
    row = {"key": "k", "run": "a run", "layer": 3, "n_layers": 12, "anisotropy": 0.5, "anisotropy_ci_low": 0.25}
    row |= {"anisotropy_ci_high": 0.75, "anisotropy_without_largest": 0.125, "largest_dimensions": "7 (0.50)"}
    row |= {"rdm_std": 0.2, "participation_ratio": 5.25, "best_min_mean_cosine": 1, "best_separation": 2}
    row |= {"valence_axis": 0, "valence_r": 0.9, "valence_p": 0.01, "nonfinite": 4, "flags": "odd"}
    own = Material({"descriptors": frame(DESCRIPTOR_COLUMNS, row)}, [], Catalogue(), tmp_path)
    (shown,) = cells(sheets(descriptors_section(own))["Descriptors at the selected layer"])
    assert {title: cell for title, cell in shown.items() if set(cell) - set("– /")} == {
        **{"run": "a run", "flags": "odd", "layer / of": "3 / 12", "anisotropy": "0.50 [0.25, 0.75]"},
        **{"without largest": "0.12", "largest dimensions": "7 (0.50)", "RDM std": "0.200"},
        **{"participation ratio": "5.2", "best by cosine / separation / reliability": "1 / 2 / –"},
        **{"valence: axis / r / p": "0.00 / 0.90 / 0.01", "non-finite": "4"},
    }


def test_curves_lie_folded_under_their_figures(tmp_path: Path) -> None:
    own = material(tmp_path)
    for name in ("descriptors_by_layer", "reliability_by_layer"):
        (tmp_path / f"{name}.png").write_bytes(b"drawn")
    section = descriptors_section(own)
    assert pictures(section) == ["reliability_by_layer.png", "descriptors_by_layer.png"]
    by_block = sheets(section)["Descriptors by block"]
    (row,) = cells(by_block)
    assert (row["run"], row["block"], row["anisotropy"], by_block.open) == (MODEL, "0", "0.900", False)
    tables = {name: table for name, table in own.tables.items() if name != "descriptors_by_layer"}
    without = descriptors_section(replace(own, tables=tables))
    assert pictures(without) == pictures(section)
    assert "No curves over blocks." not in absent(without.parts), "there is a figure"


def test_base_and_instruct_are_named_as_such(tmp_path: Path) -> None:
    (row,) = cells(sheets(descriptors_section(material(tmp_path)))["Base against instruct"])
    assert (row["family"], row["base"], row["instruct"]) == (HOSTILE, MODEL, "gemma-3-1b-it")
    assert row["reliability base / instruct"] == "0.70 / 0.60"
    assert row["moved beyond their intervals"].startswith("anisotropy")


def test_every_run_that_is_no_reread_has_its_rdm_before_differences(tmp_path: Path) -> None:
    own = material(tmp_path)
    rdms, differences, table = rdms_section(own).parts
    assert isinstance(rdms, HeatMaps) and isinstance(differences, HeatMaps) and isinstance(table, Sheet)
    assert "arrow keys" in rdms.said and table.n_rows == 2
    assert [part.title.rpartition(", ")[0] for part in rdms.maps] == [
        ready.name for ready in own.prepared if ready.run.reread_of is None
    ]
    tables = {name: table for name, table in own.tables.items() if name != "rdm_differences"}
    assert [type(part) for part in rdms_section(replace(own, tables=tables)).parts] == [HeatMaps, Absent]


def test_without_tables_every_part_says_what_to_type(tmp_path: Path) -> None:
    parts = descriptors_section(Material({}, [], Catalogue(), tmp_path)).parts
    assert absent(parts) == {
        "This analysis has no descriptors.": "python train.py",
        "No curves over blocks.": "python train.py",
        "No family has a base and an instruct model.": "python train.py -m model=gemma-3-1b-pt,gemma-3-1b-it",
    }
    none = rdms_section(Material({}, [], Catalogue(), tmp_path)).parts
    assert absent(none) == {"No finished geometry, so no RDM.": "python train.py"}
