"""Where every figure comes from."""

from __future__ import annotations

from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent
from emogeo.analysis.report.provenance import provenance_section
from emogeo.record.run import BehaviourRun, Run
from tests.analysis.comparing.test_made import made, run_made
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.analysis.report.shown import cells, sheets
from tests.planted_records import behaviour, geometry, refused


def test_every_record_is_a_row_whether_finished_or_not() -> None:
    (ready,) = catalogue([PlantedModel("m", "m", "base", 1.0)])
    broken = Run(refused(geometry()[0]), {})  # type: ignore[arg-type]
    probe = BehaviourRun(*behaviour())
    section = provenance_section(Material({}, [ready], Catalogue([ready.run, broken], [probe]), Path()))
    sheet = sheets(section)["Records"]
    rows = cells(sheet)
    assert [(row["run"], row["status"], row["key"]) for row in rows] == [
        ("m bf16", "finished", ready.run.key),
        ("planted (comprehension)", "refused", broken.key),
        ("planted (behaviour)", "finished", probe.key),
    ]
    first = rows[0]
    assert (first["weights"], first["revision"], first["device"], first["platform"]) == ("m", "r", "cpu", "Linux")
    assert first["created"] == "2026-11-25T12:00:00+00:00"
    assert (first["states made with"], first["texts written with"]) == ("not recorded", "–")
    assert first["libraries"] == "python 3.11.2, emogeo 0.1.0, torch 2.13.0", "without what is not installed"
    assert not sheet.open


def test_no_record_is_said() -> None:
    section = provenance_section(Material({}, [], Catalogue(), Path()))
    assert section.parts == [Absent("No record.", "python train.py")]


def test_what_states_and_texts_were_made_with_stands_beside_what_measured_the_run() -> None:
    runs = [run_made("a", made("2.12.0"), made("2.11.0")), run_made("b", made("2.12.0"), None)]
    section = provenance_section(Material({}, [], Catalogue(runs), Path()))
    first, second = cells(sheets(section)["Records"])
    assert first["states made with"] == "torch 2.12.0, transformers 5.23.0, emogeo 0.2.0, cpu, 2026-11-26"
    assert first["texts written with"].startswith("torch 2.11.0, ")
    assert (second["texts written with"], first["libraries"]) == ("–", "python 3.11.2, emogeo 0.1.0, torch 2.13.0")
