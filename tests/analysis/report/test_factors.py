"""What factors do to a geometry, as it is shown."""

from __future__ import annotations

from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.factors import layers_section, precision_section
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.descriptors import DESCRIPTOR_COLUMNS
from emogeo.analysis.tables.effects import EFFECT_COLUMNS
from tests.analysis.report.planted import HOSTILE, MODEL, frame, material
from tests.analysis.report.shown import absent, cells, pictures, sheets


def of_tables(**tables: object) -> Material:
    return Material(tables, [], Catalogue(), Path("none"))  # type: ignore[arg-type]


def test_effects_have_their_interval_floor_and_whether_they_count(tmp_path: Path) -> None:
    own = material(tmp_path)
    known, unknown = cells(sheets(layers_section(own))["Effects"])
    assert (known["model"], known["effect kind"], known["factor"]) == (MODEL, "precision", HOSTILE)
    assert (known["effect"], known["counts"], known["ρ*, these emotions"]) == ("0.20 [0.10, 0.30]", "yes", "0.80")
    assert (known["run a"], known["run b"]) == (own.names["A"], own.names["C"])
    assert (unknown["effect"], unknown["counts"], unknown["ρ"]) == ("–", "not identifiable", "0.30")
    (share,) = cells(sheets(layers_section(own))["Variance of 1 − ρ* over pairs of runs"])
    assert (share["factor"], share["share"], share["p"]) == (HOSTILE, "0.50", "0.0100")


def test_a_figure_stands_over_its_table_and_not_beside_it_once_more(tmp_path: Path) -> None:
    own = material(tmp_path)
    for name in ("layers_of_effect", "sub_parameters", "variance"):
        (tmp_path / f"{name}.png").write_bytes(b"drawn")
    section = layers_section(own)
    assert pictures(section) == ["layers_of_effect.png", "sub_parameters.png", "variance.png"]
    assert [getattr(part, "title", None) for part in section.parts].count("Effects") == 0, "it lies under its figure"
    assert "Effects" in sheets(section)


def test_effects_of_precision_are_those_alone() -> None:
    rows = [{"model": "m", "layer_of_effect": kind, "factor": kind} for kind in ("method", "precision")]
    section = precision_section(of_tables(effects=frame(EFFECT_COLUMNS, *rows)))
    assert [row["factor"] for row in cells(sheets(section)["Effects of precision"])] == ["precision"]
    method = frame(EFFECT_COLUMNS, rows[0])
    assert "No model was read at two precisions." in absent(precision_section(of_tables(effects=method)).parts)


def test_only_models_at_several_precisions_are_shown_across_them() -> None:
    own = [("m", "fp32"), ("n", "fp32"), ("m", "bf16"), ("n", "fp32")]
    rows = [
        {"key": str(at), "run": f"run {at}", "model": model, "precision": precision, "layer": at, "n_layers": 9}
        | {"anisotropy": 0.25, "nonfinite": 7}
        for at, (model, precision) in enumerate(own)
    ]
    descriptors = frame([*DESCRIPTOR_COLUMNS, *(["mode"] if "mode" not in DESCRIPTOR_COLUMNS else [])], *rows)
    shown = cells(sheets(precision_section(of_tables(descriptors=descriptors)))["Descriptors across precisions"])
    assert [(row["model"], row["precision"], row["run"]) for row in shown] == [
        ("m", "bf16", "run 2"),
        ("m", "fp32", "run 0"),
    ]
    assert (shown[0]["layer / of"], shown[0]["anisotropy"], shown[0]["nonfinite"]) == ("2 / 9", "0.250", "7")


def test_without_tables_every_part_says_what_to_type() -> None:
    layers, precision = (section(of_tables()) for section in (layers_section, precision_section))
    assert list(absent(layers.parts).values()) == [
        "python train.py -m +study=decomposition model=MODEL",
        "python train.py -m +study=decomposition model=A,B",
    ]
    assert list(absent(precision.parts).values()) == [
        "python train.py -m +study=precision model=MODEL",
        "python train.py -m precision=fp32,bf16,fp16",
    ]
