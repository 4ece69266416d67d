"""Models side by side, as they are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.records.published import published_model, published_pair
from emogeo.analysis.report.comparing import published_section, stimulus_section, universality_section
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Text
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.descriptors import DESCRIPTOR_COLUMNS
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.config.model import Init
from tests.analysis.report.planted import HOSTILE, MODEL, compared, frame, material
from tests.analysis.report.shown import absent, cells, pictures, sheets
from tests.planted_records import altered

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


def test_runs_are_called_by_their_short_names(tmp_path: Path) -> None:
    own = material(tmp_path)
    (tmp_path / "same_and_disjoint_half.png").write_bytes(b"drawn")
    section = stimulus_section(own)
    first, second, _ = cells(sheets(section)["Pairs of runs"])
    assert (first["run a"], first["run b"]) == (own.names["A"], own.names["C"])
    assert (first["p, same text"], first["units"]) == ("0.0010", "24")
    assert (second["ρ"], second["ρ*, these emotions"], second["note"].partition(" (")[0]) == (
        *("0.40", "–", "rho_star and p: not identifiable"),
    )
    assert pictures(section) == ["same_and_disjoint_half.png"]
    (baseline,) = cells(sheets(section)["Runs against words, input embeddings and norms"])
    assert (baseline["run"], baseline["ρ"]) == (own.names["A"], "0.50")
    words, meanings = cells(sheets(section)["Agreement beyond words"])
    assert (words["given"], words["beyond it"], words["ρ* that is left"]) == ("words", "yes", "0.70 [0.60, 0.80]")
    assert (meanings["given"], meanings["beyond it"]) == ("word meanings", "cannot tell")


def test_pairs_of_untrained_twins_are_counted_and_not_shown(tmp_path: Path) -> None:
    own = material(tmp_path)
    pair = {"key_a": "twin", "key_b": "other", "model_a": "t", "model_b": "o", "rho": 0.4}
    tables = {name: own.tables[name].frame.to_dict("records") for name in ("pairs", "beyond")}
    more = {
        "pairs": frame(PAIR_COLUMNS, *tables["pairs"], pair),
        "beyond": frame(BEYOND_COLUMNS, *tables["beyond"], *({**pair, "level": level} for level in Level)),
    }
    twin = altered(own.prepared[0].run, key="twin", model_init=Init.random)
    with_twins = replace(own, tables={**own.tables, **more}, catalogue=Catalogue([*own.catalogue.runs, twin]))
    for title in ("Pairs of runs", "Agreement beyond words"):
        assert cells(sheets(stimulus_section(with_twins))[title]) == cells(sheets(stimulus_section(own))[title])
    said = [part.said for part in stimulus_section(with_twins).parts if isinstance(part, Text)]
    assert [f"Not shown: 1 pair of untrained twins, which are nulls ({name}.csv)." for name in more] == said[:2]


def test_other_measures_and_what_hangs_on_them(tmp_path: Path) -> None:
    own = material(tmp_path)
    (tmp_path / "measures.png").write_bytes(b"drawn")
    section = stimulus_section(own)
    (answer,) = cells(sheets(section)["Does the verdict hang on the measure?"])
    assert (answer["run a"], answer["answer"]) == (own.names["A"], HOSTILE)
    cka, kendall = cells(sheets(section)["Other measures"])
    assert (cka["measure"], cka["all text / by chance"], cka["disjoint text"]) == ("cka", "0.90 / 0.00", "0.60")
    assert (cka["disattenuated"], cka["reading"]) == ("0.85 [0.80, 0.90]", HOSTILE)
    assert (kendall["all text / by chance"], kendall["disattenuated"]) == ("0.50 / –", "–")
    assert "measures.png" in pictures(section)


def of_tables(**tables: object) -> Material:
    return Material(tables, [], Catalogue(), Path("none"))  # type: ignore[arg-type]


def test_published_pairs_are_those_of_two_models_of_the_study() -> None:
    rows = [(QWEN, GEMMA), (QWEN, QWEN), (QWEN, "another")]
    pairs = [{"key_a": a, "key_b": b, "model_a": a, "model_b": b, **compared(0.5, 0.75)} for a, b in rows]
    shown = sheets(published_section(of_tables(pairs=frame(PAIR_COLUMNS, *pairs))))
    (row,) = cells(shown["Pairs of models"])
    published = published_pair(QWEN, GEMMA)
    assert published is not None
    assert (row["run a"], row["run b"]) == (QWEN, GEMMA)
    assert float(row["ρ published"]) == pytest.approx(published, abs=0.005)
    assert float(row["measured − published"]) == pytest.approx(0.5 - published, abs=0.005)
    assert row["ρ* measured"] == "0.75 [0.70, 0.80]"


def test_published_models_stand_beside_their_descriptors() -> None:
    own = {"key": "k", "run": "a run", "layer": 4, "n_layers": 28, "anisotropy": 0.5, "rdm_std": 0.25}
    rows = [{**own, "model": QWEN}, {**own, "model": "another"}]
    shown = sheets(published_section(of_tables(descriptors=frame(DESCRIPTOR_COLUMNS, *rows))))
    (row,) = cells(shown["Models"])
    known = published_model(QWEN)
    assert known is not None
    assert row["layer published / measured"] == f"{known['best_layer']} / 4"
    assert (row["anisotropy published"], row["anisotropy measured"]) == (f"{known['anisotropy']:.2f}", "0.50")
    assert (row["RDM std published"], row["RDM std measured"]) == (f"{known['rdm_std']:.3f}", "0.250")


def test_without_tables_every_part_says_what_to_type() -> None:
    sections = [section(of_tables()) for section in (universality_section, stimulus_section, published_section)]
    for section in sections:
        assert len(absent(section.parts)) == len(section.parts)
        assert all(command.startswith("python train.py") for command in absent(section.parts).values())
    assert [len(section.parts) for section in sections] == [2, 6, 2]
    assert f"its models are {QWEN}, " in next(iter(absent(sections[2].parts)))
