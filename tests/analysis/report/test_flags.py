"""What stands in the way of believing an analysis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.flags import flags
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS
from emogeo.record.run import Run
from tests.analysis.comparing.test_made import made, run_made
from tests.analysis.report.planted import frame
from tests.planted_records import geometry, model_card, refused


def of(catalogue: Catalogue, **rows: str) -> Material:
    texts = {"stimuli": "my texts", "blocks_verdict": "yes", **rows}
    tables = {"corpus": frame(CORPUS_COLUMNS, texts)} if rows else {}
    return Material(tables, [], catalogue, Path("none"))


def test_nothing_stands_in_the_way() -> None:
    assert flags(of(Catalogue())) == []


def test_texts_refusals_and_records_left_out_are_said() -> None:
    broken = Run(refused(geometry(model=model_card("p"), precision="fp16")[0]), {})  # type: ignore[arg-type]
    said = flags(of(Catalogue([broken], [], ["abc: its checksum differs"]), note="FLAG words tell the label"))
    assert said == [
        "Texts of my texts, on which no verdict can rest: words tell the label",
        f"{broken.record.title} was refused: it overflowed",
        "abc: its checksum differs",
    ]


def test_many_flags_are_counted() -> None:
    said = flags(of(Catalogue([], [], [f"record {number} is broken" for number in range(9)])))
    assert len(said) == 4
    assert said[-1] == "6 more are in the sections below."
    few = of(Catalogue([], [], [f"record {number} is broken" for number in range(4)]))
    assert flags(replace(few)) == few.catalogue.left_out


def test_states_that_were_made_with_other_versions_are_said() -> None:
    runs = [run_made("a", made()), run_made("b", made("2.14.0"))]
    (said,) = flags(of(Catalogue(runs)))
    title = runs[0].record.title
    assert said.startswith(f"States were made differently: torch 2.13.0 ({title}), 2.14.0 ({title}).")
