"""The account that is printed."""

from __future__ import annotations

import dataclasses
import itertools
import shlex
from pathlib import Path

import pytest

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.runs import runs_table
from emogeo.config.model import Init
from emogeo.record.run import Run
from emogeo.terminal import cells
from tests.analysis.report.planted import frame
from tests.analysis.report.planted import material as hostile
from tests.analysis.summary.planted import RUN_COLUMNS, full, lines, material, prepared_runs
from tests.planted_records import geometry, model_card, refused

LONG = "an-organisation/a-model-with-a-very-long-name-{}-instruct-of-some-size-and-some-more-letters"
NAMES = {"short": "m{}", "long": LONG, "wide": "喜怒哀楽{}" * 9}


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("n", [1, 2, 30])
def test_no_line_is_wider_than_the_terminal(n: int, name: str, width: int) -> None:
    for verdict, whole in itertools.product(("yes", "cannot tell"), (False, True)):
        said = lines(full(n, name, verdict), width, "a/store of mine", whole=whole)
        widest = max(said, key=cells)
        assert cells(widest) <= width, widest
        assert width < 80 or len(said) < 240, "it can be read"


def test_hostile_names_and_texts_fit_too(tmp_path: Path) -> None:
    of = hostile(tmp_path)
    tables = {**full(0).tables, **{name: of.tables[name] for name in ("runs", "baselines", "variance")}}
    said = lines(Material(tables, of.prepared, of.catalogue, of.figures))
    assert max(map(cells, said)) <= 80


def test_it_begins_with_the_question_and_the_answer() -> None:
    said = lines(full(2, "model-{}", "yes"))
    assert said[0] == "" and said[1].endswith("?") and "model-0" in said[1]
    answer = " ".join(said[2 : said.index("", 2)])
    assert "beyond words" in answer and "[0.95, 1.05]" in answer
    flags = [line for line in said if line.startswith("! ")]
    assert flags[0].startswith("! Texts of mine (210 in 10 units): no verdict beyond words can be given")
    assert said.index(flags[0]) < said.index("Runs")


def test_the_end_says_where_everything_is_and_the_folder_is_never_broken() -> None:
    folder = "/a/folder/" + "x" * 90
    assert any(line.endswith(f" {folder}/report.html,") for line in lines(full(2), output=folder))
    end = lines(full(2))[-2:]
    assert [line.split()[:2] for line in end] == [["report", "out/report.html,"], ["more", "out/summary.txt,"]]
    end = lines(full(2), whole=True)[-4:]
    assert [line.split()[:2] for line in end] == [
        ["report", "out/report.html,"],
        ["tables", "out/*.csv,"],
        ["figures", "out/figures/"],
        ["RDMs", "out/rdms.h5,"],
    ]


def test_the_answer_of_one_run_ends_in_a_command_that_can_be_pasted() -> None:
    said = lines(full(1))
    at = next(row for row, line in enumerate(said) if line.startswith("    python train.py model="))
    assert "store.path=" not in " ".join(said[at:]), "it lies in the usual store"


def test_commands_can_be_pasted_and_are_few() -> None:
    said = lines(full(30, LONG))
    text = "\n".join(said)
    commands = [line for line in text.replace("\\\n", "").split("\n") if line.startswith("  python train.py -m")]
    twins = [shlex.split(command) for command in commands if "model.init=random" in command]
    assert len(twins) == 1, "what differs in the precision alone is one sweep"
    assert f"model={LONG.format(0)}" in twins[0] and "precision=p0,p1,p2,p3,p4" in twins[0]
    assert len(commands) <= 5


def test_refused_runs_and_broken_records_are_flags() -> None:
    own = prepared_runs(2)
    broken = Run(refused(geometry(model=model_card("p"))[0]), {})  # type: ignore[arg-type]
    catalogue = Catalogue([*(each.run for each in own), broken], [], ["x is broken"])
    said = lines(material(own, catalogue, runs=runs_table(catalogue.runs, [])))
    assert "! p: refused: it overflowed" in said
    assert "! left out: x is broken" in said
    assert "  and 1 refused (runs.csv)" in said


def test_untrained_twins_have_no_letter_unless_they_are_alone() -> None:
    trained, twin = prepared_runs(2)
    card = dataclasses.replace(twin.run.record.model, init=Init.random, init_seed=1)
    record = dataclasses.replace(twin.run.record, model=card)
    twin = dataclasses.replace(twin, run=dataclasses.replace(twin.run, record=record))
    rows = [{"key": each.run.key, "model": each.run.model, "precision": "bf16"} for each in (trained, twin)]
    said = lines(material([trained, twin], runs=frame(RUN_COLUMNS, *rows)))
    assert "  A  m0 bf16" in said and "  B  m1 bf16" not in said
    assert "  and 1 untrained twin, the nulls (runs.csv)" in said
    assert "  A  m1 bf16" in lines(material([twin], runs=frame(RUN_COLUMNS, rows[1])))


def test_none_has_no_geometry() -> None:
    said = lines(material([]))
    assert "Runs: no geometry." in said
    assert "Pairs: none; two finished runs make a pair (a reread is none)." in said


def test_what_is_kept_has_the_baselines_and_what_is_printed_has_not() -> None:
    printed, kept = (lines(full(2), whole=whole) for whole in (False, True))
    assert any(line.startswith("Baselines") for line in kept)
    assert not any(line.startswith("Baselines") for line in printed)
    assert len(printed) < len(kept)
