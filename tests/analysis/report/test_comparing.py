"""Models side by side, as they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.comparing import stimulus_section, universality_section
from emogeo.analysis.report.material import Material
from tests.analysis.report.planted import HOSTILE, MODEL, material
from tests.analysis.report.shown import absent, cells, pictures, sheets

GEMMA, QWEN = "gemma-3-1b-it", "qwen2.5-1.5b-instruct"


def test_every_two_models_stand_beside_what_was_published(tmp_path: Path) -> None:
    section = universality_section(material(tmp_path))
    (row,) = cells(sheets(section)["Comparable models"])
    assert (row["model a"], row["model b"], row["one family"]) == (MODEL, GEMMA, "no")
    assert (row["ρ"], row["ρ*, these emotions"], row["ρ published"]) == ("0.83 [0.73, 0.93]", "0.92 [0.87, 0.97]", "–")
    assert (row["same / disjoint half"], row["reliability a / b"]) == ("0.83 / 0.63", "0.70 / 0.60")
    assert (row["p (Holm)"], row["floor"], row["reading"]) == ("0.0020", "0.0100", HOSTILE)
    size, depth = cells(sheets(section)["Agreement and descriptors against size, depth and behaviour"])
    assert (size["relation"], size["r"], depth["relation"], depth["r"]) == ("size", "–", "depth", "-0.30")
    assert (depth["models / families"], depth["least p possible"]) == ("7 / 6", "0.0010")


def test_a_matrix_lies_under_its_figure_as_a_table(tmp_path: Path) -> None:
    (tmp_path / "rho_matrix.png").write_bytes(b"drawn")
    own = material(tmp_path)
    section = universality_section(own)
    names = [ready.name for ready in own.prepared if ready.run.reread_of is None]
    rows = cells(sheets(section)["ρ between runs, as a table"])
    assert [row["run"] for row in rows] == names
    assert [row[name] for row, name in zip(rows, names, strict=True)] == ["1.00", "1.00"]
    assert "rho_matrix.png" in pictures(section) and "rho_star_matrix.png" not in pictures(section)
    without = replace(own, tables={name: table for name, table in own.tables.items() if name != "pairs"})
    assert "rho_matrix.png" not in pictures(universality_section(without)), "nothing of which it could be"


def test_baselines_stand_under_the_figure_of_halves(tmp_path: Path) -> None:
    own = material(tmp_path)
    (tmp_path / "same_and_disjoint_half.png").write_bytes(b"drawn")
    section = stimulus_section(own)
    assert pictures(section) == ["same_and_disjoint_half.png"]
    (baseline,) = cells(sheets(section)["Runs against words, input embeddings and norms"])
    assert (baseline["run"], baseline["ρ"]) == (own.names["A"], "0.50")


def test_without_tables_every_part_says_what_to_type() -> None:
    sections = [
        section(Material({}, [], Catalogue(), Path("none"))) for section in (universality_section, stimulus_section)
    ]
    for section in sections:
        assert len(absent(section.parts)) == len(section.parts)
        assert all(command.startswith("python train.py") for command in absent(section.parts).values())
    assert [len(section.parts) for section in sections] == [2, 3]
