"""Heat maps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.report.heatmap import COLOURS, MOST, HeatMap, heat_maps, palette
from emogeo.analysis.report.parts import Text
from emogeo.stimuli.conditions import Noun
from tests.analysis.report.planted import material
from tests.planted_labels import MANY, conditions_run


def test_one_per_run_with_its_values(tmp_path: Path) -> None:
    prepared = material(tmp_path).prepared
    maps = [shown for shown in heat_maps(prepared) if isinstance(shown, HeatMap)]
    assert [shown.title.split()[0] for shown in maps] == ["A", "C"], "no reread"
    assert [shown.open for shown in maps] == [True, False]
    rdm = prepared[0].run.rdm
    for row, shown in zip(rdm, maps[0].rows, strict=True):
        assert [float(value) for _, value in shown] == pytest.approx(abs(row), abs=5e-4)
        assert [colour for colour, _ in shown] == pytest.approx(row / rdm.max() * (COLOURS - 1), abs=0.5)


def test_every_colour_has_a_rule() -> None:
    rules = re.findall(r"\.k(\d+)\{background:(#[0-9a-f]{6})\}", palette())
    assert [int(number) for number, _ in rules] == list(range(COLOURS))
    assert len({colour for _, colour in rules}) == COLOURS


def test_many_conditions_have_small_cells_and_very_many_a_sentence() -> None:
    runs = [conditions_run(MANY[:n], signal=1.0) for n in (12, 60)] + [
        conditions_run([f"c{n}" for n in range(MOST + 1)])
    ]
    few, many, most = heat_maps([PreparedRun(run, f"run {number}", 0) for number, run in enumerate(runs)])
    assert isinstance(few, HeatMap) and isinstance(many, HeatMap) and isinstance(most, Text)
    assert (few.small, many.small) == (False, True)
    assert (few.noun, len(many.rows)) == (Noun.condition, 60)
    assert most.said.startswith(f"run 2: an RDM of {MOST + 1} conditions is too large for this page; figures/rdm_")
