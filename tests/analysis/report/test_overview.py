"""What was run, what was found, and what became of the claims."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.overview import run_section
from emogeo.analysis.report.parts import Listing, Tiles
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.runs import runs_table
from emogeo.config.model import Init
from emogeo.record.run import BehaviourRun, Run
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.analysis.report.shown import absent, cells, sheets
from tests.planted_records import altered, behaviour, geometry, model_card, refused


def material(**tables: Table) -> Material:
    prepared = catalogue([PlantedModel("m", "m", "base", 1.0), PlantedModel("n", "n", "base", 2.0)])
    again = altered(prepared[0].run, key="again", reread_of=prepared[0].run.key)
    prepared.append(PreparedRun(again, "m again", 0))
    broken = Run(refused(geometry(model=model_card("p"), precision="fp16")[0]), {})  # type: ignore[arg-type]
    small = Run(*geometry(key="small"))
    prepared.append(PreparedRun(small, "small", 0))
    runs = [*(ready.run for ready in prepared), broken]
    own = Catalogue(runs, [BehaviourRun(*behaviour())], ["x is broken"])
    return Material({"runs": runs_table(runs, prepared), **tables}, prepared, own, Path("none"))


def test_counts_are_of_the_catalogue() -> None:
    pairs = Table(pd.DataFrame({"key_a": ["a", "b"], "rho": [0.5, 0.6]}))
    tiles, *_ = run_section(material(pairs=pairs)).parts
    assert isinstance(tiles, Tiles)
    assert tiles.numbers == {
        **{"models": "4", "precisions": "bf16, fp16", "geometries": "3", "rereads": "1"},
        **{"steering and behaviour": "1", "refused": "1", "pairs compared": "2"},
        **{"texts per run": "42 to 252", "units": "2 to 12", "emotions": "21"},
    }


def test_pairs_of_twins_are_not_among_those_compared() -> None:
    twin = Run(*geometry(key="twin", model=model_card("m", init=Init.random, init_seed=1)))
    for key, counted in (("a", "1"), ("twin", "2")):
        pairs = Table(pd.DataFrame({"key_a": [key, "twin"], "key_b": ["b", "other"], "rho": [0.5, 0.6]}))
        tiles, *_ = run_section(Material({"pairs": pairs}, [], Catalogue([twin]), Path("none"))).parts
        assert isinstance(tiles, Tiles)
        assert tiles.numbers["pairs compared"] == counted


def test_every_run_is_a_row_and_what_was_left_out_is_listed() -> None:
    section = run_section(material())
    rows = cells(sheets(section)["Runs"])
    assert [row["run"] for row in rows] == ["m bf16", "n bf16", "m again", "small", "p"]
    first = rows[0]
    assert (first["layer / of"], first["texts / units"], first["parameters, 10⁹"]) == ("2 / 4", "252 / 12", "1.00")
    assert rows[-1]["note"] == "refused: it overflowed"
    assert section.parts[-1] == Listing("Left out", ["x is broken"])


def test_an_empty_store_says_what_to_type() -> None:
    empty = Material({}, [], Catalogue(), Path("none"))
    assert absent(run_section(empty).parts) == {"No run of a geometry.": "python train.py"}
