"""Heat maps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emogeo.analysis.report.heatmap import COLOURS, heat_maps, palette
from tests.analysis.report.planted import material


def test_one_per_run_with_its_values(tmp_path: Path) -> None:
    prepared = material(tmp_path).prepared
    maps = heat_maps(prepared)
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
